"""Each block that a view names, alone, says and offers nothing that its page would not."""

from __future__ import annotations

import ast
import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import network
from network import htmx
from tests.sweep.crawl import HTMX, every_value, filled, rules
from tests.sweep.forms import SENTENCE, Form, forms_in, rule_of
from tests.sweep.seed import World

ROOT = Path(network.__file__).parent
VOID = {"input", "br", "img", "meta", "link", "hr", "path", "use", "circle", "rect", "stop"}
VIEWERS = ("owner1", "asked", "waiting", "steward", "stranger", "newcomer", "speaker")


# What is asked there is answered on the whole page too, and nothing of it is kept.
ANSWERED_ONLY = {"/portfolio/check"}
FEW = 12  # of messages, notes and places, all of which look alike
KEY = re.compile(r"[\w-]{12,}")


# Which blocks views name


def _strings(node: ast.AST) -> set[str]:
    return {
        e.value for e in ast.walk(node) if isinstance(e, ast.Constant) and isinstance(e.value, str)
    }


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node


def named_blocks(app: Flask) -> set[tuple[str, str]]:
    """Return each template and block that a view names, if only by way of a function."""
    named: set[tuple[str, str]] = set()
    trees = {p: ast.parse(p.read_text()) for p in sorted(ROOT.rglob("*.py")) if "views" in str(p)}
    constants = {
        target.id: node.value.value
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    hands_on: dict[str, set[str]] = {}  # functions that hand blocks on, to which templates
    functions = [
        f for tree in trees.values() for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)
    ]
    for _round in range(3):
        for function in functions:
            for called, call in _calls(function):
                templates = set(hands_on.get(called, ()))
                if called == "page" and call.args:
                    first = call.args[0]
                    template = getattr(first, "value", constants.get(getattr(first, "id", ""), ""))
                    named |= {
                        (template, block) for each in call.args[1:] for block in _strings(each)
                    }
                    templates = {template} if any(map(_is_passed_on, call.args[1:])) else set()
                else:
                    named |= {
                        (t, b) for t in templates for each in call.args for b in _strings(each)
                    }
                    templates = templates if any(map(_is_passed_on, call.args)) else set()
                if templates and (function.args.args or function.args.vararg):
                    hands_on.setdefault(function.name, set()).update(templates)
    known = {template: set(app.jinja_env.get_template(template).blocks) for template, _ in named}
    # What a wrapper is called with is a block where the template has one of that name.
    direct = {
        (template, block)
        for tree in trees.values()
        for called, call in _calls(tree)
        if called == "page"
        for template in [getattr(call.args[0], "value", "")]
        for each in call.args[1:]
        if isinstance(each, ast.Constant)
        for block in [each.value]
    }
    return {(t, b) for t, b in named if b in known[t] or (t, b) in direct}


def _is_passed_on(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Starred | ast.Name)


# What a piece of HTML says and offers


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.controls: set[str] = set()
        self.words: list[str] = []
        self._unsaid: list[str] = []
        self._form = ""
        self._button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        it = {name: value or "" for name, value in attrs}
        self.ids |= {it["id"]} if "id" in it else set()
        # What has just happened is said in the fragment alone: the notice that takes the focus.
        announces = "autofocus" in it or it.get("role") in {"status", "alert"}
        if tag not in VOID and (self._unsaid or (announces and tag not in {"input", "button"})):
            self._unsaid.append(tag)
        if tag == "form":
            self._form = it.get("action", "")
            self.controls.add(f"form {self._form}")
        if tag in {"input", "textarea", "select", "button"} and it.get("type") != "hidden":
            self.controls.add(f"{self._form} {tag} {it.get('name')} {it.get('value') or ''}")

    def handle_endtag(self, tag: str) -> None:
        if self._unsaid and self._unsaid[-1] == tag:
            self._unsaid.pop()
        if tag == "form":
            self._form = ""

    def handle_data(self, data: str) -> None:
        if not self._unsaid and data.strip():
            self.words += data.split()


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    return reader


# Asking for every part


Rendered = tuple[str, tuple[str, ...]]
LINK = re.compile(r"<(?:a|button)\b[^>]*\bhx-get=[^>]*>")


@dataclass(frozen=True)
class Asked:
    """A part that htmx asked for, and the pages that it may stand on."""

    rendered: Rendered
    target: str
    part: TestResponse
    pages: list[TestResponse]
    what: str


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Rendered]:
    """The templates and blocks of the answers that were given, the latest last."""
    seen: list[Rendered] = []
    render = htmx.Page.render

    def watch(page: htmx.Page) -> str:
        seen.append((page.template, page.blocks))
        return render(page)

    monkeypatch.setattr(htmx.Page, "render", watch)
    return seen


