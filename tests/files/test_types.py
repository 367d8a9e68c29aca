"""The type is told by content."""

import io
import zipfile

import pytest

from ascolto.files.types import TABLE, type_of


def zipped(**members):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_are_told_by_their_bytes_whatever_their_name(picture, kind):
    assert type_of(picture(kind), "report.html") == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
        b"#!/bin/sh\nrm -rf /",
        b"\xef\xbb\xbf<html>",
        b"   \n\n<HTML><body onload=alert(1)>",
        b"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>",
        "è già tutto".encode(),
    ],
)
@pytest.mark.parametrize("name", ["a.png", "a.html", "a.svg", "a"])
def test_c5_markup_and_scripts_are_plain_text_whatever_their_name(content, name):
    assert type_of(content, name) == "text/plain"


@pytest.mark.parametrize(
    "content",
    [
        "<script>alert(1)</script>".encode("utf-16"),
        "<script>".encode("utf-16-le"),
        b"+ADw-script+AD4-\x00",
        b"\x00<html>",
        b"\x01\x02\x03",
        b"\xff\x00\xff",
        b"MZ" + b"\x00" * 64,
        b"\x7fELF" + b"\x00" * 64,
        b"CWS\x09" + b"\x00" * 64,
    ],
)
def test_c5_what_we_do_not_know_is_only_bytes(content):
    assert type_of(content, "photo.png") == "application/octet-stream"


def test_an_office_document_is_a_zip_with_a_name():
    content = zipped(**{"[Content_Types].xml": "<x/>"})

    assert type_of(content, "bolla.docx").endswith("wordprocessingml.document")
    assert type_of(content, "bolla.png") == "application/zip"


def test_a_letter_cut_at_the_end_of_the_head_is_still_text():
    assert type_of("è".encode() * 4096 + b"x", "") == "text/plain"
    assert type_of(b"x" + "è".encode() * 4096, "") == "text/plain"


def test_c6_a_pdf_is_a_download():
    assert type_of(b"%PDF-1.4\n/JavaScript (app.alert(1))", "x.pdf") == "application/pdf"
    assert not TABLE["application/pdf"].is_shown


def test_only_four_kinds_are_ever_shown():
    assert {name for name, row in TABLE.items() if row.is_shown} == {"image/png", "image/jpeg", "image/gif", "image/webp"}
