from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from network.db import reading, transaction
from network.errors import Invalid
from network.members import access, queries
from network.members.forms_profile import ON_THE_PROFILE, TITLES
from network.members.kinds import DEFAULT_AUDIENCE, Audience, Part, Stage
from network.members.models import Member, PastPurpose, Section
from network.members.services import participation, profiles
from network.members.visibility import SOME_CONNECTION, SOME_MEMBER, THE_WEB, Viewer
from tests.conftest import post

WORDS = {
    Part.STAGE: Stage.EXPLORING.value,
    Part.LINKS: "https://ama.example/words",
    Part.THEMES: "care\nquiet rooms",
    Part.LANGUAGES: "Swedish\nTwi",
    Part.ROLES: "Adviser, Nordanvik Care",
}
HTMX = {"HX-Request": "true"}
NARROW = Audience.CONNECTIONS
LEVELS = st.sampled_from(list(Audience))
WRITTEN = [part for part in ON_THE_PROFILE if part is not Part.HISTORY]


def words_for(part):
    return WORDS.get(part, f"My own words about {part.value}.")


def section(member, part):
    with reading() as db:
        return db.get(Section, (member.id, part))


@pytest.fixture
def ama(make_member):
    return make_member("ama", purpose="I help care homes stay kind.")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.mark.parametrize("part", WRITTEN)
def test_every_part_is_saved_and_read_back(ama, hers, part):
    answer = post(hers, f"/me/profile/{part.value}", {"body": words_for(part), "audience": "2"})
    assert answer.status_code == 303
    assert answer.location.endswith(f"/me/profile#{part.value}")
    kept = section(ama, part)
    assert (kept.body, kept.audience, kept.shown_to) == (words_for(part), NARROW, NARROW)
    page = hers.get("/me/profile").text
    assert "Saved. It counts from the next page anybody opens." in page
    shown = "Exploring the jump" if part is Part.STAGE else words_for(part).splitlines()[-1]
    assert shown in page


