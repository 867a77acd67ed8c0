from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from network.conversations.models import Conversation, Participant
from network.db import reading, transaction
from network.engagements.access import engagement_for
from network.engagements.kinds import EngagementState, NegotiationState
from network.engagements.models import IDLE, Draft, Engagement, Negotiation, Party
from network.engagements.queries.signers import signers
from network.engagements.services import beginning
from network.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from network.events.models import Event
from network.members.kinds import State
from network.members.models import Member
from network.members.services import boundaries
from network.organisations.kinds import Speaks
from network.organisations.models import Representative
from tests.conftest import NOON, post
from tests.engagements.conftest import conversation_of
from tests.engagements.lives import agreed
from tests.engagements.pages import member, words
from tests.engagements.typed import typed
from tests.organisations.approaching import opens_up, says, write
from tests.organisations.conftest import keep_organisation

DAY = timedelta(days=1)


class Talk:
    """People who talk, by handle; each step is a transaction of its own."""

    def __init__(self, conversation):
        self.id, self.key = conversation.id, conversation.key

    def begin(self, who, signs, submission=""):
        """Begin terms: `signs` names handles with organisations, or None; the key or a refusal."""
        try:
            with transaction() as db:
                ids = {member(handle).id: each for handle, each in signs.items()}
                return beginning.begin(
                    db,
                    db.get_one(Conversation, self.id),
                    actor=db.get_one(Member, member(who).id),
                    signs=ids,
                    now=NOON,
                    submission=submission or os.urandom(8).hex(),
                ).key
        except Refusal as refusal:
            return refusal

    def offered(self, who):
        """Return who may sign, by handle, each with the organisation that they would sign for."""
        with reading() as db:
            conversation = db.get_one(Conversation, self.id)
            found = signers(db, db.get_one(Member, member(who).id), conversation, NOON)
            return {
                each.member.handle: each.signs_for and each.signs_for.name for each in found.others
            }


@pytest.fixture
def talk(db, make_member):
    """Ama, Bea and Cai talk; Dov does not."""
    people = [make_member(name) for name in ("ama", "bea", "cai", "dov")]
    conversation = conversation_of(db, people[:3])
    db.commit()
    return Talk(conversation)


@pytest.fixture
def approached(db, make_member):
    """Hanneke, who speaks for the ferries with Siun, has written to Ama; Ama said yes."""
    people = {name: make_member(name) for name in ("ama", "hanneke", "siun")}
    speakers = [people["hanneke"], people["siun"]]
    ferries = keep_organisation(db, NOON, speakers=speakers)
    opens_up(db, people["ama"], NOON)
    approach = write(db, people["hanneke"], ferries, people["ama"], NOON)
    says(db, people["ama"], approach, "yes", NOON)
    db.flush()
    conversation = db.scalars(
        select(Conversation).where(Conversation.thing_id == approach.id)
    ).one()
    db.commit()
    talk = Talk(conversation)
    talk.ferries = ferries.id
    return talk


def parties(key):
    with reading() as db:
        rows = db.execute(
            select(Party.name, Party.organisation_name)
            .join(Negotiation, Negotiation.id == Party.negotiation_id)
            .where(Negotiation.key == key)
        )
        return dict(rows.all())


@pytest.mark.parametrize(
    ("who", "with_", "refused"),
    [
        ("ama", ["ama", "bea"], None),
        ("ama", ["ama", "bea", "cai"], None),
        ("ama", ["ama"], Invalid),
        ("ama", ["bea", "cai"], Invalid),
        ("ama", ["ama", "dov"], NotFound),
        ("dov", ["dov", "ama"], NotFound),
    ],
)
def test_terms_begin_between_people_of_one_conversation(talk, who, with_, refused):
    found = talk.begin(who, dict.fromkeys(with_))
    if refused:
        assert isinstance(found, refused)
    else:
        names = {f"{handle.capitalize()} Example" for handle in with_}
        assert parties(found) == dict.fromkeys(names, "")


