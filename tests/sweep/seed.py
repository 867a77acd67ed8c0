"""Lives the story of `canaries.py` in a real network, through its services, at times of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network import create_app, passwords
from network.asks import services as asks
from network.asks.models import Ask
from network.columns import Base
from network.composition import channels
from network.config import Settings
from network.db import db as database
from network.db import migrate, reading, transaction
from network.events import worker
from network.members.kinds import Audience, Joining, Part, State, Work
from network.members.models import Invitation, Member, Network, Participation, SignIn
from network.members.services import (
    accounts,
    boundaries,
    joining,
    participation,
    profiles,
    searches,
)
from network.members.tokens import address_token, invitation_token, sign_in_token
from network.relationships.kinds import CONNECTION
from network.relationships.services import connections as relationships
from tests.compiled import COMPILED
from tests.sweep.canaries import OWNERS, PARTS, Asked, Person, Story, Tie, Words, told
from tests.sweep.seed_circles import circles, partings
from tests.sweep.seed_introductions import introductions
from tests.sweep.seed_learning import learning
from tests.sweep.seed_memory import words_and_notes
from tests.sweep.seed_organisations import organisations
from tests.sweep.seed_talks import conversations
from tests.sweep.seed_terms import after_parting, terms_and_work

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=45)
LATELY = NOW - timedelta(days=3)
YESTERDAY = NOW - timedelta(days=1)
A_YEAR = timedelta(days=365)
PASSWORD = "a long walk by the sea"
RANDOM = {"key", "digest", "password_hash", "slug", "uid", "submission"}
KEYED = re.compile(r'("[\w-]*-(?:key|party|giver|receiver)": ")[^"]*')
MASS = "zzmass"  # what tests add to forms that do not ask for it
ALL_CHANNELS = ("index", "things", "learning", "terms", "mail")
QUESTION = "What would you bring to a table of peers?"


@dataclass
class World:
    """A network that lives the story, with what its people hold in their hands."""

    app: Flask
    story: Story
    ids: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)  # tokens, by who holds them
    feeds: dict[str, str] = field(default_factory=dict)  # calendar tokens, by whose they are
    things: dict[str, str] = field(default_factory=dict)  # addresses, by what is there

    def client(self, viewer: str) -> FlaskClient:
        """Return the browser of a viewer; of somebody not signed in for ""."""
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["csrf_token"] = viewer.ljust(40)
            if viewer in self.cookies:
                cookie["_user_id"] = self.cookies[viewer]
                cookie["_fresh"] = True
        return client

    def token(self, viewer: str) -> str:
        """Return the token that the forms of this viewer's pages bear, without fetching a page."""
        signer = URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        return str(signer.dumps(viewer.ljust(40)))

    def run_worker(self, names: Collection[str] = ALL_CHANNELS) -> None:
        """Deliver all that is owed to these channels, until nothing is."""
        with self.app.app_context():
            ways = {name: way for name, way in channels(self.app).items() if name in names}
            while worker.run_once(ways):
                pass

    def letters(self) -> list[Path]:
        return sorted((self.app.config["SETTINGS"].instance / "mail").glob("*.eml"))


def open_network(folder: Path) -> Flask:
    """Return an application on an embedded database in this folder, whatever other tests use."""
    app = create_app(
        Settings(
            instance=folder,
            database_url=f"sqlite:///{folder / 'network.db'}",
            secret_key="a key for tests that is long enough to sign with",
            base_url="http://127.0.0.1:8000",
            testing=True,
        )
    )
    app.jinja_env.bytecode_cache = COMPILED
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a crawl goes on, and says what broke
    return app


def live(folder: Path, *, index_lags: bool) -> World:
    """Live the story. An index that lags has not heard of what narrows what it may give."""
    folder.mkdir()
    app = open_network(folder)
    world = World(app, told())
    with time_machine.travel(NOW, tick=False), app.app_context():
        migrate()
        for name in ("index", "things"):
            channels(app)[name].tend()
        with transaction() as db:
            db.add(Network(id=1, name="Saltmarsh", joining=Joining.APPLICATION, questions=QUESTION))
            _people(db, world)
            _at_the_door(db, world)
            _ties_and_asks(db, world)
            words_and_notes(db, world)
            conversations(db, world)
            introductions(db, world)
            circles(db, world)
            learning(db, world)
            organisations(db, world)
            terms_and_work(db, world)
            partings(db, world)
            # Tests look at the same people again after a season: they stay signed in, and freshly
            # so.
            db.execute(update(Member).values(password_hash=passwords.hashed(PASSWORD)))
            # Everybody may be shown as a way to others: what that tells is swept too.
            db.execute(update(Participation).values(shown_as_way=True))
            db.execute(update(SignIn).values(expires_at=NOW + A_YEAR, fresh_at=NOW))
        world.run_worker({"index", "things"})  # letters wait until everything has happened
        with transaction() as db:
            _narrow(db, world)
        if not index_lags:
            world.run_worker()
    return world


