"""Finds every address from the route table, so that a new route is swept without anyone
remembering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import product
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from network.asks.models import Ask
from network.circles.kinds import Form
from network.circles.models import Circle, CircleNote, Decision
from network.conversations.models import Conversation, Message
from network.db import reading
from network.engagements.models import (
    CheckIn,
    Engagement,
    Left,
    Negotiation,
    OutsideWork,
    Showing,
    Testimony,
    Version,
    WelcomeItem,
)
from network.learning.models import (
    Commitment,
    GreenRoom,
    HarvestEntry,
    LearningNeed,
    LearningSession,
    Round,
    Seat,
)
from network.members.kinds import Part
from network.members.models import (
    Application,
    Invitation,
    Member,
    Membership,
    SavedSearch,
    Shield,
    SignIn,
)
from network.organisations.models import (
    AlumniRelation,
    Approach,
    NeedShowing,
    Organisation,
    Representative,
    WorkNeed,
)
from network.referrals.models import Referral
from network.relationships.models import Introduction, Vouch

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HTMX = {"HX-Request": "true"}
TOKEN = re.compile(rb'(name="(?:csrf_token|submission)" value="|X-CSRFToken": ")[^"]+')
NEW_KEY = re.compile(
    rb'(data-(?:ask|conversation|message)="|ask-|"m-|#m-|/(?:asks|shields|conversations|messages|introductions|approaches|needs|referrals|alumni|negotiations|engagements|testimony|showing)/)'
    rb"[\w-]{12}"
)
# What differs between two answers that say the same: the cookie, and how long a masked token was.
NOT_COMPARED = {"set-cookie", "content-length", "date"}
UNKNOWN = "zz-nobody"
ARGUMENT = re.compile(r"([\w-]+)/<(?:[a-z]+:)?(\w+)>")
# What an argument is called, and whose keys it takes: `<key>` is called by what it stands behind.
KEYS = {
    "asks": Ask.key,
    "conversations": Conversation.key,
    "introductions": Introduction.key,
    "vouches": Vouch.key,
    "shields": Shield.key,
    "sign-ins": SignIn.key,
    "kept": SavedSearch.key,
    "applications": Application.key,
    "invitations": Invitation.key,
    "handle": Member.handle,
    "slug": Circle.slug,
    "session": LearningSession.key,
    "need": LearningNeed.key,
    "room": GreenRoom.key,
    "entry": HarvestEntry.key,
    "commitment": Commitment.key,
    "round_key": Round.key,
    "organisation": Organisation.slug,
    "relation": AlumniRelation.key,
    "approach": Approach.key,
    "work_need": WorkNeed.key,
    "referral": Referral.key,
    "negotiation": Negotiation.key,
    "engagement": Engagement.key,
    "testimony": Testimony.key,
    "showing": Showing.key,
    "work": OutsideWork.key,
}
# What is found only behind what it belongs to.
WITHIN = {
    "conversations/message_key": select(Conversation.key, Message.key).join(
        Message, Message.conversation_id == Conversation.id
    ),
    "slug/note": select(Circle.slug, CircleNote.key).join(
        CircleNote, CircleNote.circle_id == Circle.id
    ),
    "slug/decision": select(Circle.slug, Decision.key).join(
        Decision, Decision.circle_id == Circle.id
    ),
    "slug/handle": select(Circle.slug, Member.handle)
    .join(Membership, Membership.circle_id == Circle.id)
    .join(Member, Member.id == Membership.member_id)
    .distinct(),
    "session/seat": select(LearningSession.key, Seat.key).join(
        Seat, Seat.session_id == LearningSession.id
    ),
    "organisation/representative": select(Organisation.slug, Representative.key).join(
        Representative, Representative.organisation_id == Organisation.id
    ),
    "slug/work_need": select(Circle.slug, WorkNeed.key)
    .join(NeedShowing, NeedShowing.circle_id == Circle.id)
    .join(WorkNeed, NeedShowing.need_id == WorkNeed.id),
    "negotiation/number": select(Negotiation.key, Version.number).join(
        Version, Version.negotiation_id == Negotiation.id
    ),
    "engagement/number": select(Engagement.key, CheckIn.number)
    .join(CheckIn, CheckIn.engagement_id == Engagement.id)
    .distinct(),
    "engagement/item": select(Engagement.key, WelcomeItem.key).join(
        WelcomeItem, WelcomeItem.engagement_id == Engagement.id
    ),
    "engagement/entry": select(Engagement.key, Left.key).join(
        Left, Left.engagement_id == Engagement.id
    ),
}


def rules(app: Flask, method: str) -> list[Rule]:
    """Return the routes of a method; files are nobody's."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted((rule for rule in found if method in rule.methods), key=lambda rule: rule.rule)


