from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from network.errors import Conflict, Invalid, NotFound
from network.members.access import member_for
from network.members.kinds import Part
from network.members.models import Member
from network.members.services import boundaries
from network.members.services.profiles import write
from network.members.visibility import Viewer
from network.organisations.kinds import Speaks, VerifiedBy
from network.organisations.models import Organisation, Representative
from network.organisations.queries.people import organisations_of, speakers
from network.organisations.services.founding import Plan, begin, change, say_role
from tests.organisations.conftest import keep_organisation
from tests.organisations.speaking import sent_to, told

PLAN = Plan(
    name="Tidal Post",
    purpose="We carry letters between the islands.",
    about="Two boats.",
    place="Ardnacross",
)


@pytest.fixture
def made(make_member):
    """Kept before anybody writes in the session of a test."""
    return make_member("ama"), make_member("eli")


@pytest.fixture
def ama(made, db):
    return db.merge(made[0])


@pytest.fixture
def eli(made, db):
    return db.merge(made[1])


def begun(db, maker, now, *, submission="once", role="", **values):
    return begin(db, maker, replace(PLAN, **values), role=role, submission=submission, now=now)


def test_whoever_gives_an_organisation_a_page_is_the_first_who_speaks_for_it(db, ama, now):
    organisation = begun(db, ama, now, role=" head  of post ")
    (place,) = speakers(db, organisation, Viewer.of(ama), now)
    assert (place.member_id, place.state, place.since) == (ama.id, Speaks.ACTIVE, now)
    assert place.role == "head of post"
    assert organisations_of(db, ama) == [organisation]
    assert (organisation.verified_by, organisation.readiness_version) == (None, 0)
    assert sent_to(db, "organisations:begun") == ["things"]


def test_its_address_is_its_name_and_letters_that_nobody_can_guess(db, ama, now):
    first, second = (begun(db, ama, now, submission=each) for each in ("one", "two"))
    assert first.slug.startswith("tidal-post-")
    assert first.slug != second.slug


@pytest.mark.parametrize(
    ("values", "how_many"), [({}, 1), ({"name": "Tidal Mail"}, 2), ({"purpose": "Other words."}, 2)]
)
def test_the_same_form_twice_is_once_and_other_words_are_not_lost(db, ama, now, values, how_many):
    begun(db, ama, now)
    begun(db, ama, now, **values)
    assert db.scalar(select(func.count()).select_from(Organisation)) == how_many
    assert db.scalar(select(func.count()).select_from(Representative)) == how_many


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " . "}, "name"), ({"name": "x"}, "name"), ({"purpose": "Boats."}, "purpose")],
)
def test_a_page_says_its_name_and_what_it_is_for(db, ama, now, values, field):
    with pytest.raises(Invalid) as refused:
        begun(db, ama, now, **values)
    assert refused.value.field == field
    assert db.scalar(select(func.count()).select_from(Organisation)) == 0


@pytest.mark.parametrize(
    ("verified", "name", "after"),
    [
        (VerifiedBy.STEWARD, "Tidal Mail", None),
        (VerifiedBy.STEWARD, "tidal  POST", VerifiedBy.STEWARD),
        (VerifiedBy.ADDRESS, "Tidal Mail", VerifiedBy.ADDRESS),
    ],
)
def test_another_name_ends_what_a_steward_has_looked_at(db, ama, now, verified, name, after):
    organisation = begun(db, ama, now)
    organisation.verified_by, organisation.verified_at = verified, now
    organisation.domain = "tidal.example"
    ended = change(db, organisation, replace(PLAN, name=name), actor=ama, now=now)
    assert (organisation.verified_by, ended) == (after, after is None)
    assert (organisation.verified_at is None) == (after is None)
    assert sent_to(db, "organisations:changed") == ["things"]


def test_only_who_speaks_for_it_changes_the_page(db, ama, eli, now):
    organisation = begun(db, ama, now)
    with pytest.raises(NotFound):
        change(db, organisation, replace(PLAN, name="Mine"), actor=eli, now=now)
    with pytest.raises(NotFound):
        say_role(db, organisation, actor=eli, role="owner", now=now)
    change(db, organisation, replace(PLAN, name="Ours"), actor=ama, now=now)
    say_role(db, organisation, actor=ama, role="post", now=now)
    assert organisation.name == "Ours"
    assert speakers(db, organisation, Viewer.of(ama), now)[0].role == "post"


def hidden(db, member, viewer, now):
    """Whether a member does not exist for a viewer."""
    try:
        member_for(db, Viewer.of(viewer), member.handle, now=now)
    except NotFound:
        return True
    return False


@pytest.mark.parametrize(
    ("against", "hides"), [("Tidal Post", True), ("Tidal", True), ("Halvorsen", False)]
)
def test_inv_10_a_shield_by_name_hides_from_the_moment_they_speak_for_it(
    db, ama, eli, now, against, hides
):
    boundaries.raise_shield(db, eli, against=against, now=now)
    assert not hidden(db, eli, ama, now)
    begun(db, ama, now)
    assert hidden(db, eli, ama, now) is hides


def test_inv_10_a_shield_follows_another_name(db, ama, eli, now):
    organisation = begun(db, ama, now)
    boundaries.raise_shield(db, eli, against="Northern Care", now=now)
    assert not hidden(db, eli, ama, now)
    change(db, organisation, replace(PLAN, name="Northern Care Ltd"), actor=ama, now=now)
    assert hidden(db, eli, ama, now)


def test_inv_10_no_length_of_roles_pushes_an_organisation_out_of_what_shields_read(
    db, ama, eli, now
):
    boundaries.raise_shield(db, eli, against="Tidal Post", now=now)
    write(db, ama, Part.ROLES, "head of everything\n" * 200, now=now)
    begun(db, ama, now)
    write(db, ama, Part.ROLES, "head of nothing at all\n" * 200, now=now + timedelta(days=1))
    assert hidden(db, eli, ama, now)


def test_inv_10_nobody_speaks_for_more_than_shields_can_read(db, ama, now):
    for each in range(13):
        name = f"{each:02} {'a long name of a house by the sea ' * 2}"[:78]
        keep_organisation(db, now, name=name, slug=f"o-{each}", speakers=[ama])
    with pytest.raises(Conflict):
        begun(db, ama, now, name="b" * 80)
    assert len(db.get_one(Member, ama.id).represents) <= 1000


def test_a_beginning_is_told_to_nobody_by_letter_but_those_who_speak(db, ama, now):
    begun(db, ama, now)
    assert [each.kind for each in told(db, "organisations:came")] == ["organisations:came"]
    assert "Tidal" not in str([each.data for each in told(db, "organisations:begun")])