@pytest.mark.parametrize("part", [Part.OFFERS, Part.PURPOSE, Part.STAGE])
def test_with_htmx_the_part_comes_back_alone(hers, part):
    answer = post(
        hers,
        f"/me/profile/{part.value}",
        {"body": words_for(part), "audience": "3"},
        headers=HTMX,
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<section")
    assert answer.text.count("<section") == 1
    assert f'id="{part.value}"' in answer.text
    assert "Saved. It counts from the next page anybody opens." in answer.text
    assert "Saved" not in hers.get("/me/profile").text


@pytest.mark.parametrize("part", ON_THE_PROFILE)
def test_each_part_has_a_page_of_its_own_with_its_form_and_a_way_back(hers, part):
    page = hers.get(f"/me/profile/{part.value}").text
    assert f'action="/me/profile/{part.value}"' in page
    assert 'name="body"' in page or part is Part.HISTORY
    assert page.count(f'href="/me/profile#{part.value}"') == 2
    assert "hx-post" not in page


def test_with_htmx_a_form_opens_in_place_of_its_words_and_can_be_left(hers):
    opened = hers.get("/me/profile/offers", headers=HTMX).text
    assert opened.lstrip().startswith('<section class="sec part" id="offers"')
    assert opened.count("autofocus") == opened.count("<form") == 1
    left = hers.get("/me/profile?part=offers", headers=HTMX).text
    assert left.lstrip().startswith("<section")
    assert left.count("autofocus") == 1
    assert "<form" not in left
    assert "<html" in hers.get("/me/profile?part=offers").text


@pytest.mark.parametrize("key", ["availability", "circles", "name", "portrait", "steward"])
def test_only_a_part_of_this_page_has_one_of_its_own(hers, client, key):
    assert hers.get(f"/me/profile/{key}").status_code == 404
    assert hers.get(f"/me/profile?part={key}").status_code == 404
    assert client.get("/me/profile/offers").status_code == 303


def test_a_purpose_never_said_opens_by_itself(make_member, sign_in):
    new = sign_in(make_member("new", purpose=""))
    assert 'action="/me/profile/purpose"' in new.get("/me/profile").text
    post(new, "/me/profile/purpose", {"body": "I listen.", "audience": "3"})
    assert 'action="/me/profile/purpose"' not in new.get("/me/profile").text


def test_the_page_is_light_and_costs_the_same_however_much_is_written(make_member, sign_in, ran):
    words = {part.value: words_for(part) for part in WRITTEN if part is not Part.PURPOSE}
    full, bare = sign_in(make_member("full", **words)), sign_in(make_member("bare"))
    for who in (full, bare):
        who.get("/me/profile")
    costs = [len(ran(lambda who=who: who.get("/me/profile"))) for who in (full, bare)]
    assert costs[0] == costs[1] <= 8
    assert len(full.get("/me/profile").data) <= 18_000


def test_a_part_keeps_its_audience_where_the_form_says_nothing_of_it(ama, hers):
    post(hers, "/me/profile/contact", {"body": "+46 1"})
    assert section(ama, Part.CONTACT).audience == DEFAULT_AUDIENCE[Part.CONTACT]


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (Part.THEMES, "\n".join("abcdef")),
        (Part.ROLES, "\n".join("abcdefg")),
        (Part.LINKS, "javascript:alert(1)"),
        (Part.LINKS, "https://ama.example/a b"),
        (Part.PURPOSE, "x" * 601),
        (Part.STORY, "x" * 8001),
        (Part.OFFERS, "x" * 2001),
        (Part.STAGE, "retired"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_what_cannot_be_kept_is_handed_back(ama, hers, part, body, headers):
    before = section(ama, part)
    answer = post(
        hers, f"/me/profile/{part.value}", {"body": body, "audience": "4"}, headers=headers
    )
    assert answer.status_code == 422
    assert "nothing you wrote was lost" in answer.text
    assert part is Part.STAGE or body in answer.text
    after = section(ama, part)
    assert (after and after.body) == (before and before.body)
    assert (after and after.audience) == (before and before.audience)


@pytest.mark.parametrize("audience", ["4", "0", "5", "x"])
def test_contact_details_are_never_for_the_web(ama, hers, audience):
    answer = post(hers, "/me/profile/contact", {"body": "+46 1", "audience": audience})
    assert answer.status_code == 422
    assert section(ama, Part.CONTACT) is None
    with transaction() as db, pytest.raises(Invalid):
        profiles.set_audience(db, db.merge(ama), Part.CONTACT, Audience.WEB, now=ama.joined_at)


@pytest.mark.parametrize("key", ["availability", "circles", "connections", "steward", "email"])
def test_what_is_no_part_of_this_page_is_not_found(hers, key):
    assert post(hers, f"/me/profile/{key}", {"body": "x"}).status_code == 404
    assert post(hers, f"/me/profile/{key}/still-true").status_code == 404


def test_a_new_purpose_keeps_the_one_before_and_why(ama, hers):
    post(
        hers,
        "/me/profile/purpose",
        {"body": "I listen.", "what_changed": "Words got in the way.", "audience": "3"},
    )
    page = hers.get("/me/profile").text
    assert "I listen." in page
    assert "I help care homes stay kind." in page
    assert "Words got in the way." in page


def test_others_read_earlier_purposes_only_once_their_owner_says_so(
    ama, hers, make_member, sign_in
):
    rui = sign_in(make_member("rui"))
    post(hers, "/me/profile/purpose", {"body": "I listen.", "audience": "3"})
    assert "stay kind" not in rui.get("/people/ama").text
    post(hers, "/me/profile/history", {"audience": "3"})
    assert "stay kind" in rui.get("/people/ama").text
    post(hers, "/me/profile/history", {"audience": "2"})
    post(hers, "/me/profile/history", {"audience": "3"})
    assert "stay kind" not in rui.get("/people/ama").text
    post(hers, "/me/profile/history", {"audience": "3", "widen": "y"})
    assert "stay kind" in rui.get("/people/ama").text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(("name", "status"), [("Ama L.", (303, 200)), (" ", (422, 422))])
def test_a_name_is_changed_but_never_left_out(ama, hers, headers, name, status):
    answer = post(hers, "/me/profile/name", {"name": name, "pronouns": "they"}, headers=headers)
    assert answer.status_code == status[bool(headers)]
    with reading() as db:
        row = db.get(Member, ama.id)
    assert (row.name, row.pronouns) == (("Ama L.", "they") if name.strip() else (ama.name, ""))


@pytest.mark.parametrize("part", ["name", "offers", "purpose"])
def test_fields_that_no_form_has_change_nothing(ama, hers, part):
    before = row_of(ama)
    extra = {
        "handle": "root",
        "email": "evil@evil.example",
        "steward": "true",
        "state": "departed",
        "member_id": "1",
        "id": "1",
        "shown_to": "4",
        "portrait_version": "7",
        "belongs": " @x ",
        "credential_version": "9",
    }
    own = {"name": ama.name, "pronouns": "", "body": ama.handle, "audience": "3"}
    assert post(hers, f"/me/profile/{part}", extra | own).status_code == 303
    assert row_of(ama) == before


def row_of(member):
    with reading() as db:
        row = db.get(Member, member.id)
        return {column.key: getattr(row, column.key) for column in Member.__table__.columns}


def test_after_six_months_a_part_is_asked_whether_it_still_holds(ama, hers, now):
    post(hers, "/me/profile/offers", {"body": "An ear.", "audience": "3"})
    assert "Still true" not in hers.get("/me/profile").text
    with transaction() as db:
        row = db.get(Section, (ama.id, Part.OFFERS))
        row.confirmed_at = row.written_at = now - timedelta(days=900)
    assert hers.get("/me/profile").text.count("Still true") == 1
    answer = post(hers, "/me/profile/offers/still-true", headers=HTMX)
    assert 'id="offers"' in answer.text
    assert "Still true" not in hers.get("/me/profile").text
    assert section(ama, Part.OFFERS).written_at == now - timedelta(days=900)


def test_saying_it_still_holds_needs_no_script(hers):
    answer = post(hers, "/me/profile/purpose/still-true")
    assert answer.location.endswith("/me/profile#purpose")


@pytest.mark.parametrize(
    ("half_days", "from_month", "sentence"),
    [
        (1, "", "Room for a few hours a month."),
        (3, "2026-11", "Room for a day or two a month."),
        (8, "2027-01", "Room for about four days a month, from January."),
        (16, "2027-11", "Room for about two days a week, from November 2027."),
        (32, "2026-12", "Room for work most of the week, from December."),
        (0, "", "No room for anything new just now."),
    ],
)
def test_room_is_read_as_a_sentence(
    ama, make_member, sign_in, now, half_days, from_month, sentence
):
    with time_machine.travel(now, tick=False), transaction() as db:
        participation.set_room(
            db,
            db.merge(ama),
            half_days=half_days,
            from_month=from_month,
            when="",
            now=now + timedelta(minutes=1),
        )
    rui = make_member("rui")
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert sentence in sign_in(rui).get("/people/ama").text


def test_nothing_is_said_of_a_part_that_is_not_there(ama, make_member, sign_in):
    page = sign_in(make_member("rui")).get("/people/ama").text
    for words in ("Offers", "Room", "Looking for", "Contact", "Story", "Elsewhere"):
        assert f">{words}</h2>" not in page


# --- INV-06: what was promised when it was written is kept


def eyes(member, level):
    return {
        Audience.ME: Viewer.of(member),
        Audience.CONNECTIONS: SOME_CONNECTION,
        Audience.MEMBERS: SOME_MEMBER,
        Audience.WEB: THE_WEB,
    }[level]


def reads(db, member, part, level, now):
    profile = access.own_profile_as(db, eyes(member, level), member, now=now)
    return profile.words(part.value) if profile is not None else ""


STEP = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["", "one", "two", "three"])),
    st.tuples(st.just("set"), LEVELS),
    st.tuples(st.just("widen"), LEVELS),
    st.tuples(st.just("save"), st.sampled_from(["one", "two"]), LEVELS, st.booleans()),
)


