"""What people write becomes paragraphs, lines and links, and nothing else."""

import re

import pytest

from ascolto.text.render import REL, to_html


def test_blank_lines_part_paragraphs_and_line_ends_stay():
    assert to_html("a\nb\n\n \nc\n") == '<p dir="auto">a<br>\nb</p>\n<p dir="auto">c</p>'


def test_b1_markup_stays_text():
    assert to_html("<script>alert('1')</script> {{7*7}}") == (
        '<p dir="auto">&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; {{7*7}}</p>'
    )


@pytest.mark.parametrize(
    ("text", "url", "after"),
    [
        ("https://a.example/x?a=1&b=2.", "https://a.example/x?a=1&amp;b=2", "."),
        ("(http://a.example)", "http://a.example", ")"),
        ("https://a.example/b_(c)", "https://a.example/b_(c)", ""),
        ("mailto:anna@a.example,", "mailto:anna@a.example", ","),
        ("<https://a.example>", "https://a.example", "&gt;"),
        ("HTTPS://A.example", "HTTPS://A.example", ""),
    ],
)
def test_b9_web_and_mail_addresses_become_links(text, url, after):
    assert f'<a href="{url}" rel="{REL}">{url}</a>{after}</p>' in to_html(text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "xhttps://a.example", "https://", "data:text/html,x", "//a.example", "http://" + "x" * 3_000]
)
def test_b9_nothing_else_becomes_a_link(text):
    assert "<a" not in to_html(text)


def test_b9_a_link_cannot_break_out_of_its_attribute():
    html = to_html('https://a.example/"onclick="alert(1)')

    assert re.findall(r'<a href="[^"]*" rel="[^"]*">', html) == [f'<a href="https://a.example/" rel="{REL}">']


def test_n3_a_megabyte_of_one_word_stays_one_word():
    word = "x" * 1_000_000

    assert to_html(word) == f'<p dir="auto">{word}</p>'
    assert to_html("http://" * 150_000).count("<a") == 0
