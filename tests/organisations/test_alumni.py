from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.asks.queries import inbox
from network.db import reading
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.members.kinds import Audience, Part, WhoMayAsk
from network.members.models import Connection, Participation, Section
from network.members.services import boundaries
from network.members.services.participation import pause
from network.members.visibility import THE_WEB, Viewer
from network.organisations.kinds import Alumni, RelationState, Speaks
from network.organisations.models import AlumniRelation
from network.organisations.queries import alumni as queries
from network.organisations.services import alumni as services
from network.organisations.services.alumni_answering import ALUMNI
from network.organisations.services.representing import end as end_speaking
from network.relationships.services.connections import block
from tests.conftest import NOON, post
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401
from tests.organisations.conftest import MERROW, act, keep_organisation, place_of, speaking

DAY = timedelta(days=1)
REASON = "I was on the quay with you for two winters."
WORDS = "You knew how the night boat was done."
PAGE = f"/organisations/{MERROW}/alumni"


def ask(db, it, who="ama", *, words=REASON, submission="", now=NOON):
    return services.ask(
        db,
        it.organisation,
        getattr(it, who),
        sort=Alumni.COLLEAGUE,
        words=words,
        submission=submission or uuid4().hex,
        now=now,
    )


def invite(db, it, who="ama", *, by="oskar", words=WORDS, submission="", now=NOON):
    return services.invite(
        db,
        it.organisation,
        getattr(it, who),
        actor=getattr(it, by),
        sort=Alumni.RETIRED,
        words=words,
        submission=submission or uuid4().hex,
        now=now,
    )


def end(db, it, relation, by, now=NOON):
    services.end(db, it.organisation, relation, actor=getattr(it, by), now=now)


def kept(db, it, who="ama", **values):
    """Let somebody have stayed in touch since yesterday."""
    relation = AlumniRelation(
        **{
            "organisation_id": it.organisation.id,
            "member_id": getattr(it, who).id,
            "asker_id": getattr(it, who).id,
            "sort": Alumni.COLLEAGUE,
            "state": RelationState.KEPT,
            "asked_at": NOON - 100 * DAY,
            "expires_at": NOON - 70 * DAY,
            "since": NOON - DAY,
            **values,
        }
    )
    db.add(relation)
    db.flush()
    return relation


def waiting(db, it, who):
    mine = Ask.addressee_id == getattr(it, who).id
    found = select(Ask).where(mine, Ask.state == AskState.WAITING).order_by(Ask.id.desc())
    return db.scalars(found.execution_options(populate_existing=True)).all()


def answer(db, it, who, *, yes=True, now=NOON):
    found, actor = waiting(db, it, who)[0], getattr(it, who)
    if yes:
        asks.accept(db, found, ALUMNI, actor=actor, now=now, read=found.mark)
    else:
        asks.decline(db, found, ALUMNI, actor=actor, now=now)
    return found


def state(db, it, who="ama"):
    found = select(AlumniRelation.state).where(AlumniRelation.member_id == getattr(it, who).id)
    return db.scalar(found.order_by(AlumniRelation.id.desc()).limit(1))


def how_many(db, what):
    return db.scalar(select(func.count()).select_from(what))


def told(db, kind):
    return db.scalars(select(Event).where(Event.kind == f"organisations:alumni:{kind}")).all()


def stop_speaking(db, it, who="oskar"):
    place = place_of(db, getattr(it, who))
    place.state, place.ended_at = Speaks.ENDED, NOON
    db.flush()


# A member asks


def nothing(_db, _it):
    """Nobody has asked anything yet."""


def speaks(db, it):
    db.add(speaking(it.organisation, it.ama, NOON))


def has_asked(db, it):
    ask(db, it, now=NOON - DAY)


def asked_and_it_lapsed(db, it):
    ask(db, it, now=NOON - 31 * DAY)


def asked_long_ago(db, it):
    ask(db, it, now=NOON - 90 * DAY)


def took_it_back(db, it):
    end(db, it, ask(db, it, now=NOON - DAY), "ama")


def was_in_touch_lately(db, it):
    kept(db, it, state=RelationState.ENDED, ended_at=NOON - 89 * DAY, since=NOON - 99 * DAY)


