from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from network.db import db as database
from network.db import reading, transaction
from network.engagements import hearing
from network.engagements.kinds import EngagementState
from network.engagements.models import Engagement, Party, Showing, ShowingConsent
from network.errors import Conflict, NotAllowed, NotFound, Refusal
from network.events.models import Event
from network.members.kinds import Audience, Part, State
from network.members.models import Section
from network.members.services import boundaries, participation
from tests.conftest import NOON, post
from tests.engagements import afterwards
from tests.engagements.afterwards import NAMES, lived, member, move, stands, to_read
from tests.engagements.test_negotiating import at_once

EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "10"))
PHASES = tuple(Phase) if EXAMPLES > 10 else (Phase.explicit, Phase.reuse, Phase.generate)
ALL = (*NAMES, "dov")
WORDS = ("We chose a first director together.", "A winter of listening, for Veldhaven.")
SOMEBODY = st.sampled_from(["ama", "bea", "ama", "bea", "cai"])


class Machine(RuleBasedStateMachine):
    """Showings beside a model: who shows what, in which wording, and who said yes to which."""

    engagement_id: int

    def __init__(self):
        super().__init__()
        self.db = Session(database.engine, expire_on_commit=False)
        self.engagement = self.db.get_one(Engagement, self.engagement_id)
        self.now = NOON
        self.shown, self.yes, self.walls = {}, set(), set()
        self.wordings = dict.fromkeys(NAMES, 0)

    def teardown(self):
        self.db.rollback()
        self.db.close()

    def together(self, one, other):
        return not {(one, other), (other, one)} & self.walls

    def tried(self, verb, *given):
        inner = self.db.begin_nested()
        try:
            getattr(afterwards, verb)(self.db, self.engagement, *given, self.now)
        except Refusal as refusal:
            inner.rollback()
            self.db.expire_all()
            return type(refusal).__name__
        inner.commit()
        return ""

    @rule(who=SOMEBODY, words=st.sampled_from(WORDS))
    def word(self, who, words):
        assert self.tried("word", who, words) == ""
        if self.shown.get(who) != words:
            self.shown[who] = words
            self.wordings[who] += 1

    @rule(who=SOMEBODY, owner=SOMEBODY, stale=st.booleans())
    def consent(self, who, owner, stale):
        wording = self.wordings[owner] - stale
        said = self.tried("consent", who, owner, wording)
        if not self.wordings[owner] or who == owner or not self.together(who, owner):
            assert said == "NotFound"
        elif owner not in self.shown or stale:
            assert said == "Conflict"
        else:
            assert said == ""
            self.yes.add((who, owner, wording))

    @rule(who=SOMEBODY, owner=SOMEBODY)
    def take_back(self, who, owner):
        said = self.tried("take_words_back", who, owner)
        if not self.wordings[owner] or not self.together(who, owner):
            assert said == "NotFound"
            return
        assert said == ""
        if who == owner:
            self.shown.pop(owner, None)
        self.yes = {each for each in self.yes if each[:2] != (who, owner)}

    @rule(one=SOMEBODY, other=SOMEBODY, up=st.booleans())
    def wall(self, one, other, up):
        if one == other:
            return
        do = boundaries.block if up else boundaries.unblock
        do(self.db, member(self.db, one), blocked_id=member(self.db, other).id, now=self.now)
        self.db.flush()
        (self.walls.add if up else self.walls.discard)((one, other))

    @rule(one=SOMEBODY, other=SOMEBODY)
    def the_worker_hears_of_a_block(self, one, other):
        if (one, other) not in self.walls:
            return
        ids = [member(self.db, each).id for each in (one, other)]
        hearing.end_consents(self.db, *ids)
        pair = {(one, other), (other, one)}
        self.yes = {each for each in self.yes if each[:2] not in pair}

    def all_agree(self, owner):
        return owner in self.shown and all(
            (each, owner, self.wordings[owner]) in self.yes and self.together(each, owner)
            for each in NAMES
            if each != owner
        )

    @invariant()
    def inv_46_work_stands_while_all_agree_to_these_very_words(self):
        for owner in NAMES:
            there = [self.shown[owner]] if self.all_agree(owner) else []
            assert stands(self.db, "dov", owner, self.now) == there

    @invariant()
    def those_who_did_it_read_what_is_asked_of_them(self):
        for who in NAMES:
            assert to_read(self.db, self.engagement, who, self.now) == {
                owner: (
                    words,
                    self.all_agree(owner),
                    (who, owner, self.wordings[owner]) in self.yes,
                )
                for owner, words in self.shown.items()
                if self.together(who, owner)
            }


