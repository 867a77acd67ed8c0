"""Reads forms off pages and fills them in, as a person would: a new form is tried without anyone
remembering.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.sweep.crawl import UNSAFE, every_value, filled, rules, unsafe_rules
from tests.sweep.seed import World

WORKED_WITH = ("connection", "speaker")
DEEDS = ("pause", "end", "cancel")  # what is done with words to shared work
# Somebody who is shown as a way, and to whom.
CARRIED_BY = ("connection", "second")
BESIDE = (
    *("/circles", "/learning", "/green-rooms"),
    *("/organisations", "/approaches", "/needs", "/referrals"),
    *("/negotiations", "/engagements", "/portfolio", "/testimony", "/showing"),
)
FEW = 12  # of messages, notes and places, all of which look alike
SENTENCE = "A sentence that is long enough."
TYPED = {
    "email": "somebody.new@outside.example",
    "password": "a long walk by the sea",
    "text": SENTENCE,
    "search": SENTENCE,
    "number": "7",
    "date": "2026-12-20",
    "time": "18:30",
    "month": "2026-12",
}

# What is a number or a code, though it is typed as text; of terms by the end of its name.
BY_NAME = {"days": "3", "half_days": "3", "full": "20", "amount": "", "currency": "EUR"}


@dataclass
class Form:
    """One form as it stands on a page: where it goes, and what it sends."""

    action: str = ""
    method: str = "GET"
    hx: str = ""  # where htmx sends it
    target: str = ""  # the element that htmx puts the answer in the place of
    data: list[tuple[str, str]] = field(default_factory=list)
    unchecked: set[str] = field(default_factory=set)

    def without(self, name: str) -> Form:
        return replace(self, data=[pair for pair in self.data if pair[0] != name])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = self._area = ""
        self._text = ""
        self._pressed = False  # only the first button is: a form sends one

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        it = {name: value or "" for name, value in attrs}
        if tag == "form":
            hx = it.get("hx-post") or it.get("hx-get", "")
            method = it.get("method", "get").upper()
            self._open = Form(it.get("action", ""), method, hx, it.get("hx-target", ""))
            self.forms.append(self._open)
            self._pressed = False
        elif self._open is not None and "disabled" not in it:
            self._field(tag, it)

    def _field(self, tag: str, it: dict[str, str]) -> None:
        name = it.get("name", "")
        if tag == "option" and self._select:
            self._choice(self._select, it.get("value", "UTC"), chosen="selected" in it)
        elif tag == "button":
            self._press(name, it)
        elif tag == "input" and name:
            self._input(name, it.get("type", "text"), it)
        elif tag == "textarea" and name:
            self._area, self._text = name, ""
        elif tag == "select" and name:
            self._select = name

    def _input(self, name: str, kind: str, it: dict[str, str]) -> None:
        if kind == "radio":
            self._choice(name, it.get("value", ""), chosen="checked" in it)
        elif kind == "checkbox":
            if "checked" in it:
                self._open.data.append((name, it.get("value", "on")))
            else:
                self._open.unchecked.add(name)
        elif kind != "file":
            # A handle is typed where nobody on the list is meant: they are chosen.
            typed = "" if kind == "hidden" or name == "handle" else TYPED[kind]
            typed = BY_NAME.get(name.rpartition("-")[2], typed)
            self._open.data.append((name, it.get("value") or typed))

    def _choice(self, name: str, value: str, *, chosen: bool) -> None:
        """Take the choice that is made, or else the first that says something of its own."""
        data = self._open.data
        elsewhere = {"", *(kept for other, kept in data if other != name)}
        held = dict(data).get(name)
        if chosen or held is None or (held in elsewhere and value not in elsewhere):
            data[:] = [pair for pair in data if pair[0] != name]
            data.append((name, value))

    def _press(self, name: str, it: dict[str, str]) -> None:
        if "formaction" in it:
            self.forms.append(replace(self._open, action=it["formaction"], hx="", target=""))
        elif not self._pressed:
            self._open.data += [(name, it.get("value", ""))] if name else []
            self._pressed = True

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area and self._open is not None:
            self._open.data.append((self._area, f"{self._text.strip()} {SENTENCE}".strip()))
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._open = None


def forms_in(html: str) -> list[Form]:
    """Return the forms of a page, each filled in."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


@dataclass(frozen=True)
class Offered:
    """A form that somebody was offered on a page."""

    viewer: str
    path: str
    rule: Rule
    form: Form


def rule_of(app: Flask, path: str, method: str) -> Rule | None:
    """Return the route that an address leads to."""
    try:
        rule, _arguments = app.url_map.bind("localhost").match(
            path.partition("?")[0].partition("#")[0], method=method, return_rule=True
        )
    except HTTPException:
        return None
    return rule


def is_beside(path: str) -> bool:
    """Whether an address is one of circles, of learning or of work."""
    return path.startswith(BESIDE)


def at_terms(world: World, values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the addresses at which terms begin, and words about those with whom one worked."""
    found = [f"/negotiations/new?conversation={key}" for key in values["conversations"]]
    about = [world.story.people[label].handle for label in WORKED_WITH]
    works = values["engagement"]
    found += [f"/engagements/{key}?do={deed}" for key in works for deed in DEEDS]
    return [*found, *(f"/engagements/{k}/testimony?about={each}" for k in works for each in about)]


def offered(
    world: World, viewers: Sequence[str], more: Sequence[str], handles: list[str]
) -> list[Offered]:
    """Return one form for each route that changes something, as these viewers are offered it; those
    of `more` at circles and at what is learned.
    """
    found: dict[str, Offered] = {}
    values = every_value(world.app) | {"handle": handles, "profile": ["purpose"]}
    values |= {name: found[:FEW] for name, found in values.items() if "/" in name}
    for viewer in dict.fromkeys((*viewers, *more)):
        client = world.client(viewer)
        values["token"] = world.links.get(viewer, [])
        paths = [path for rule in rules(world.app, "GET") for path in filled(rule, values)]
        paths += at_terms(world, values)
        to_one = f"/conversations/new?to={world.story.people['connection'].handle}"
        connector, target = (world.story.people[each].handle for each in CARRIED_BY)
        asked = f"/people/{target}/introduction?through={connector}"
        paths = [each for each in paths if viewer in (more if is_beside(each) else viewers)]
        for path in [to_one, asked, *paths, "/people?q=quiet"]:
            page = client.get(path)
            for form in forms_in(page.text) if page.status_code == 200 else ():
                if form.method not in UNSAFE:
                    continue
                rule = rule_of(world.app, form.action, form.method)
                assert rule is not None, f"{path} has a form that leads nowhere: {form.action}"
                found.setdefault(rule.endpoint, Offered(viewer, path, rule, form))
    return [found[each] for each in sorted(found)]


def not_offered(app: Flask, offers: Iterable[Offered]) -> set[str]:
    """Return the routes that change something and that no page offers."""
    return {rule.endpoint for rule in unsafe_rules(app)} - {each.rule.endpoint for each in offers}