def was_in_touch_long_ago(db, it):
    kept(db, it, state=RelationState.ENDED, ended_at=NOON - 90 * DAY, since=NOON - 99 * DAY)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (nothing, None),
        (speaks, Conflict),
        (has_asked, Conflict),
        (asked_and_it_lapsed, Conflict),
        (asked_long_ago, None),
        (took_it_back, Conflict),
        (kept, Conflict),
        (was_in_touch_lately, Conflict),
        (was_in_touch_long_ago, None),
    ],
)
def test_inv_16_a_member_asks_all_who_speak_for_it_and_in_its_time(db, it, given, refusal):
    given(db, it)
    db.flush()
    before = how_many(db, Ask), how_many(db, AlumniRelation)
    if refusal is None:
        relation = ask(db, it)
        assert (relation.state, relation.shown) == (RelationState.ASKED, False)
        for each in (it.oskar, it.siun):
            assert [one.reason for one in inbox(db, each, NOON)][-1:] == [REASON]
        return
    with pytest.raises(refusal):
        ask(db, it)
    assert (how_many(db, Ask), how_many(db, AlumniRelation)) == before


@pytest.mark.parametrize("words", ["", "Hello.", "x" * 2001])
@pytest.mark.parametrize("heard", [True, False])
def test_what_a_member_writes_has_words_though_nobody_is_to_read_it(db, it, words, heard):
    if not heard:
        all_have_blocked(db, it)
    with pytest.raises(Invalid):
        ask(db, it, words=words)


@pytest.mark.parametrize("who", ["oskar", "siun"])
def test_one_yes_of_those_who_speak_for_it_is_the_yes(db, it, who):
    relation = ask(db, it)
    answer(db, it, who)
    assert (relation.state, relation.since, relation.shown) == (RelationState.KEPT, NOON, False)
    assert [waiting(db, it, each) for each in ("oskar", "siun")] == [[], []]
    assert told(db, "kept")[0].data == {"member": it.ama.id, "relation": relation.id}


def test_inv_14_a_no_of_all_looks_like_silence_and_then_like_a_lapse(db, it):
    ask(db, it, "ama")
    ask(db, it, "bo")
    for who in ("oskar", "siun"):
        answer(db, it, who, yes=False)
    for at in (NOON, NOON + 29 * DAY, NOON + 30 * DAY, NOON + 95 * DAY):
        seen = [look(db, it, who, at) for who in ("ama", "bo")]
        assert seen[0] == seen[1], at


def look(db, it, who, at):
    """Return all that a member reads of what they asked."""
    member = getattr(it, who)
    mine = queries.relation_of(db, it.organisation, member, at)
    again = queries.again_from(db, it.organisation, member, at)
    return mine and (mine.state, mine.asked_at, mine.expires_at, mine.ended_at), again


def all_have_blocked(db, it):
    for each in (it.oskar, it.siun):
        block(db, each, it.ama, now=NOON)


def nobody_speaks(db, it):
    for each in ("oskar", "siun"):
        stop_speaking(db, it, each)


def shields_the_name(db, it):
    boundaries.raise_shield(db, it.ama, against="Merrow Ferries", now=NOON)


@pytest.mark.parametrize("given", [all_have_blocked, nobody_speaks, shields_the_name])
def test_inv_09_where_nobody_may_know_of_them_it_waits_and_looks_the_same(db, it, given):
    given(db, it)
    db.flush()
    ask(db, it, "ama")
    ask(db, it, "bo")
    assert look(db, it, "ama", NOON) == look(db, it, "bo", NOON)
    for each in (it.oskar, it.siun):
        assert it.ama.id not in {one.asker_id for one in inbox(db, each, NOON)}


@pytest.mark.parametrize("heard", [True, False])
def test_inv_20_the_same_form_twice_is_once_and_other_words_are_not_lost_unsaid(db, it, heard):
    if not heard:
        all_have_blocked(db, it)
    first = ask(db, it, submission="one-form")
    sent = how_many(db, Ask)
    assert ask(db, it, submission="one-form") is first
    with pytest.raises(Conflict):
        ask(db, it, submission="one-form", words="I was on the night boat, too.")
    assert (how_many(db, Ask), how_many(db, AlumniRelation)) == (sent, 1)