def test_inv_20_the_same_submission_begins_once(talk):
    both = dict.fromkeys(["ama", "bea"])
    first = talk.begin("ama", both, "s")
    assert talk.begin("ama", both, "s") == first
    assert talk.begin("bea", both, "s") != first


def test_the_same_submission_with_others_is_said_and_begins_nothing(talk):
    talk.begin("ama", dict.fromkeys(["ama", "bea"]), "s")
    found = talk.begin("ama", dict.fromkeys(["ama", "cai"]), "s")
    assert isinstance(found, Conflict)
    with reading() as db:
        assert len(db.scalars(select(Negotiation)).all()) == 1


def test_inv_40_one_person_signs_for_an_organisation_that_they_speak_for(approached):
    ferries = approached.ferries
    both = {"ama": None, "hanneke": ferries}
    assert parties(approached.begin("ama", both))["Hanneke Example"] == "Merrow Ferries"
    assert isinstance(approached.begin("ama", {**both, "ama": ferries}), Invalid)
    assert isinstance(approached.begin("ama", {"ama": ferries, "hanneke": None}), NotAllowed)


def test_whoever_wrote_for_an_organisation_is_offered_as_its_signatory(approached):
    assert approached.offered("ama") == {"hanneke": "Merrow Ferries"}
    assert approached.offered("hanneke") == {"ama": None}


def test_only_one_of_those_who_speak_for_it_is(approached):
    with transaction() as db:
        came = Participant(conversation_id=approached.id, member_id=member("siun").id)
        came.joined_at = NOON
        db.add(came)
    assert approached.offered("ama") == {"hanneke": "Merrow Ferries", "siun": None}


def test_whoever_speaks_for_it_no_more_signs_for_themselves(approached):
    with transaction() as db:
        left = Representative.member_id == member("hanneke").id
        db.execute(update(Representative).where(left).values(state=Speaks.ENDED, ended_at=NOON))
    assert approached.offered("ama") == {"hanneke": None}


@pytest.mark.parametrize("gone", ["blocked", "blocks", "left", "suspended"])
def test_who_is_not_there_for_the_reader_is_not_offered(talk, gone):
    with transaction() as db:
        ama, bea = (db.get_one(Member, member(name).id) for name in ("ama", "bea"))
        if gone == "blocked":
            boundaries.block(db, bea, blocked_id=ama.id, now=NOON)
        elif gone == "blocks":
            boundaries.block(db, ama, blocked_id=bea.id, now=NOON)
        elif gone == "left":
            stay = Participant.member_id == bea.id
            db.execute(update(Participant).where(stay).values(left_at=NOON, until_turn=0))
        else:
            bea.state = State.SUSPENDED
    assert talk.offered("ama") == {"cai": None}


# The pages


def new(talk):
    return f"/negotiations/new?conversation={talk.key}"


def test_a_conversation_leads_to_terms_where_somebody_else_is_in_it(talk, visit):
    page = visit("ama", f"/conversations/{talk.key}")
    assert f'href="{new(talk)}"' in page.text
    with transaction() as db:
        others = Participant.member_id != member("ama").id
        db.execute(update(Participant).where(others).values(left_at=NOON, until_turn=0))
    assert "Find terms together" not in visit("ama", f"/conversations/{talk.key}").text
    assert visit("ama", new(talk)).status_code == 404


def test_a_conversation_leads_its_parties_and_nobody_else_to_their_open_terms(talk, visit):
    key = talk.begin("ama", dict.fromkeys(["ama", "bea"]))
    assert f'href="/negotiations/{key}"' in visit("bea", f"/conversations/{talk.key}").text
    assert key not in visit("cai", f"/conversations/{talk.key}").text


