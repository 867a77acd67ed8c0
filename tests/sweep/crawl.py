"""Finds every address from the route table, so that a new route is swept without anyone
remembering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from itertools import product
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from network.columns import Base
from network.conversations.models import Conversation, Message
from network.db import reading
from network.members.models import Member
from network.relationships.models import Introduction

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HTMX = {"HX-Request": "true"}
TOKEN = re.compile(rb'(name="(?:csrf_token|submission)" value="|X-CSRFToken": ")[^"]+')
NEW_KEY = re.compile(
    rb'(data-(?:ask|conversation|message)="|ask-|"m-|#m-|/(?:asks|shields|conversations|messages|introductions)/)'
    rb"[\w-]{12}"
)
# What differs between two answers that say the same: the cookie, and how long a masked token was.
NOT_COMPARED = {"set-cookie", "content-length", "date"}
UNKNOWN = "zz-nobody"
# Of these every key is tried: each is shown to other people.
MANY = {"conversation", "introduction"}


def rules(app: Flask, method: str) -> list[Rule]:
    """Return the routes of a method; files are nobody's."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted((rule for rule in found if method in rule.methods), key=lambda rule: rule.rule)


def unsafe_rules(app: Flask) -> list[Rule]:
    """Return the routes that change something."""
    found = [rule for rule in app.url_map.iter_rules() if rule.methods & UNSAFE]
    return sorted(found, key=lambda rule: rule.rule)


def filled(rule: Rule, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the route with each combination of the values that its arguments may have."""
    names = sorted(rule.arguments)
    for chosen in product(*(values.get(name, [UNKNOWN]) for name in names)):
        path = rule.rule
        for name, value in zip(names, chosen, strict=True):
            path = re.sub(rf"<(?:[a-z]+:)?{name}>", quote(value, safe=""), path)
        yield path


def every_value(app: Flask) -> dict[str, list[str]]:
    """Return every handle, and keys of each kind of thing, for the arguments so named."""
    with app.app_context(), reading() as db:
        handles = list(db.scalars(select(Member.handle)))
        keys = [
            key
            for table in Base.metadata.sorted_tables
            if "key" in table.columns
            for key in db.scalars(select(table.c.key).limit(12 if table.name in MANY else 2))
        ]
        messages = list(db.scalars(select(Message.key).order_by(Message.id).limit(3)))
    return {
        "handle": [*handles, UNKNOWN],
        "key": [*keys, "purpose", "contact", "history", "availability", UNKNOWN],
        "who": ["connection", "member", "web", UNKNOWN],
        "message_key": [*messages, UNKNOWN],
        "token": [UNKNOWN],
    }


def answer(client: FlaskClient, method: str, path: str, **kwargs: object) -> tuple[object, ...]:
    """Return what somebody gets, without what is random in it."""
    return masked(client.open(path, method=method, **kwargs))


def masked(response: TestResponse) -> tuple[object, ...]:
    """Return status, headers and body with the tokens taken out."""
    headers = [pair for pair in response.headers if pair[0].lower() not in NOT_COMPARED]
    body = NEW_KEY.sub(rb"\1", TOKEN.sub(rb"\1", response.data))
    return response.status_code, sorted(headers), body


def difference(one: tuple[object, ...], other: tuple[object, ...]) -> list[str]:
    """Return where two masked answers part, in lines that can be read."""
    if one == other:
        return []
    lines = [
        [str(got[0]), *map(str, got[1]), *got[2].decode().splitlines()] for got in (one, other)
    ]
    return [line for line in unified_diff(*lines, n=0, lineterm="") if line[:2] not in {"--", "++"}]


def told(response: TestResponse) -> str:
    """Return everything that an answer tells: its body, and where its headers lead."""
    return "\n".join([response.get_data(as_text=True), *(value for _, value in response.headers)])


def keys_to_open(app: Flask) -> list[str]:
    """Return the key of every conversation and of every introduction."""
    with app.app_context(), reading() as db:
        return [*db.scalars(select(Conversation.key)), *db.scalars(select(Introduction.key))]