class Promise:
    """The oracle: somebody reads the words if every audience since they were said lets them in."""

    def __init__(self, part):
        self.words, self.since = "", [DEFAULT_AUDIENCE[part]]

    def write(self, words):
        if words != self.words:
            self.words, self.since = words, self.since[-1:]

    def set(self, level):
        self.since = [*self.since, level] if self.words else [level]

    def widen(self, level):
        self.since = [level]

    def save(self, words, level, widen):
        (self.widen if widen and words == self.words else self.set)(level)
        self.write(words)

    def reads(self, level):
        return self.words if min(self.since) >= level else ""


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    part=st.sampled_from([Part.OFFERS, Part.PURPOSE, Part.STORY]), steps=st.lists(STEP, max_size=8)
)
def test_inv_06_nothing_is_shown_wider_than_it_was_said(db, make_member, now, part, steps):
    member = one_member(db, make_member)
    with db.begin_nested() as undo:
        promise = Promise(part)
        for step in steps:
            promised(promise, step)
            done(db, member, part, step, now)
            for level in Audience:
                assert reads(db, member, part, level, now) == promise.reads(level), (step, level)
        undo.rollback()
    db.expire_all()


def one_member(db, make_member):
    found = db.scalar(select(Member).where(Member.handle == "ama"))
    if found is None:
        db.rollback()  # the writer's gate is wanted by the fixture
        found = db.merge(make_member("ama", purpose=""))
    return found