def test_inv_46_a_wording_stands_while_every_consent_to_it_does(app, db, make_member):
    people = [make_member(name) for name in NAMES]
    make_member("dov")
    engagement = lived(db, people)
    db.commit()
    run_state_machine_as_test(
        type("MachineHere", (Machine,), {"engagement_id": engagement.id}),
        settings=settings(
            max_examples=EXAMPLES,
            derandomize=EXAMPLES == 10,
            stateful_step_count=30,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(make_member):
    return {name: make_member(name, story="I came by boat.") for name in ALL}


@pytest.fixture
def work(db, people):
    """Work of Ama, Bea and Cai that is over."""
    engagement = lived(db, [people[name] for name in NAMES])
    db.commit()
    return engagement


def do(verb, work, *given, now=NOON):
    with transaction() as db:
        it = db.get_one(Engagement, work.id)
        return getattr(afterwards, verb)(db, it, *given, now)


def refused(verb, work, *given, now=NOON):
    try:
        do(verb, work, *given, now=now)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.fixture
def shown(work):
    """Ama shows the work, and both others said yes."""
    do("word", work, "ama", WORDS[0])
    for who in ("bea", "cai"):
        do("consent", work, who, "ama", 1)
    return work


def there(reader="dov", owner="ama"):
    with reading() as db:
        return stands(db, reader, owner, NOON)


STATES = dict.fromkeys(EngagementState, NotAllowed) | dict.fromkeys(
    (
        EngagementState.ACTIVE,
        EngagementState.PAUSED,
        EngagementState.COMPLETED,
        EngagementState.ENDED_EARLY,
    )
)


@pytest.mark.parametrize("state", EngagementState)
def test_work_is_shown_once_it_has_begun(work, state):
    with transaction() as db:
        it = db.get_one(Engagement, work.id)
        it.begun_at = None if STATES[state] else it.begun_at
        move(db, it, state)
    assert refused("word", work, "ama", WORDS[0]) is STATES[state]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (("bea", "ama", 1), None),
        (("bea", "ama", 2), Conflict),
        (("ama", "ama", 1), NotFound),
        (("dov", "ama", 1), NotFound),
        (("ama", "bea", 1), NotFound),
    ],
    ids=["the wording", "another wording", "one's own", "a stranger", "words that are not there"],
)
def test_inv_18_46_who_says_yes_to_what(work, given, refusal):
    do("word", work, "ama", WORDS[0])
    assert refused("consent", work, *given) is refusal
    with reading() as db:
        assert len(db.scalars(select(ShowingConsent)).all()) == (refusal is None)


def test_inv_46_other_words_ask_anew(shown):
    assert there() == [WORDS[0]]
    do("word", shown, "ama", WORDS[1])
    assert there() == []
    assert refused("consent", shown, "bea", "ama", 1) is Conflict
    for who in ("bea", "cai"):
        do("consent", shown, who, "ama", 2)
    assert there() == [WORDS[1]]


def test_inv_20_the_same_words_and_the_same_yes_twice_are_once(shown):
    do("word", shown, "ama", WORDS[0])
    do("consent", shown, "bea", "ama", 1)
    with reading() as db:
        kinds = db.scalars(select(Event.kind).where(Event.kind.like("engagements:showing:%")))
        assert [each.rpartition(":")[2] for each in kinds] == ["worded", "consented", "consented"]
    assert there() == [WORDS[0]]


def test_what_is_taken_off_is_deleted_and_asks_anew_when_it_comes_back(shown):
    for _twice in range(2):
        do("take_words_back", shown, "ama", "ama")
    with reading() as db:
        assert (db.scalars(select(Showing.words)).all(), there()) == ([""], [])
    assert refused("consent", shown, "bea", "ama", 1) is Conflict
    do("word", shown, "ama", WORDS[0])
    assert there() == []


def block(one, other):
    with transaction() as db:
        boundaries.block(db, member(db, one), blocked_id=member(db, other).id, now=NOON)


def put(handle, state):
    with transaction() as db:
        member(db, handle).state = state


def shield(one, other):
    with transaction() as db:
        boundaries.raise_shield(db, member(db, one), against=f"{other}.example", now=NOON)


def pause(handle):
    with transaction() as db:
        participation.pause(db, member(db, handle), until=None, now=NOON)


def call_off(work):
    with transaction() as db:
        move(db, db.get_one(Engagement, work.id), EngagementState.CANCELLED)


def forget(handle):
    with transaction() as db:
        db.execute(
            update(Party).where(Party.member_id == member(db, handle).id).values(member_id=None)
        )


GONE = {
    "a counterpart is nobody any more": lambda work: forget("cai"),
    "a yes is taken back": lambda work: do("take_words_back", work, "cai", "ama"),
    "a counterpart blocks": lambda work: block("bea", "ama"),
    "a counterpart is blocked": lambda work: block("ama", "bea"),
    "a counterpart is suspended": lambda work: put("cai", State.SUSPENDED),
    "a counterpart has departed": lambda work: put("cai", State.DEPARTED),
    "a counterpart pauses": lambda work: pause("cai"),
    "a counterpart blocks the reader": lambda work: block("bea", "dov"),
    "the reader blocks a counterpart": lambda work: block("dov", "bea"),
    "a counterpart's shield meets the reader": lambda work: shield("bea", "dov"),
    "the work was called off": call_off,
}