@pytest.mark.parametrize(("handle", "status"), [("ama", 200), ("dov", 404), ("", 303)])
def test_only_who_is_in_a_conversation_begins_terms_there(talk, visit, client, handle, status):
    page = visit(handle, new(talk)) if handle else client.get(new(talk))
    assert page.status_code == status
    sent = post(client, new(talk), {"who": ["ama"], "start": "peer"}) if not handle else None
    assert sent is None or sent.status_code == 303


def test_everybody_who_may_be_named_is_ticked(talk, visit):
    page = visit("ama", new(talk)).text
    ticked = re.findall(r'value="(\w+)" checked> <span>([\w ]+)', page)
    assert ("bea", "Bea Example") in ticked
    assert ("cai", "Cai Example") in ticked
    assert "For whom you sign" not in page


def test_whoever_came_for_an_organisation_signs_for_it_unless_they_choose_otherwise(
    approached, visit
):
    page = visit("hanneke", new(approached)).text
    assert 'value="merrow-ferries-abcdefgh" checked' in page
    assert "Hanneke Example, for Merrow Ferries" in words(visit("ama", new(approached)).text)


def test_terms_begin_with_the_words_of_a_template_as_a_draft_of_whoever_began(talk, as_):
    data = {"who": ["bea"], "start": "peer", "submission": "s"}
    sent = post(as_("ama"), new(talk), data)
    assert re.fullmatch(r"/negotiations/[\w-]+/write", sent.headers["Location"])
    assert (
        typed(as_("ama").get(sent.headers["Location"]).text)["title"] == "What we give each other"
    )
    assert typed(as_("bea").get(sent.headers["Location"]).text)["title"] == ""
    assert as_("cai").get(sent.headers["Location"]).status_code == 404


def test_inv_20_beginning_twice_is_once_and_what_was_typed_meanwhile_stays(talk, as_):
    data = {"who": ["bea"], "start": "peer", "submission": "s"}
    first = post(as_("ama"), new(talk), data).headers["Location"]
    post(as_("ama"), first.replace("write", "draft"), {"title": "Typed meanwhile"})
    assert post(as_("ama"), new(talk), data).headers["Location"] == first
    assert typed(as_("ama").get(first).text)["title"] == "Typed meanwhile"
    with reading() as db:
        assert len(db.scalars(select(Draft)).all()) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"start": "peer"}, "Choose at least one other person."),
        ({"start": "peer", "who": ["dov"]}, "Choose among these."),
        ({"start": "heist", "who": ["bea"]}, "Choose one of these."),
        ({"start": "peer", "who": ["bea"], "signs_for": "mi5"}, "Choose among these."),
    ],
)
def test_what_was_not_on_offer_begins_nothing(talk, as_, data, sentence):
    sent = post(as_("ama"), new(talk), data)
    assert sent.status_code == 422
    assert sentence in words(sent.text)
    with reading() as db:
        assert db.scalars(select(Negotiation)).all() == []


def test_the_page_on_which_terms_begin_asks_as_much_of_two_as_of_many(approached, as_, ran):
    client = as_("ama")
    client.get(new(approached))
    statements = ran(lambda: client.get(new(approached)))
    assert len([each for each in statements if each.startswith("SELECT")]) <= 8


# Changing what was agreed


@pytest.fixture
def work(db, make_member):
    """Work that Ama, Bea and Cai agreed on; Dov did not."""
    people = [make_member(name) for name in ("ama", "bea", "cai", "dov")]
    engagement = agreed(db, people[:3])
    db.commit()
    return engagement.key


def amend(work, who, *, now=NOON + DAY, submission=""):
    """Begin to change agreed work; the key of the negotiation, or a refusal."""
    try:
        with transaction() as db:
            actor = db.get_one(Member, member(who).id)
            seen = engagement_for(db, actor, work, now=now)
            submission = submission or os.urandom(8).hex()
            return beginning.amend(db, seen, actor=actor, now=now, submission=submission).key
    except Refusal as refusal:
        return refusal


def negotiation(key):
    with reading() as db:
        return db.scalars(select(Negotiation).where(Negotiation.key == key)).one()