def close(world: World) -> None:
    with world.app.app_context():
        for engine in database.engines.values():
            engine.dispose()


def twin(world: World, folder: Path) -> World:
    """Return a copy of the whole network, down to the keys, that may be changed."""
    close(world)
    shutil.copytree(world.app.config["SETTINGS"].instance, folder)
    return replace(world, app=open_network(folder), cookies=dict(world.cookies))


def dump(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table; of what is random in it, whether it was set by a form."""
    with world.app.app_context(), reading() as db:
        return {
            table.name: [
                tuple(
                    value == MASS if name in RANDOM else _without_keys(name, value)
                    for name, value in row.items()
                )
                for row in db.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def _without_keys(name: str, value: object) -> object:
    """Return what a column holds: a draft of terms without the random keys that are typed in it."""
    return KEYED.sub(r"\1", str(value)) if name == "fields" else value


def _people(db: Session, world: World) -> None:
    for person in world.story.people.values():
        member = _member(db, person, drafted=person.label == world.story.draft_of)
        world.ids[person.label] = member.id
        profiles.set_portrait(db, member, picture=person.own("portrait").encode(), now=LONG_AGO)
        _past(db, member, person)
        for words in person.words:
            write_part(db, member, words, role=person.role)
        searches.keep_search(db, member, terms=f"q={person.own('search')}", now=LONG_AGO)
        boundaries.raise_shield(db, member, against=f"{person.own('shield')} Ltd", now=LONG_AGO)
        for _twice in range(2):
            user = accounts.start_sign_in(db, member, device=person.own("device"), now=YESTERDAY)
        world.cookies[person.label] = user.token
        secret = world.app.config["SECRET_KEY"]
        world.links[person.label] = [
            sign_in_token(secret, member),
            address_token(secret, member.id, member.credential_version, f"new.{person.email}"),
        ]


def _member(db: Session, person: Person, *, drafted: bool) -> Member:
    joined_at = YESTERDAY if person.label in OWNERS else LONG_AGO
    if drafted:
        draft = {Part.PURPOSE.value: person.own("draft"), Part.OFFERS.value: person.own("draft")}
        door = joining.invite(db, email=person.email, draft=draft, now=LATELY)
        member = joining.join(
            db, door, name=person.name, password_hash="", time_zone="UTC", now=LATELY
        )
        member.handle, member.pronouns = person.handle, person.pronouns
        return member
    member = Member(
        handle=person.handle,
        name=person.name,
        pronouns=person.pronouns,
        email=person.email,
        steward=person.steward,
        joined_at=joined_at,
    )
    joining.add_member(db, member, now=joined_at)
    return member


def _past(db: Session, member: Member, person: Person) -> None:
    """State a purpose at each level and let it go again; then say who reads what was let go."""
    for words, level in zip(person.past, Audience, strict=False):
        profiles.set_audience(db, member, Part.PURPOSE, level, widen_words=True, now=LONG_AGO)
        profiles.change_purpose(db, member, words.first, what_changed=words.second, now=LONG_AGO)
        profiles.change_purpose(db, member, "Words that came between.", now=LONG_AGO)
    if person.past:
        profiles.set_audience(db, member, Part.HISTORY, Audience(person.history), now=LONG_AGO)


def write_part(db: Session, member: Member, words: Words, *, role: str = "") -> None:
    """Write a part so that it ends at its level: at once, widened unasked, or narrowed later."""
    part, level = Part(words.part), Audience(words.shown_to)
    widest = Audience.MEMBERS if part is Part.CONTACT else Audience.WEB
    first = widest if words.way == "narrowed" else level
    profiles.set_audience(db, member, part, first, widen_words=True, now=LONG_AGO)
    _say(db, member, part, words, role)
    if words.way == "widened":
        profiles.set_audience(db, member, part, widest, now=LONG_AGO)


def _say(db: Session, member: Member, part: Part, words: Words, role: str) -> None:
    body = f"{words.first} {words.second}"
    if part is Part.AVAILABILITY:
        participation.set_room(
            db, member, half_days=8, from_month="", when=words.first, now=LONG_AGO
        )
        participation.set_work(db, member, work={Work.PEER}, pace=words.second, now=LONG_AGO)
        return
    if part in {Part.THEMES, Part.LANGUAGES}:
        body = f"{words.first}\n{words.second}"
    if part is Part.LINKS:
        body = f"https://{words.first}.example/{words.second}"
    if role and part is Part.ROLES:
        body = f"{body}\nHead of care, {role}"
    if part is Part.PURPOSE:
        profiles.change_purpose(db, member, body, now=LONG_AGO)
    else:
        profiles.write(db, member, part, body, now=LONG_AGO)


def _at_the_door(db: Session, world: World) -> None:
    for one in world.story.door:
        if one.how == "invitation":
            joining.invite(
                db,
                email=one.email,
                name=one.own("name"),
                draft={Part.PURPOSE.value: one.own("draft")},
                inviter=db.get_one(Member, world.ids["steward"]),
                now=LATELY,
            )
            door = db.scalars(select(Invitation).where(Invitation.email == one.email)).one()
            token = invitation_token(world.app.config["SECRET_KEY"], door)
            world.links[one.label] = [token]
        else:
            joining.apply(
                db,
                email=one.email,
                name=one.own("name"),
                purpose=one.own("purpose"),
                through=one.own("through"),
                answers=[(QUESTION, one.own("answer"))],
                now=LATELY,
            )


def _ties_and_asks(db: Session, world: World) -> None:
    for tie in world.story.ties:
        ask = _send(db, world, tie, LONG_AGO)
        other = db.get_one(Member, world.ids[tie.other])
        asks.accept(db, ask, CONNECTION, actor=other, now=LONG_AGO)
    for told_ask in world.story.asks:
        ask = _send(db, world, told_ask, LONG_AGO if told_ask.state == "lapsed" else LATELY)
        if told_ask.state == "declined":
            other = db.get_one(Member, ask.addressee_id)
            asks.decline(db, ask, CONNECTION, actor=other, now=YESTERDAY)
        if told_ask.state == "withdrawn":
            asks.withdraw(db, ask, actor=db.get_one(Member, ask.asker_id), now=YESTERDAY)


def _send(db: Session, world: World, one: Tie | Asked, now: datetime) -> Ask:
    return asks.send(
        db,
        CONNECTION,
        asker=db.get_one(Member, world.ids[one.asker]),
        addressee=db.get_one(Member, world.ids[one.other]),
        reason=f"The reason is {one.reason}.",
        submission=f"{one.asker} {one.other}",
        now=now,
    )


def _narrow(db: Session, world: World) -> None:
    """Everything by which people draw back, after others have seen and indexed what they showed."""
    story = world.story
    members = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for person in story.people.values():
        for words in person.words:
            if words.way == "narrowed":
                level = Audience(words.shown_to)
                profiles.set_audience(db, members[words.owner], Part(words.part), level, now=NOW)
    for tie in story.ties:
        connection = relationships.live_connection(db, world.ids[tie.asker], world.ids[tie.other])
        if not tie.live and connection is not None and "ex" in {tie.asker, tie.other}:
            relationships.end(db, connection, actor=members[tie.other], now=NOW)
    for blocker, blocked in sorted(story.blocks):
        relationships.block(db, members[blocker], members[blocked], now=NOW)
    for owner, against in sorted(story.shields):
        boundaries.raise_shield(db, members[owner], against=against, now=NOW)
    after_parting(db, world)
    for person in story.people.values():
        _change_state(db, members[person.label], person)


def _change_state(db: Session, member: Member, person: Person) -> None:
    if person.state == "paused":
        participation.pause(db, member, until=None, now=NOW)
    else:  # leaving and suspending have no services yet
        member.state = State(person.state)


assert {part.value for part in Part} == {*PARTS, "history", "stage", "circles", "connections"}
