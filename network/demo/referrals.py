"""Whom the invented people recommend, here and outside, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.conversations.models import About
from network.demo.steps import Step, in_order, say_yes
from network.demo.talk import People, Told, moment, opened_by, say
from network.referrals import access
from network.referrals.kinds import Interest, Tells
from network.referrals.models import Referral
from network.referrals.services import after, making, outside, referring


@dataclass(frozen=True, slots=True)
class Recommended:
    """A referral as it is told of."""

    db: Session
    referral: Referral


def tell_referrals(
    db: Session,
    people: People,
    told: list[Told],
    now: datetime,
    *,
    needs: Mapping[str, str],
    approaches: Mapping[str, str],
    secret: str,
) -> None:
    """Let people recommend others for a need, or pass on what was written to them: by the keys."""
    for number, each in enumerate(told):
        label = f"demo-referral-{number}"
        referrer = people[each["who"]]
        at = moment(each, referrer, now)
        if "need" in each:
            key = needs[each["need"]]
            about = access.need_to_recommend_for(db, referrer, key, now=at)
        else:
            key = approaches[each["approach"]]
            about = access.approach_to_pass_on(db, referrer, key, now=at)
        said = referring.Said(
            words=each["words"],
            interest=Interest(each["interest"]),
            interest_words=each.get("interest_words", ""),
            submission=label,
        )
        if "email" in each:
            outside.recommend_outside(
                db,
                referrer,
                about,
                name=each["name"],
                email=each["email"],
                said=said,
                secret=secret,
                now=at,
            )
            continue
        member = people[each["whom"]]
        referral = referring.recommend(db, referrer, member, about, said=said, now=at)
        recommended = Recommended(db, referral)
        for step in in_order(each["then"], people, label=label, now=now):
            DOES[step.told["does"]](recommended, step)
        if "said" in each:
            opened = opened_by(db, referral.id, about=About.REFERRAL)
            say(db, people, opened, each["said"], label=label, now=now)


def _agree(recommended: Recommended, step: Step) -> None:
    say_yes(recommended.db, making.CONSENT_KIND, step, thing_id=recommended.referral.id)


def _meet(recommended: Recommended, step: Step) -> None:
    say_yes(recommended.db, making.MEETING_KIND, step, thing_id=recommended.referral.id)


def _tell(recommended: Recommended, step: Step) -> None:
    tells = Tells.WHETHER_MADE
    after.tell(recommended.db, recommended.referral, tells=tells, actor=step.actor, now=step.at)


def _thank(recommended: Recommended, step: Step) -> None:
    words = step.told["words"]
    after.thank(recommended.db, recommended.referral, words=words, actor=step.actor, now=step.at)


DOES: dict[str, Callable[[Recommended, Step], None]] = {
    "agree": _agree,
    "meet": _meet,
    "tell": _tell,
    "thank": _thank,
}