# The organisation asks


def blocks(db, it):
    block(db, it.ama, it.oskar, now=NOON)


def shields(db, it):
    boundaries.raise_shield(db, it.ama, against="Merrow Ferries", now=NOON)


def is_paused(db, it):
    pause(db, it.ama, until=None, now=NOON)


def takes_none(db, it):
    db.get_one(Participation, it.ama.id).who_may_invite = WhoMayAsk.NOBODY


def takes_shared(db, it):
    db.get_one(Participation, it.ama.id).who_may_invite = WhoMayAsk.SHARED


def knows_oskar(db, it):
    takes_shared(db, it)
    low, high = sorted((it.ama.id, it.oskar.id))
    db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=NOON))


def was_asked_by_the_other(db, it):
    invite(db, it, by="siun", now=NOON - DAY)


def was_asked_and_it_lapsed(db, it):
    invite(db, it, by="siun", now=NOON - 40 * DAY)


def was_asked_and_it_was_taken_back(db, it):
    end(db, it, invite(db, it, by="siun", now=NOON - DAY), "oskar")


def was_asked_long_ago(db, it):
    invite(db, it, by="siun", now=NOON - 90 * DAY)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (nothing, None),
        (stop_speaking, NotFound),
        (blocks, NotFound),
        (shields, NotFound),
        (is_paused, NotFound),
        (takes_none, NotAllowed),
        (takes_shared, NotAllowed),
        (knows_oskar, None),
        (speaks, Conflict),
        (kept, Conflict),
        (was_asked_by_the_other, Conflict),
        (was_asked_and_it_lapsed, Conflict),
        (was_asked_and_it_was_taken_back, Conflict),
        (was_asked_long_ago, None),
        (was_in_touch_lately, Conflict),
        (was_in_touch_long_ago, None),
    ],
)
def test_inv_16_an_organisation_asks_through_one_of_its_people_and_meets_every_guard(
    db, it, given, refusal
):
    given(db, it)
    db.flush()
    before = how_many(db, Ask), how_many(db, AlumniRelation)
    if refusal is None:
        assert invite(db, it).state is RelationState.ASKED
        assert [one.reason for one in waiting(db, it, "ama")][:1] == [WORDS]
        return
    with pytest.raises(refusal):
        invite(db, it)
    assert (how_many(db, Ask), how_many(db, AlumniRelation)) == before


def test_a_yes_of_the_member_keeps_it_and_names_nobody(db, it):
    relation = invite(db, it)
    answer(db, it, "ama")
    assert (relation.state, relation.since, relation.shown) == (RelationState.KEPT, NOON, False)


def test_inv_20_an_invitation_sent_twice_is_once(db, it):
    first = invite(db, it, submission="one-form")
    assert invite(db, it, submission="one-form") is first
    with pytest.raises(Conflict):
        invite(db, it, submission="one-form", words="Other words than before.")
    assert (how_many(db, Ask), how_many(db, AlumniRelation)) == (1, 1)


@pytest.mark.parametrize("no_first", [False, True])
def test_who_is_asked_and_asks_has_said_yes(db, it, no_first):
    invite(db, it)
    if no_first:
        answer(db, it, "ama", yes=False)
    assert ask(db, it).state is RelationState.KEPT
    assert waiting(db, it, "oskar") == waiting(db, it, "ama") == []


def test_who_asked_and_is_asked_by_any_of_them_is_in_touch(db, it):
    relation = ask(db, it)
    answer(db, it, "oskar", yes=False)
    assert invite(db, it, by="siun") is relation
    assert relation.state is RelationState.KEPT


def test_inv_11_an_ask_that_a_block_has_closed_is_no_yes_of_both(db, it):
    invite(db, it)
    block(db, it.ama, it.oskar, now=NOON)
    asked = ask(db, it)
    assert (asked.state, asked.asker_id) == (RelationState.ASKED, it.ama.id)
    assert [one.addressee_id for one in db.scalars(select(Ask).where(Ask.state == "waiting"))] == [
        it.siun.id
    ]


# Who may answer, and end it