def asked_for(own: World, rendered: list[Rendered]) -> Iterator[Asked]:
    """Yield every part that the pages would ask for, by forms and links, and each page's own."""
    done: set[str] = set()
    whole: set[str] = set()  # routes whose pages have no parts
    for viewer in VIEWERS:
        client, homes = own.client(viewer), defaultdict(list)
        near = [own.story.people[label].handle for label in ("owner3", "stranger")]
        values = every_value(own.app) | {"handle": near}
        values |= {name: found[:FEW] for name, found in values.items() if "/" in name}
        paths = [path for rule in rules(own.app, "GET") for path in filled(rule, values)]
        paths += [f"/conversations/{key}?before=9" for key in values["conversations"]]
        for path in [*paths, "/people?q=words+that+came", "/people?q=nobodywrotethis"]:
            before = client.get(path)
            if before.status_code != 200 or before.mimetype != "text/html":
                continue
            for each in read(before.text).ids:
                homes[each].append(path)
            if (endpoint := rule_of(own.app, path, "GET").endpoint) not in whole:
                part = client.get(path, headers=HTMX)
                if rendered[-1][1]:
                    yield Asked(rendered[-1], "", part, [before], f"GET {path}")
                else:
                    whole.add(endpoint)
            links = [Form(hx=it["hx-get"], target=it.get("hx-target", "")) for it in linked(before)]
            for form in [*forms_in(before.text), *links]:
                kind = f"{form.method} {KEY.sub('', form.hx)}"
                if form.hx and kind not in done:
                    done.add(kind)
                    part = send(own, viewer, form)
                    latest = rendered[-1] if part.data else ("", ())
                    at = [path, *homes[form.target.removeprefix("#")][:2]]
                    at += [form.hx] if form.method == "GET" else []
                    at.append("/asks")  # what was answered on Today stands there until its day
                    # Words about oneself are answered on Today, and stay on one's own page.
                    at.append(f"/people/{own.story.people[viewer].handle}")
                    pages = [client.get(each) for each in dict.fromkeys(at)]
                    pages += [send(own, viewer, form, {})] if form.action in ANSWERED_ONLY else []
                    yield Asked(latest, form.target, part, pages, f"{form.method} {form.hx}")


def linked(page: TestResponse) -> list[dict[str, str]]:
    """Return the attributes of each link by which htmx asks for a part."""
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in LINK.findall(page.text)]


def send(own: World, viewer: str, form: Form, headers: Mapping[str, str] = HTMX) -> TestResponse:
    """Send a form as htmx does, or follow a link."""
    client = own.client(viewer)
    if form.method == "GET":
        return client.get(html.unescape(form.hx), headers=HTMX)
    words = "https://a.example" if form.hx.endswith("/links") else SENTENCE
    data = {name: words if value == SENTENCE else value for name, value in form.data}
    data["csrf_token"] = own.token(viewer)
    return client.post(form.hx, data=data, headers=headers)


def check(one: Asked) -> None:
    """Hold a part against its page."""
    if not one.part.data:  # sent on, or a page on which this part is not
        assert "HX-Redirect" in one.part.headers or not one.target, one.what
        return
    assert one.part.status_code == 200, (one.what, one.part.status)
    part = read(one.part.text)
    assert "<html" not in one.part.text, f"{one.what} answers with a whole page"
    if one.target:
        assert one.target.removeprefix("#") in part.ids, f"{one.what} has no {one.target}"
    # What was answered with yes leaves the inbox: of it, only what it offers is looked at.
    answered = one.rendered[0] == "asks/one.html"
    faults = [fault(part, read(page.text), answered=answered) for page in one.pages]
    assert "" in faults, (one.what, faults)


def fault(part: _Reader, whole: _Reader, *, answered: bool) -> str:
    """Return why a part is not one of this page, or nothing."""
    if more := part.controls - whole.controls:
        return f"it offers {sorted(more)}"
    if not answered and not part.ids & whole.ids:
        return "it has no id of the page"
    if not answered and (more := Counter(part.words) - Counter(whole.words)):
        return f"it says {sorted(more)}"
    return ""


def test_every_part_that_htmx_asks_for_is_a_part_of_its_page(
    own: World, rendered: list[Rendered]
) -> None:
    own.app.config["PROPAGATE_EXCEPTIONS"] = False
    wrong, tried, alone = {}, 0, set()
    for one in asked_for(own, rendered):
        tried += 1
        alone |= {(one.rendered[0], block) for block in one.rendered[1]}
        try:
            check(one)
        except AssertionError as error:
            wrong.setdefault(KEY.sub("...", one.what), str(error)[:300])
    assert not wrong, "\n" + "\n".join(f"{what}: {why}" for what, why in wrong.items())
    assert tried > 30
    assert named_blocks(own.app) - alone == NEVER_ALONE


# Shown alone only where a choice was made that was not on offer.
NEVER_ALONE = {("members/account.html", "theme")}


def test_the_blocks_that_views_name_are_there(app: Flask) -> None:
    named = named_blocks(app)
    assert len(named) > 10
    missing = [
        (template, block)
        for template, block in named
        if block not in app.jinja_env.get_template(template).blocks
    ]
    assert missing == []


def test_a_form_that_is_not_taken_comes_back_as_its_part_with_what_was_written(
    own: World, rendered: list[Rendered]
) -> None:
    tried = 0
    for path in ("/me/profile", "/me/participation", "/me/account"):
        for form in forms_in(own.client("newcomer").get(path).text):
            wrong = {
                name: "z" * 9_000 for name, value in form.data if value.startswith("A sentence")
            }
            if not form.hx or not wrong:
                continue
            data = {**dict(form.data), **wrong, "csrf_token": own.token("newcomer")}
            part = own.client("newcomer").post(form.hx, data=data, headers=HTMX)
            found = read(part.text)
            assert part.status_code == 422, form.hx
            assert form.target.removeprefix("#") in found.ids, form.hx
            assert "z" * 9_000 in part.text, form.hx
            assert 'aria-invalid="true"' in part.text, form.hx
            tried += 1
    assert tried >= 3
