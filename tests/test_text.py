from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.text import (
    TAGS,
    clean,
    clean_line,
    fold,
    initials,
    lines,
    paragraphs,
    rendered,
    tint,
)

ANY = st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ""),
        ("", ""),
        ("  We care. \n", "We care."),
        ("One\r\nTwo\rThree", "One\nTwo\nThree"),
        ("One\n\n\n\n\nTwo", "One\n\nTwo"),
        ("N\u0000U\u0007L", "NUL"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\u202eevil\u202c", "evil"),
        ("\u2066isolated\u2069", "isolated"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("cafe\u0301", "café"),
        ("\N{MAN}\u200d\N{WOMAN}", "\N{MAN}\u200d\N{WOMAN}"),
        ("tab\tstays", "tab\tstays"),
        ("मराठी فارسی 東京", "मराठी فارسی 東京"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_cannot_be_seen_does_not_come_in(text, expected):
    assert clean(text) == expected


@given(ANY)
def test_cleaning_twice_is_once_and_what_is_kept_can_be_stored(text):
    once = clean(text)
    assert clean(once) == once
    assert "\x00" not in once
    assert "\n\n\n" not in once
    once.encode("utf-8")


@given(ANY)
def test_a_line_is_one_line(text):
    line = clean_line(text)
    assert clean_line(line) == line
    assert len(line.splitlines()) <= 1
    assert line == line.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nordanvik Ömsorg AB", "nordanvik omsorg ab"),
        ("  Halvorsen--Group!! ", "halvorsen group"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("ＦＵＬＬ", "full"),
        ("東京電力", "東京電力"),
        ("  東京   電力 ", "東京 電力"),
        ("", ""),
        ("!?", "!?"),
        ("ﬁnance", "finance"),
    ],
)
def test_words_are_compared_without_accents_case_and_signs(text, expected):
    assert fold(text) == expected


@given(ANY)
def test_folding_twice_is_once(text):
    assert fold(fold(text)) == fold(text)


def test_lists_and_paragraphs_are_read_from_plain_text():
    assert lines(" One \n\n Two\n") == ["One", "Two"]
    assert paragraphs("One\nline.\n\nTwo.\n\n\n") == ["One\nline.", "Two."]
    assert lines("") == paragraphs("") == []


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("*Care* and **work**", "<p><em>Care</em> and <strong>work</strong></p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("# Shout", "Shout\n"),
        ("a & b", "<p>a &amp; b</p>\n"),
        (
            "[here](https://a.example/)",
            '<p><a href="https://a.example/" rel="nofollow noopener noreferrer">here</a></p>\n',
        ),
    ],
)
def test_markdown_becomes_the_little_html_that_is_meant(markdown, html):
    assert rendered(markdown) == html


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "![x](https://a.example/pixel.gif)",
        "<img src=x onerror=alert(1)>",
        '<a href="x" onclick="alert(1)">x</a>',
        "<svg/onload=alert(1)>",
        "<https://a.example/><style>*{}</style>",
        "`<script>`",
    ],
)
def test_markdown_can_do_nothing(markdown):
    html = str(rendered(markdown)).lower()
    for harm in ("<script", "<img", "<svg", "<style", 'href="javascript', 'href="data'):
        assert harm not in html
    assert 'href="vbscript' not in html


@given(ANY)
def test_whatever_is_written_only_known_tags_come_out(text):
    tags = {tag.lower() for tag in re.findall(r"<\s*/?\s*([a-zA-Z][^\s>/]*)", rendered(text))}
    assert tags <= TAGS


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ama Lindgren", "AL"),
        ("ama", "A"),
        ("Ama de la Cruz Lindgren", "AL"),
        ("Ama (she) Lindgren", "AL"),
        ("Åsa Öberg", "ÅÖ"),
        ("東京 太郎", "東太"),
        ("ßen", "SS"),
        ("", ""),
        ("!?", ""),
        (" \u200b ", ""),
    ],
)
def test_initials_stand_for_a_name(name, letters):
    assert initials(name) == letters


@given(ANY)
def test_any_name_has_initials_and_one_tint(name):
    assert len(initials(name)) <= 6
    assert tint(name) == tint(name)
    assert tint(name) in {"", "two", "three", "four"}


def test_tints_are_spread():
    assert {tint(f"Person {number}") for number in range(40)} == {"", "two", "three", "four"}