@pytest.mark.parametrize("asked_by_member", [True, False])
def test_inv_18_a_yes_counts_while_whoever_speaks_in_the_ask_does(db, it, asked_by_member):
    relation = ask(db, it) if asked_by_member else invite(db, it)
    stop_speaking(db, it)
    with pytest.raises(Conflict):
        answer(db, it, "oskar" if asked_by_member else "ama")
    assert relation.state is RelationState.ASKED


@pytest.mark.parametrize("asked_by_member", [True, False])
def test_whoever_speaks_no_longer_has_asked_nothing_and_answers_nothing(db, it, asked_by_member):
    relation = ask(db, it) if asked_by_member else invite(db, it)
    end_speaking(db, it.organisation, place_of(db, it.oskar), actor=it.siun, now=NOON)
    left = [len(waiting(db, it, who)) for who in ("oskar", "siun", "ama")]
    if asked_by_member:
        assert (relation.state, left) == (RelationState.ASKED, [0, 1, 0])
        answer(db, it, "siun")
        assert relation.state is RelationState.KEPT
    else:
        assert (relation.state, left) == (RelationState.ENDED, [0, 0, 0])


def test_what_is_kept_outlasts_whoever_asked_for_it(db, it):
    relation = invite(db, it)
    answer(db, it, "ama")
    end_speaking(db, it.organisation, place_of(db, it.oskar), actor=it.siun, now=NOON)
    assert relation.state is RelationState.KEPT


@pytest.mark.parametrize(
    ("who", "now", "refusal"),
    [
        ("bo", NOON, None),
        ("ama", NOON, NotFound),
        ("eli", NOON, NotFound),
        ("bo", NOON + 30 * DAY, Conflict),
    ],
)
def test_who_speaks_for_it_since_then_may_say_yes_too(db, it, who, now, refusal):
    relation = ask(db, it)
    db.add(speaking(it.organisation, it.bo, NOON))
    db.flush()
    if refusal is None:
        for _twice in range(2):
            services.say_yes(db, it.organisation, relation, actor=it.bo, now=now)
        assert (relation.state, len(told(db, "kept"))) == (RelationState.KEPT, 1)
        return
    with pytest.raises(refusal):
        services.say_yes(db, it.organisation, relation, actor=getattr(it, who), now=now)
    assert relation.state is RelationState.ASKED


def test_nobody_says_yes_for_the_member(db, it):
    relation = invite(db, it)
    with pytest.raises(NotFound):
        services.say_yes(db, it.organisation, relation, actor=it.siun, now=NOON)
    assert relation.state is RelationState.ASKED


@pytest.mark.parametrize(
    ("begun", "who", "ends"),
    [
        (kept, "ama", True),
        (kept, "oskar", True),
        (kept, "siun", True),
        (kept, "eli", False),
        (ask, "ama", True),
        (ask, "oskar", False),
        (invite, "siun", True),
        (invite, "ama", False),
        (invite, "eli", False),
    ],
)
def test_either_side_ends_it_and_each_takes_back_its_own(db, it, begun, who, ends):
    relation = begun(db, it)
    was = relation.state
    if not ends:
        with pytest.raises(NotFound):
            end(db, it, relation, who)
        assert relation.state is was
        return
    for _twice in range(2):
        end(db, it, relation, who)
    assert (relation.state, relation.shown) == (RelationState.ENDED, False)
    event = told(db, "ended")[0]
    assert (event.actor_id, len(told(db, "ended"))) == (getattr(it, who).id, 1)
    assert [waiting(db, it, each) for each in ("oskar", "siun", "ama")] == [[], [], []]


@pytest.mark.parametrize(
    ("who", "refusal"), [("ama", None), ("oskar", NotFound), ("eli", NotFound)]
)
def test_whether_the_page_names_somebody_is_theirs_alone_to_say(db, it, who, refusal):
    relation = kept(db, it)
    actor = getattr(it, who)
    if refusal is None:
        services.show(db, it.organisation, relation, actor=actor, shown=True, now=NOON)
        services.show(db, it.organisation, relation, actor=actor, shown=True, now=NOON)
        assert (relation.shown, len(told(db, "shown"))) == (True, 1)
        return
    with pytest.raises(refusal):
        services.show(db, it.organisation, relation, actor=actor, shown=True, now=NOON)
    assert relation.shown is False


