"""Lives organisations: begun, spoken for, left; what they write, and how it is answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import About as Thread
from network.members.kinds import Work
from network.members.models import Member
from network.members.services import participation
from network.organisations.kinds import Alumni
from network.organisations.models import AlumniRelation, Approach, Organisation, Representative
from network.organisations.services import (
    alumni,
    approaching,
    claiming,
    ending_approaches,
    founding,
    inviting,
    needs,
    readiness,
    representing,
    showing,
    talking,
    verifying,
)
from network.organisations.services.alumni_answering import ALUMNI
from network.organisations.services.answering import INVITED
from network.organisations.services.approach_kinds import APPROACH, TEAM_APPROACH
from network.organisations.tokens import letter_token
from tests.sweep import canaries_organisations as canaries
from tests.sweep.seed_referrals import recommends
from tests.sweep.town import LATELY, LONG_AGO, YESTERDAY, Town

if TYPE_CHECKING:
    from tests.sweep.seed import World

PEER = Work.PEER


def organisations(db: Session, world: World) -> None:
    """Let each begin, stay in touch, write and be answered; then let those go who went."""
    people = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    town = Town(db, people, world.things, world.app.config["SECRET_KEY"])
    for told in world.story.organisations:
        _begins(town, told)
    for told in world.story.in_touch:
        _in_touch(town, told)
    for told in world.story.approaches:
        write(town, told)
    for told in world.story.work_needs:
        _needs(town, told)
    for told in world.story.referrals:
        recommends(town, told)
    world.links["outside"] = [world.things["letter outside"]]
    quay, first = town.organisation("quay"), people["speaker"]
    verifies = letter_token(town.secret, quay, first, "hello@quay.example")
    world.links["speaker"].append(verifies)
    for told in world.story.organisations:
        _goes(town, told)


def _begins(town: Town, told: canaries.Organisation) -> None:
    """Begin a page, with all who ever spoke for it."""
    db, (maker, *others) = (
        town.db,
        (*told.former[: not told.speakers], *told.speakers, *told.former),
    )
    others = [each for each in others if each != maker]
    first = town.people[maker]
    plan = founding.Plan(
        told.name, f"We are for {told.own('purpose')}.", told.own("about"), told.own("place")
    )
    role, sent = told.own(f"role {maker}"), {"submission": told.label, "now": LONG_AGO}
    organisation = founding.begin(db, first, plan, role=role, **sent)
    town.things[f"organisation {told.label}"] = organisation.slug
    if told.answered:
        answers = [told.own(each) for each in canaries.QUESTIONS]
        readiness.write_answers(
            db, organisation, actor=first, answers=answers, version=0, now=LONG_AGO
        )
    _verified(town, organisation, told, first)
    for label in others:
        place = _invites(town, organisation, told, first, label, LONG_AGO)
        town.yes(INVITED, town.ask(INVITED, place.id), LONG_AGO)
        role = told.own(f"role {label}")
        founding.say_role(db, organisation, actor=town.people[label], role=role, now=LONG_AGO)
    for label in told.invited:
        _invites(town, organisation, told, first, label, LATELY)


def _verified(
    town: Town, organisation: Organisation, told: canaries.Organisation, first: Member
) -> None:
    db, now = town.db, LONG_AGO
    if told.domain:
        stamp, email = verifying.stamp_of(organisation), f"hello@{told.domain}"
        verifying.confirm(db, organisation, actor=first, email=email, stamp=stamp, now=now)
    elif told.verified or told.asks_steward:
        words = f"Look at us, for {told.own('asks a steward')}."
        verifying.ask_steward(db, organisation, actor=first, words=words, now=now)
    if told.verified and not told.domain:
        said = {"yes": True, "words": "", "read": verifying.stamp_of(organisation), "now": now}
        verifying.answer_as_steward(db, organisation, steward=town.people["steward"], **said)


def _invites(
    town: Town,
    organisation: Organisation,
    told: canaries.Organisation,
    actor: Member,
    label: str,
    now: datetime,
) -> Representative:
    words = f"Speak for us, for {told.own(f'invites {label}')}."
    sent = {"submission": f"{told.label} {label}", "now": now}
    who = {"addressee": town.people[label], "actor": actor}
    return inviting.invite(town.db, organisation, words=words, **who, **sent)


def _in_touch(town: Town, told: canaries.InTouch) -> None:
    db, organisation = town.db, town.organisation(told.organisation)
    member = town.people[told.member]
    asked = {"sort": Alumni.COLLEAGUE, "words": f"We worked for {told.words}.", "now": LATELY}
    asked["submission"] = f"{told.organisation} {told.member}"
    if told.how == "organisation":
        actor = _speaker(town, organisation)
        alumni.invite(db, organisation, member, actor=actor, **asked)
        return
    relation: AlumniRelation = alumni.ask(db, organisation, member, **asked)
    if told.how == "member":
        return
    town.yes(ALUMNI, town.ask(ALUMNI, relation.id))
    if told.how == "shown":
        alumni.show(db, organisation, relation, actor=member, shown=True, now=LATELY)
    if told.how == "ended":
        alumni.end(db, organisation, relation, actor=member, now=YESTERDAY)


def _speaker(town: Town, organisation: Organisation) -> Member:
    place = select(Representative.member_id).where(
        Representative.organisation_id == organisation.id, Representative.since.is_not(None)
    )
    return town.db.get_one(Member, town.db.scalars(place.order_by(Representative.id)).first())


def write(town: Town, told: canaries.Approach) -> Approach:
    """Write to a member or a team, and let them answer."""
    db, writer, now = town.db, town.people[told.writer], LATELY
    now = LONG_AGO if told.state == "lapsed" else LATELY
    to = town.circle(told.to) if told.to == "team" else town.people[told.to]
    if told.to != "team" and not told.to.startswith("owner"):
        participation.set_work(db, to, work={PEER}, pace="", now=LONG_AGO)
    words = {name: f"This is about {told.own(name)} and more." for name in canaries.WRITTEN}
    approach = approaching.send(
        db,
        approaching.Letter(PEER, **words),
        writer=writer,
        organisation=town.organisation(told.organisation),
        to=to,
        submission=f"{told.writer} {told.to}",
        now=now,
    )
    town.things[f"approach {told.writer} {told.to}"] = approach.key
    if told.to == "team":
        town.yes(TEAM_APPROACH, town.ask(TEAM_APPROACH, approach.id, town.people["second"]))
    else:
        _answers(town, told, approach)
    return approach


def _answers(town: Town, told: canaries.Approach, approach: Approach) -> None:
    db, ask = town.db, town.ask(APPROACH, approach.id)
    writer, to = town.people[told.writer], town.people[told.to]
    if told.state == "declined":
        town.no(APPROACH, ask)
    if told.state == "told no":
        words = told.own("told no")
        ending_approaches.tell_no(db, approach, actor=to, words=words, now=LATELY)
    if told.state == "withdrawn":
        ending_approaches.withdraw(db, approach, actor=writer, now=LATELY)
    if told.state == "opened":
        town.yes(APPROACH, ask)
        said = {each: told.own(f"said by {each}") for each in (told.writer, told.to)}
        town.say(Thread.APPROACH, approach.id, said)


def _needs(town: Town, told: canaries.Need) -> None:
    db, writer = town.db, town.people[told.writer]
    sent = {"submission": f"need {told.label}", "now": LATELY}
    need = needs.write_need(
        db,
        writer,
        organisation=town.organisation(told.organisation),
        title=told.own("title"),
        words=f"We do not know why, for {told.own('words')}.",
        work=PEER,
        readers=needs.Readers(told.alumni, told.connections),
        **sent,
    )
    town.things[f"need {told.label}"] = need.key
    for label, how in told.circles.items():
        words = f"Show it, for {told.own(f'asks {label}')}."
        at = {"actor": writer, "now": sent["now"]}
        put = showing.show_in(db, need, town.circle(label), words=words, **at)
        if how == "shown" and put.shown_at is None:
            town.yes(showing.SHOWING, town.ask(showing.SHOWING, put.id))
    for label, how in told.talks.items():
        reason = f"Let us talk of {told.own(f'talk {label}')}."
        ask = talking.let_us_talk(db, need, actor=town.people[label], reason=reason, **sent)
        if how == "no":
            town.no(talking.LET_US_TALK, ask)
        if how == "yes":
            town.yes(talking.LET_US_TALK, ask)
            said = {each: told.own(f"said by {each} to {label}") for each in (told.writer, label)}
            town.say(Thread.LET_US_TALK, ask.id, said)
    if told.state == "closed":
        needs.close_need(db, need, actor=writer, outcome=told.own("outcome"), now=LATELY)


def _goes(town: Town, told: canaries.Organisation) -> None:
    """Let those speak no longer who did, and others ask to."""
    db, organisation = town.db, town.organisation(told.label)
    for label in told.former:
        place = db.scalars(
            select(Representative).where(
                Representative.organisation_id == organisation.id,
                Representative.member_id == town.people[label].id,
            )
        ).one()
        representing.end(db, organisation, place, actor=town.people[label], now=YESTERDAY)
    for label in told.claimed:
        words = f"I am head of it, for {told.own(f'claims {label}')}."
        role = told.own(f"role {label}")
        member = town.people[label]
        claiming.claim(db, organisation, member, words=words, role=role, now=YESTERDAY)