def promised(promise, step):
    getattr(promise, step[0])(*step[1:])


def done(db, member, part, step, now):
    match step:
        case ("write", words) if part is Part.PURPOSE:
            profiles.change_purpose(db, member, words, now=now)
        case ("write", words):
            profiles.write(db, member, part, words, now=now)
        case ("set", level):
            profiles.set_audience(db, member, part, level, now=now)
        case ("widen", level):
            profiles.set_audience(db, member, part, level, widen_words=True, now=now)
        case ("save", words, level, widen):
            profiles.save(db, member, part, body=words, audience=level, widen_words=widen, now=now)


PAST_STEP = st.one_of(
    st.tuples(st.just("say"), st.integers(1, 4)),
    st.tuples(st.just("purpose"), LEVELS, st.booleans()),
    st.tuples(st.just("history"), LEVELS, st.booleans()),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(PAST_STEP, max_size=10))
def test_inv_06_an_earlier_purpose_keeps_the_promise_it_was_let_go_with(
    db, make_member, now, steps
):
    member = one_member(db, make_member)
    with db.begin_nested() as undo:
        purpose, past, gate = Promise(Part.PURPOSE), [], None
        for step in steps:
            said = purpose.words
            match step:
                case ("say", number) if f"Purpose {number}" != said:
                    if said:
                        past.append((said, [*purpose.since, gate or Audience.WEB]))
                    purpose.write(f"Purpose {number}")
                case ("purpose", level, False) if level == purpose.since[-1]:
                    pass  # what is set already is not set again
                case ("history", level, False) if level == (gate or Audience.ME):
                    gate = level
                case ("purpose", level, widen):
                    (purpose.widen if widen else purpose.set)(level)
                    past = [(words, [*since, level]) for words, since in past]
                case ("history", level, widen):
                    gate = level
                    past = [(words, [level] if widen else [*since, level]) for words, since in past]
            changed(db, member, step, now)
            for level in (Audience.CONNECTIONS, Audience.MEMBERS, Audience.WEB):
                may = sorted(words for words, since in past if min([*since, gate or 1]) >= level)
                assert may == earlier(db, member, level), (step, level)
        undo.rollback()
    db.expire_all()


def changed(db, member, step, now):
    match step:
        case ("say", number):
            profiles.change_purpose(db, member, f"Purpose {number}", now=now)
        case (part, level, widen):
            profiles.set_audience(db, member, Part(part), level, widen_words=widen, now=now)


def earlier(db, member, level):
    profile = access.seen(db, eyes(member, level), member, level)
    return sorted(past.body for past in profile.past_purposes)


@pytest.mark.parametrize("asked", [False, True])
def test_inv_06_room_and_work_said_to_connections_are_not_shown_to_members_unasked(
    ama, db, now, asked
):
    ama = db.merge(ama)
    profiles.set_audience(db, ama, Part.AVAILABILITY, NARROW, now=now)
    participation.set_work(db, ama, work=["advisory"], pace="Quietly", now=now)
    profiles.set_audience(db, ama, Part.AVAILABILITY, Audience.MEMBERS, widen_words=asked, now=now)
    participation.set_room(db, ama, half_days=8, from_month="", when="", now=now)
    shown = access.own_profile_as(db, SOME_MEMBER, ama, now=now).participation
    assert (shown is not None) == asked


def test_every_part_with_an_audience_has_a_title():
    assert set(TITLES) == set(Part) - {Part.CIRCLES, Part.CONNECTIONS}


def test_a_long_history_is_kept_whole(ama, hers):
    with transaction() as db:
        for number in range(12):
            profiles.change_purpose(db, db.merge(ama), f"Purpose {number}.", now=ama.joined_at)
    assert "Purpose 3." in hers.get("/me/profile").text
    with reading() as db:
        assert len(queries.past_purposes(db, ama)) == 12
        assert set(db.scalars(select(PastPurpose.shown_to))) == {Audience.MEMBERS}