def test_nobody_is_named_before_both_said_yes(db, it):
    relation = invite(db, it)
    with pytest.raises(NotFound):
        services.show(db, it.organisation, relation, actor=it.ama, shown=True, now=NOON)


# Who reads it


def is_on_the_web(db, it):
    purpose = db.get_one(Section, (it.ama.id, Part.PURPOSE))
    purpose.audience = purpose.shown_to = Audience.WEB


def shields_all(db, it):
    for end_of in ("@eli.example", "@oskar.example"):
        boundaries.raise_shield(db, it.ama, against=end_of, now=NOON)


def blocks_all(db, it):
    for each in (it.eli, it.oskar):
        block(db, it.ama, each, now=NOON)


@pytest.mark.parametrize(
    ("given", "shown", "readers"),
    [
        (nothing, False, {"oskar", "siun"}),
        (nothing, True, {"oskar", "siun", "eli", "ama"}),
        (is_on_the_web, False, {"oskar", "siun"}),
        (is_on_the_web, True, {"oskar", "siun", "eli", "ama", ""}),
        (shields_all, True, {"siun", "ama"}),
        (blocks_all, True, {"siun", "ama"}),
        (is_paused, True, {"ama"}),
    ],
)
def test_inv_01_who_is_named_to_whom(db, it, given, shown, readers):
    kept(db, it, shown=shown)
    given(db, it)
    db.flush()
    eyes = {"": THE_WEB} | {
        name: Viewer.of(getattr(it, name)) for name in ("oskar", "siun", "eli", "ama")
    }
    found = {
        name
        for name, viewer in eyes.items()
        if queries.people_of(db, it.organisation, viewer, NOON).people
    }
    assert found == readers


def test_what_is_on_the_way_is_read_by_those_who_speak_for_it(db, it):
    ask(db, it, "ama")
    invite(db, it, "bo")
    block(db, it.siun, it.ama, now=NOON)
    found = {
        name: [
            each.member.handle
            for each in queries.on_the_way(db, it.organisation, Viewer.of(getattr(it, name)), NOON)
        ]
        for name in ("oskar", "siun", "ama", "eli")
    }
    assert found == {"oskar": ["ama", "bo"], "siun": ["bo"], "ama": [], "eli": []}


def test_a_member_reads_with_whom_they_stay_in_touch_by_name(db, it):
    other = keep_organisation(db, NOON, name="Ash and Elder")
    kept(db, it)
    kept(db, it, organisation_id=other.id)
    kept(db, it, "bo")
    names = [each.organisation.name for each in queries.kept_with(db, it.ama)]
    assert names == ["Ash and Elder", "Merrow Ferries"]
    assert queries.kept_with(db, it.eli) == []


# Its pages


def form(**values):
    return {"sort": "colleague", "words": REASON, "submission": uuid4().hex, **values}


def key_of(who):
    with reading() as db:
        whose = AlumniRelation.member_id == who.id
        return db.scalar(select(AlumniRelation.key).where(whose))


def test_a_member_asks_and_one_who_speaks_for_it_answers_in_the_inbox(merrow, sign_in):
    ama, oskar = sign_in(merrow.ama), sign_in(merrow.oskar)
    assert post(ama, PAGE, form()).status_code == 303
    assert "You asked on" in ama.get(PAGE).text
    assert REASON in oskar.get("/asks").text
    with reading() as db:
        found = db.scalar(select(Ask).where(Ask.addressee_id == merrow.oskar.id))
    given = {"answer": "yes", "read": found.mark}
    got = post(oskar, f"/asks/{found.key}/answer", given, headers={"HX-Request": "true"})
    assert "You stay in touch from now on" in got.text
    assert "You stay in touch since" in ama.get(PAGE).text
    assert "Ama Example" in oskar.get(PAGE).text


def test_a_member_shows_themselves_and_ends_it(merrow, sign_in):
    act(kept)
    ama, eli, key = sign_in(merrow.ama), sign_in(merrow.eli), key_of(merrow.ama)
    assert "Ama Example" not in eli.get(PAGE).text
    assert post(ama, f"/alumni/{key}/show", {"shown": "yes"}).status_code == 303
    assert "Ama Example" in eli.get(PAGE).text
    assert "Ama Example" in eli.get(f"/organisations/{MERROW}").text
    assert post(ama, f"/alumni/{key}/end").status_code == 303
    assert "Ama Example" not in eli.get(PAGE).text


