"""Lives referrals: who is recommended for what, and what they and the others answer."""

from __future__ import annotations

from sqlalchemy import select

from network.conversations.models import About as Thread
from network.members.models import Member
from network.organisations.models import Approach, WorkNeed
from network.referrals.access import About
from network.referrals.kinds import Interest, Tells
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services import after, outside, referring
from network.referrals.services.making import CONSENT_KIND, MEETING_KIND
from network.referrals.tokens import letter_token
from tests.sweep import canaries_organisations as canaries
from tests.sweep.town import LATELY, Town


def recommends(town: Town, told: canaries.Referral) -> None:
    db, referrer = town.db, town.people[told.referrer]
    about = About(_matter(town, told))
    words, interest = f"They know {told.own('words')}.", f"We share {told.own('interest')}"
    said = referring.Said(words, Interest.RECIPROCAL, told.label, interest)
    if not told.member:
        who = {"name": told.own("name"), "email": told.email, "secret": town.secret}
        sent = outside.recommend_outside(db, referrer, about, said=said, now=LATELY, **who)
        db.flush()  # its letter has a key now
        letter = db.get_one(OutsideLetter, sent.id)
        town.things["letter outside"] = letter_token(town.secret, letter)
        return
    member = town.people[told.member]
    referral: Referral = referring.recommend(db, referrer, member, about, said=said, now=LATELY)
    town.things[f"referral {told.label}"] = referral.key
    if told.state in {"agreed", "made"}:
        town.yes(CONSENT_KIND, town.ask(CONSENT_KIND, referral.id))
    if told.state == "declined":
        town.no(CONSENT_KIND, town.ask(CONSENT_KIND, referral.id))
    if told.state == "withdrawn":
        after.withdraw(db, referral, actor=referrer, now=LATELY)
    if told.state == "made":
        _made(town, told, referral)


def _made(town: Town, told: canaries.Referral, referral: Referral) -> None:
    db, member = town.db, town.people[told.member]
    holder = db.get_one(Member, referral.holder_id)
    town.yes(MEETING_KIND, town.ask(MEETING_KIND, referral.id))
    thanks = {"words": told.own("thanks of the holder"), "actor": holder, "now": LATELY}
    after.thank(db, referral, **thanks)
    (label,) = (label for label, each in town.people.items() if each is holder)
    said = {each: told.own(f"said by {each}") for each in (told.member, label)}
    town.say(Thread.REFERRAL, referral.id, said)
    if told.tells:
        after.tell(db, referral, tells=Tells.WHETHER_MADE, actor=member, now=LATELY)


def _matter(town: Town, told: canaries.Referral):  # a need, or an approach
    kind, name = (WorkNeed, f"need {told.need}")
    if not told.need:
        kind, name = Approach, f"approach {' '.join(told.approach)}"
    return town.db.scalars(select(kind).where(kind.key == town.things[name])).one()