def unsafe_rules(app: Flask) -> list[Rule]:
    """Return the routes that change something."""
    found = [rule for rule in app.url_map.iter_rules() if rule.methods & UNSAFE]
    return sorted(found, key=lambda rule: rule.rule)


def arguments(rule: Rule) -> list[str]:
    """Return what the arguments of a route are called, in their order."""
    return [behind if name == "key" else name for behind, name in ARGUMENT.findall(rule.rule)]


def filled(rule: Rule, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the route with each combination of the values that its arguments may have: with those
    that belong together, where the values name them so (`slug/note`).
    """
    names = arguments(rule)
    together = values.get("/".join(names)) if len(names) > 1 else None
    chosen = product(*(values.get(name, [UNKNOWN]) for name in names))
    for each in chosen if together is None else (pair.split("/") for pair in together):
        given = iter(each)
        yield re.sub(r"<[^>]+>", lambda _: quote(next(given), safe=""), rule.rule)  # noqa: B023


def every_value(app: Flask) -> dict[str, list[str]]:
    """Return every key of each kind of thing, one of another thing and one of nothing, for the
    arguments so called.
    """
    with app.app_context(), reading() as db:
        found = {name: list(db.scalars(select(column))) for name, column in KEYS.items()}
        pairs = {name: _pairs(db, name) for name in WITHIN}
    others = {name: next(iter(keys), UNKNOWN) for name, keys in found.items()}
    for name, keys in found.items():
        keys += [others["asks" if name != "asks" else "conversations"], UNKNOWN]
    return {
        **found,
        **pairs,
        "profile": [*Part, UNKNOWN],
        "form": [*Form, UNKNOWN],
        "who": ["connection", "member", "web", UNKNOWN],
        "token": [UNKNOWN],
    }


def _pairs(db: Session, name: str) -> list[str]:
    """Return each thing behind what it belongs to; and one behind another, behind nothing, and
    none.
    """
    pairs = [tuple(map(str, row)) for row in db.execute(WITHIN[name])]
    if not pairs:
        return [f"{UNKNOWN}/{UNKNOWN}"]
    (first, one), (last, _) = pairs[0], pairs[-1]
    pairs += [(last, one), (first, UNKNOWN), (UNKNOWN, one)]
    return ["/".join(pair) for pair in dict.fromkeys(pairs)]


def answer(client: FlaskClient, method: str, path: str, **kwargs: object) -> tuple[object, ...]:
    """Return what somebody gets, without what is random in it."""
    return masked(client.open(path, method=method, **kwargs))


def masked(response: TestResponse) -> tuple[object, ...]:
    """Return status, headers and body with the tokens taken out."""
    headers = [pair for pair in response.headers if pair[0].lower() not in NOT_COMPARED]
    body = NEW_KEY.sub(rb"\1", TOKEN.sub(rb"\1", response.data))
    return response.status_code, sorted(headers), body


def letter_in(file: Path) -> tuple[EmailMessage, str]:
    """Return a letter, and all that it says: its words, and what it brings for a calendar."""
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    parts = [part for part in letter.walk() if part.get_content_maintype() == "text"]
    said = [part.get_content() for part in parts]
    return letter, "\n".join(each if isinstance(each, str) else each.decode() for each in said)


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