def test_those_who_agreed_can_begin_to_change_it(work, visit):
    key = amend(work, "bea")
    found = negotiation(key)
    with reading() as db:
        before = db.scalars(select(Negotiation).where(Negotiation.id != found.id)).one()
    assert found.state is NegotiationState.OPEN
    assert (found.engagement_id, found.last) == (before.engagement_id, 0)
    assert found.conversation_id == before.conversation_id
    assert set(parties(key)) == {"Ama Example", "Bea Example", "Cai Example"}
    page = visit("cai", f"/negotiations/{key}/write").text
    assert typed(page)["title"] == "A first director"
    assert "What would you change?" in page


def test_a_change_begins_from_what_governs_with_the_people_under_their_new_keys(work, as_):
    key = amend(work, "ama")
    found = typed(as_("ama").get(f"/negotiations/{key}/write").text)
    with reading() as db:
        keys = dict(
            db.execute(
                select(Party.name, Party.key).where(Party.negotiation_id == negotiation(key).id)
            ).all()
        )
    assert found["times-0-key"] == "t"
    assert found["times-0-party"] == keys["Ama Example"]
    assert found["others-0-giver"] == keys["Bea Example"]


def test_one_change_is_open_at_a_time_and_whoever_asks_is_led_to_it(work):
    assert amend(work, "ama") == amend(work, "bea") == amend(work, "ama", submission="s")


def test_inv_20_the_same_submission_is_one_change(work):
    assert amend(work, "ama", submission="s") == amend(work, "ama", submission="s")


def test_a_change_that_has_lapsed_makes_room_for_another(work):
    first = amend(work, "ama")
    second = amend(work, "ama", now=NOON + DAY + IDLE)
    assert second != first
    assert negotiation(first).state is NegotiationState.CLOSED
    assert negotiation(second).state is NegotiationState.OPEN


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (EngagementState.AGREED, False),
        (EngagementState.ACTIVE, False),
        (EngagementState.PAUSED, False),
        (EngagementState.COMPLETED, True),
        (EngagementState.ENDED_EARLY, True),
        (EngagementState.CANCELLED, True),
    ],
)
def test_what_is_over_is_not_changed_any_more(work, state, refused):
    over = state in {
        EngagementState.COMPLETED,
        EngagementState.ENDED_EARLY,
        EngagementState.CANCELLED,
    }
    values = {
        "state": state,
        "paused_at": NOON if state is EngagementState.PAUSED else None,
        "ends_at": NOON if over else None,
    }
    with transaction() as db:
        db.execute(update(Engagement).values(values))
    assert isinstance(amend(work, "ama"), Conflict) is refused


def test_inv_18_nobody_else_changes_it_and_nothing_is_left_of_the_attempt(work):
    with reading() as db:
        before = len(db.scalars(select(Event)).all())
    assert isinstance(amend(work, "dov"), NotFound)
    with reading() as db:
        assert len(db.scalars(select(Event)).all()) == before
        assert len(db.scalars(select(Negotiation)).all()) == 1


@pytest.mark.parametrize("why", ["a block", "another’s block", "a departure"])
def test_inv_09_a_change_that_not_all_can_be_asked_is_refused_in_the_same_words(work, why):
    with transaction() as db:
        ama, bea, cai = (db.get_one(Member, member(name).id) for name in ("ama", "bea", "cai"))
        if why == "a block":
            boundaries.block(db, bea, blocked_id=ama.id, now=NOON)
        elif why == "another’s block":
            boundaries.block(db, bea, blocked_id=cai.id, now=NOON)
        else:
            bea.state = State.DEPARTED
    refusal = amend(work, "ama")
    assert isinstance(refusal, Conflict)
    assert str(refusal.sentence) == str(beginning.NOT_ALL)
    with reading() as db:
        assert len(db.scalars(select(Negotiation)).all()) == 1