@pytest.mark.parametrize("gone", GONE)
def test_inv_46_09_10_work_is_gone_from_the_page_where_a_consent_is(shown, gone):
    assert there() == [WORDS[0]]
    GONE[gone](shown)
    assert there() == []


@pytest.mark.parametrize(("one", "other"), [("bea", "ama"), ("ama", "bea")])
def test_a_shield_tells_nobody_where_another_works(shown, one, other):
    shield(one, other)
    assert there() == there("ama") == there("bea") == [WORDS[0]]


def test_an_unblocking_brings_no_consent_back_that_the_worker_ended(shown):
    block("bea", "ama")
    with reading() as db:
        event = db.scalars(select(Event).where(Event.kind == "members:blocked")).one()
    hearing.part(event, now=NOON)
    with transaction() as db:
        boundaries.unblock(
            db, member(db, "bea"), blocked_id=member(db, "ama").id, now=NOON + timedelta(days=1)
        )
    assert there() == []


def test_a_new_wording_and_a_yes_at_one_instant_have_one_outcome(app, work):
    do("word", work, "ama", WORDS[0])
    do("consent", work, "cai", "ama", 1)
    said = at_once(
        app,
        {
            "yes": lambda: refused("consent", work, "bea", "ama", 1),
            "words": lambda: refused("word", work, "ama", WORDS[1]),
        },
    )
    assert said["words"] is None
    assert said["yes"] in {None, Conflict}
    assert there() == []


# Pages


def showing_key(owner="ama"):
    with reading() as db:
        return db.scalars(
            select(Showing.key).where(Showing.member_id == member(db, owner).id)
        ).one()


def test_words_are_asked_for_a_yes_and_stand_on_the_page(work, people, sign_in):
    ama, bea, cai = (sign_in(people[name]) for name in NAMES)
    url = f"/engagements/{work.key}"
    assert post(ama, f"{url}/showing", {"as_shown": WORDS[0]}).status_code == 303
    assert "once everybody has said yes to them" in ama.get(url).text
    for client in (bea, cai):
        page = client.get(url).text
        assert WORDS[0] in page
        wording = re.search(r'name="wording" value="(\d+)"', page)[1]
        answer = post(client, f"/showing/{showing_key()}/consent", {"wording": wording})
        assert answer.location.endswith("#showing")
    assert WORDS[0] in sign_in(people["dov"]).get("/people/ama").text
    assert "They stand on your page." in ama.get(url).text


@pytest.mark.parametrize(("path", "status"), [("consent", 303), ("take-back", 303)])
@pytest.mark.parametrize("who", ["bea", "dov"])
def test_inv_18_what_somebody_shows_is_nothing_to_strangers(
    work, people, sign_in, path, status, who
):
    do("word", work, "ama", WORDS[0])
    client = sign_in(people[who])
    got = post(client, f"/showing/{showing_key()}/{path}", {"wording": "1"})
    assert got.status_code == (status if who == "bea" else 404)


@pytest.mark.parametrize(("wording", "status"), [("1", 303), ("2", 409), ("", 422), ("one", 422)])
def test_a_yes_names_the_wording_that_was_read(work, people, sign_in, wording, status):
    do("word", work, "ama", WORDS[0])
    bea = sign_in(people["bea"])
    got = post(bea, f"/showing/{showing_key()}/consent", {"wording": wording})
    assert got.status_code == status


@pytest.mark.parametrize("words", ["Short.", "z" * 601])
def test_a_form_that_is_not_taken_keeps_the_words(work, people, sign_in, words):
    got = post(sign_in(people["ama"]), f"/engagements/{work.key}/showing", {"as_shown": words})
    assert (got.status_code, words in got.text) == (422, True)


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("reader", ["ama", "dov", "nobody"])
def test_inv_06_work_is_read_by_members_who_may_read_the_story(
    shown, people, sign_in, client, audience, reader
):
    with transaction() as db:
        story = select(Section).where(Section.part == Part.STORY)
        found = db.scalars(story.where(Section.member_id == people["ama"].id)).one()
        found.audience = found.shown_to = audience
    reads = {"ama": True, "dov": audience >= Audience.MEMBERS, "nobody": False}
    there = client if reader == "nobody" else sign_in(people[reader])
    assert (WORDS[0] in there.get("/people/ama").text) is reads[reader]


def test_inv_09_a_blocked_counterpart_is_not_asked_and_reads_nothing(work, people, sign_in):
    do("word", work, "ama", WORDS[0])
    block("bea", "ama")
    url = f"/engagements/{work.key}"
    assert WORDS[0] not in sign_in(people["bea"]).get(url).text
    got = post(sign_in(people["bea"]), f"/showing/{showing_key()}/consent", {"wording": "1"})
    assert got.status_code == 404
    assert "once everybody has said yes to them" in sign_in(people["ama"]).get(url).text
