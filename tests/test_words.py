"""The voice of the house: every sentence that it can say, held against the words it keeps."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

import network
from network import errors

ROOT = Path(network.__file__).parent
SPOKEN = {"_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"}
# Of the design language: what the house never says. Said of things, some of them would be harmless.
NEVER = (
    r"please|success(?:ful(?:ly)?)?|oops|sorry|users?|requests?|requested|match(?:es|ed|ing)?"
    r"|appl(?:y|ies|ied|ication|icant)s?|reject\w*|ignor(?:e|es|ed|ing)|engag(?:e|es|ed|ing)"
    r"|remind(?:er|ers)?|premium|networking|followers?|likes|leaderboard|ranking|scores?|stars?"
    r"|ratings?|popular|trending|profile views?|click here|submit|invalid|error occurred"
    r"|must not|illegal|abort|failed|unauthori[sz]ed|forbidden|e-mail|log ?in|log ?out|sign ?up"
)
# What the house says it does not have, it has to name.
SAYS_NO = re.compile(r"^No stars, |It has no column, form or question for stars, ")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
PLACEHOLDER_OF_ANY_KIND = re.compile(r"%(?:\((\w+)\))?[a-z]")


def _constants(args: Iterable[ast.expr]) -> list[str]:
    return [
        each.value
        for each in args
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]


def in_python() -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield each sentence of the code with where it stands and what is filled in."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SPOKEN:
                given = {each.arg for each in node.keywords if each.arg} if node.keywords else None
                for words in _constants(node.args[:2]):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", words, given


def in_templates(app: Flask) -> Iterator[tuple[str, str, set[str] | None]]:
    """Yield each sentence of the templates in the same way."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for call in app.jinja_env.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in SPOKEN:
                given = {each.key for each in call.kwargs} if call.kwargs else None
                for each in call.args[:2]:
                    if isinstance(each, nodes.Const) and isinstance(each.value, str):
                        yield f"{path.relative_to(ROOT)}:{call.lineno}", each.value, given


@pytest.fixture
def sentences(app: Flask) -> list[tuple[str, str]]:
    """Every sentence of the house, with where it stands."""
    found = [(where, words) for where, words, _ in [*in_python(), *in_templates(app)]]
    assert len(found) > 500
    return found


def offending(sentences: Iterable[tuple[str, str]], pattern: str) -> list[str]:
    search = re.compile(pattern, re.IGNORECASE).search
    return [
        f"{where} {hit[0]!r} in {words!r}" for where, words in sentences if (hit := search(words))
    ]


def none(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


def test_no_sentence_has_a_word_that_the_house_does_not_say(
    sentences: list[tuple[str, str]],
) -> None:
    spoken = [(where, words) for where, words in sentences if not SAYS_NO.match(words)]
    none(offending(spoken, rf"\b(?:{NEVER})\b"))


def test_no_sentence_shouts_or_winks(sentences: list[tuple[str, str]]) -> None:
    none(offending(sentences, "!|[\U0001f300-\U0001faff\u2600-\u27bf]"))


def test_sentences_are_set_as_a_printer_would(sentences: list[tuple[str, str]]) -> None:
    """Curly quotation marks and apostrophes, one space, a real ellipsis."""
    none(offending(sentences, r"\w'\w|\"\w|\w\"|(?<!\n)  |\.\.\.|\s$|^\s| ,| \.(?:\s|$)"))


def test_a_sentence_fills_in_what_it_names_and_nothing_else(app: Flask) -> None:
    """A plural may leave a name out, and fills in its number by itself."""
    wrong = []
    for where, words, given in [*in_python(), *in_templates(app)]:
        named = set(PLACEHOLDER.findall(words))
        filled = (given or set()) | ({"num", "n"} & named)
        unknown = named - filled
        positional = [hit for hit in PLACEHOLDER_OF_ANY_KIND.finditer(words) if hit[1] is None]
        if (unknown and filled - {"num", "n"}) or positional:
            wrong.append(f"{where} {words!r} names {sorted(unknown)}, is given {sorted(filled)}")
    none(wrong)


# People read these names nowhere: the house is nobody's copy.
OTHERS = (
    r"linked ?in|facebook|twitter|slack|discord|meetup|upwork|fiverr|toptal|catalant|mastodon"
    r"|reddit|whatsapp|instagram|tiktok|xing|github\.com|glassdoor|indeed\.com|lunchclub|polywork|hivebrite"
)


def test_no_other_product_is_named_anywhere() -> None:
    found = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        kept = (
            path.suffix in {".py", ".html", ".css", ".json", ".md"}
            and "vendor" not in relative.parts
        )
        if kept and (hit := re.search(rf"(?i)\b(?:{OTHERS})\b", path.read_text())):
            found.append(f"{relative}: {hit[0]}")
    none(found)


def test_no_path_of_anybodys_machine_stands_in_the_tree() -> None:
    told = re.compile(r"(?<![\w.:])/(?:home|root|tmp|Users)/\w")
    root = ROOT.parent
    files = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *ROOT.rglob("*.py")]
    files += [*ROOT.rglob("*.html"), *root.glob("scripts/*"), root / "pyproject.toml"]
    none([f"{p.relative_to(root)}: {hit[0]}" for p in files if (hit := told.search(p.read_text()))])


# Five endings are five words. An ask between two people is never cancelled and never ends; the word
# for a no is read by nobody but whoever said it, and not even there is it "declined".
ENDINGS = {
    "asks": r"\bcancel|\bdeclin|\bexpire|\brefus|\brevok|\btime[sd] out",
    "relationships": r"\bcancel|\bdeclin|\bexpire|\bremove|\bunfriend|\bdisconnect|\brefus",
    "members": r"\bexpire|\bdeclin",
}


@pytest.mark.parametrize("package", ENDINGS)
def test_each_ending_has_its_own_word(sentences: list[tuple[str, str]], package: str) -> None:
    own = [(where, words) for where, words in sentences if re.search(rf"\b{package}/", where)]
    assert own
    none(offending(own, ENDINGS[package]))


def test_no_sentence_calls_a_person_by_their_handle(sentences: list[tuple[str, str]]) -> None:
    none(offending(sentences, r"@%\(|%\(handle\)s(?!\.$)"))


@cache
def said_in_the_demo() -> str:
    return json.dumps(json.loads((ROOT / "demo" / "people.json").read_text()), ensure_ascii=False)


def test_the_demo_names_no_real_place_of_the_web() -> None:
    hosts = set(re.findall(r"(?:https?://|@)([\w.-]+\w)", said_in_the_demo()))
    real = {
        host for host in hosts if not re.search(r"\.?(?:example(?:\.(?:com|org|net))?|test)$", host)
    }
    assert real == set()


def test_the_sentences_of_refusals_are_whole(app: Flask) -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    told = [str(kind.sentence) for kind in kinds if hasattr(kind, "sentence")]
    assert len(told) > 6
    assert all(re.fullmatch(r"[A-Z“].*[.?]", words, re.DOTALL) for words in told if words)