@pytest.mark.parametrize("what", ["show", "end", "keep"])
def test_a_relation_of_others_is_not_there(merrow, sign_in, what):
    act(kept)
    key = key_of(merrow.ama)
    assert post(sign_in(merrow.eli), f"/alumni/{key}/{what}").status_code == 404
    act(blocks)
    assert post(sign_in(merrow.oskar), f"/alumni/{key}/{what}").status_code == 404


@pytest.mark.parametrize(
    ("who", "values", "status"),
    [
        ("oskar", {"to": "ama"}, 303),
        ("oskar", {"handle": "http://here.example/people/ama/"}, 303),
        ("oskar", {"to": "nobody"}, 422),
        ("oskar", {"to": "oskar"}, 422),
        ("oskar", {"to": "ama", "words": "Hi."}, 422),
        ("oskar", {"to": "ama", "sort": ""}, 422),
        ("ama", {"to": "bo"}, 404),
    ],
)
def test_one_who_speaks_for_it_asks_somebody_and_loses_no_words(
    merrow, sign_in, who, values, status
):
    client, sent = sign_in(getattr(merrow, who)), form(**{"words": WORDS, **values})
    got = post(client, f"{PAGE}/invite", sent)
    assert got.status_code == status
    if status == 422:
        assert sent["words"] in got.text
    if status == 303:
        assert "is asked." in client.get(PAGE).text
        assert WORDS in sign_in(merrow.ama).get("/asks").text


def test_the_page_asks_the_same_of_the_database_for_many_people(merrow, sign_in, ran, make_member):
    reader = sign_in(merrow.oskar)
    act(lambda db, it: kept(db, it, shown=True))
    reader.get(PAGE)
    few = ran(lambda: reader.get(PAGE))
    many = [make_member(f"some{n}") for n in range(45)]
    act(lambda db, it: [kept(db, it, "ama", member_id=each.id, shown=True) for each in many])
    assert len(ran(lambda: reader.get(PAGE))) == len(few) <= 12
    assert "More of them" in reader.get(PAGE).text
    assert "Some9 Example" in reader.get(f"{PAGE}?from=40").text


# The letter


def the_member_asked(db, it):
    ask(db, it)
    answer(db, it, "siun")


def the_organisation_asked(db, it):
    invite(db, it)
    answer(db, it, "ama")


def both_asked(db, it):
    invite(db, it)
    ask(db, it)


def it_ended_meanwhile(db, it):
    the_member_asked(db, it)
    end(db, it, db.scalars(select(AlumniRelation)).one(), "ama")


def who_asked_speaks_no_more(db, it):
    the_organisation_asked(db, it)
    stop_speaking(db, it)


def who_asked_was_blocked(db, it):
    the_organisation_asked(db, it)
    blocks(db, it)


def a_no(db, it):
    ask(db, it)
    answer(db, it, "oskar", yes=False)


@pytest.mark.parametrize(
    ("given", "reader", "said"),
    [
        (
            the_member_asked,
            "ama",
            "You asked “Merrow Ferries” to stay in touch, and they said yes.",
        ),
        (the_organisation_asked, "oskar", "You asked Ama Example to stay in touch"),
        (both_asked, "oskar", "You asked Ama Example to stay in touch"),
        (it_ended_meanwhile, None, ""),
        (who_asked_speaks_no_more, None, ""),
        (who_asked_was_blocked, None, ""),
        (a_no, None, ""),
    ],
)
def test_inv_59_a_yes_is_told_to_who_asked_and_nothing_else_to_anybody(
    merrow,
    letters,  # noqa: F811
    given,
    reader,
    said,
):
    act(given)
    found = [each for each in letters() if each["Subject"] == "You stay in touch at Saltmarsh"]
    assert [str(each["To"]).partition("@")[0] for each in found] == ([reader] if reader else [])
    for each in found:
        words = " ".join(each.get_content().split())
        assert said in words
        assert PAGE in words
