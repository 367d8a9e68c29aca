"""HTML from outside is shown without anything that runs, loads, hides or lays out."""

import os
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ascolto.text import markup, sanitize
from ascolto.text.sanitize import plain_text

VECTORS = (Path(__file__).parent.parent / "data" / "markup.txt").read_text(encoding="utf-8").split("\n")[:-1]
KEPT_ATTRIBUTES = {"href", "title", "rel", "dir", "colspan", "rowspan", "start"}
KEPT_SCHEMES = ("http:", "https:", "mailto:", "tel:")


class Walk(HTMLParser):
    """What a browser could act on in HTML that was called safe."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.wrong = []
        self.links = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in sanitize.TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name not in KEPT_ATTRIBUTES:
                self.wrong.append(f"{tag} {name}")
            if name == "href":
                self.links.append(value)
                if not value.lower().startswith(KEPT_SCHEMES) or any(char < "!" for char in value):
                    self.wrong.append(value)
        if tag == "a" and ("rel", sanitize.REL) not in attrs:
            self.wrong.append("a without rel")

    def handle_comment(self, data):
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl):
        self.wrong.append(f"declaration {decl}")

    handle_pi = unknown_decl = handle_decl


def safe(html):
    return sanitize.sanitize(html).html


def test_there_are_enough_attacks_to_try():
    assert len(set(VECTORS)) >= 150


@pytest.mark.parametrize("vector", VECTORS)
def test_b1_no_attack_leaves_anything_that_runs(vector):
    assert Walk(safe(vector)).wrong == []


@pytest.mark.parametrize("vector", VECTORS)
def test_b2_what_was_called_safe_stays_the_same_when_cleaned_again(vector):
    once = safe(vector)

    assert safe(once) == once


def test_b1_attacks_stay_harmless_side_by_side():
    assert Walk(safe("\n".join(VECTORS))).wrong == []
    assert Walk(safe("<table><tr><td>".join(VECTORS))).wrong == []


def test_b3_nothing_can_lie_over_the_page_or_name_a_part_of_it():
    html = '<div style="position:fixed" id="send" class="x" name="y"><label for="send">a</label><form>b</form><style>c{}</style>'

    assert safe(html) == "<div>ab</div>"


def test_b4_a_remote_image_becomes_its_description():
    assert (
        safe('<p>See <img src="https://tracker.example/p.gif" alt="our <b>shop</b>">.</p>')
        == "<p>See our &lt;b&gt;shop&lt;/b&gt;.</p>"
    )


def test_b5_links_go_to_the_web_mail_and_telephone_only_and_tell_nothing():
    html = "".join(
        f'<a href="{scheme}x.example">t</a>' for scheme in ("http://", "https://", "mailto:a@", "tel:", "ftp://", "data:", "//")
    )

    walk = Walk(safe(html))

    assert walk.links == ["http://x.example", "https://x.example", "mailto:a@x.example", "tel:x.example"]
    assert walk.wrong == []


def test_an_ordinary_letter_keeps_its_form():
    html = "<p>Hi <b>Anna</b>,<br>two things:<ul><li>one<li>two</ul><table><tr><td colspan=2>1<td>2</table>"

    assert safe(html) == (
        "<p>Hi <b>Anna</b>,<br>two things:</p><ul><li>one</li><li>two</li></ul>"
        '<table><tbody><tr><td colspan="2">1</td><td>2</td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 300 + "words",
        "<b>" * 20_001 + "words",
        '<a href="https://a.example">x</a>' * 5_001,
        "x" * 2_000_001,
        "<div><b>" * 300,
    ],
    ids=["depth", "tags", "links", "size", "formatting"],
)
def test_b10_html_past_a_limit_comes_back_as_its_words(bomb):
    result = sanitize.sanitize(bomb)

    assert result.too_complex
    assert Walk(result.html).wrong == []


def test_b10_a_thousand_closed_blocks_are_not_too_complex():
    assert not sanitize.sanitize("<div>line</div>" * 1_200).too_complex


def test_b10_unclosed_formatting_across_blocks_does_not_multiply():
    result = sanitize.sanitize("".join(f"<div><b title={n}></div>" for n in range(9_000)))

    assert len(result.html) < 40 * 9_000


def lines_run(verb, source):
    """How many lines of the text room run: a measure of work that no clock disturbs."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        if "ascolto/text" not in frame.f_code.co_filename.replace(os.sep, "/"):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        verb(source)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<!---->", "</b>", "<a b='", "<a x=1 ", "<div>", "<title>", "&#", "<p><b>", "</", "<td><p>"]
)
def test_n3_twice_the_markup_is_twice_the_work(piece):
    small, large = lines_run(plain_text, piece * 400), lines_run(plain_text, piece * 800)

    assert large <= small * 2.2 + 50


def test_plain_text_keeps_lines_lists_and_words_and_drops_what_is_not_read():
    html = "<style>x{}</style><p>Hi&nbsp;<b>Anna</b></p><ul><li>1<li>2</ul><pre>a\n  b</pre>x<br>y &lt;z&gt;<script>no()</script>"

    assert plain_text(html) == "Hi Anna\n\n- 1\n- 2\n\na\n  b\n\nx\ny <z>"


def test_plain_text_says_where_links_lead_when_asked():
    html = '<a href="https://shop.example/r?a=1&amp;b=2">Return it</a> <a href="javascript:x">no</a>'

    assert plain_text(html, links=True) == "Return it (https://shop.example/r?a=1&b=2) no"
    assert plain_text(html) == "Return it no"


def test_numbers_of_any_length_are_read():
    assert "\ufffd" in markup.unescape("&#" + "1" * 5_000 + ";")
    assert markup.unescape("&#65;&eacute;") == "Aé"


CORPORA = os.environ.get("ASCOLTO_CORPORA")


@pytest.mark.skipif(not CORPORA, reason="ASCOLTO_CORPORA names no folder")
def test_b1_no_known_attack_leaves_anything_that_runs():
    wrong = []
    for path in sorted(Path(CORPORA or "", "xss").rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            wrong += [(line, found) for line in [text, *text.split("\n")] if (found := Walk(safe(line)).wrong)]

    assert wrong == []
