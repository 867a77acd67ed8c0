"""Work that is over, and what those who did it say of it: by handles, as views call services."""

from __future__ import annotations

from sqlalchemy import select

from network.engagements import access_showing, access_testimony
from network.engagements.kinds import EngagementState
from network.engagements.models import Showing, Testimony
from network.engagements.queries import showings, testimonies
from network.engagements.queries.person import of_work
from network.engagements.services import showing, testimony
from network.members.models import Member
from tests.conftest import NOON
from tests.engagements.lives import DAY, agreed

NAMES = ("ama", "bea", "cai")


def lived(db, people, state=EngagementState.COMPLETED, ends_at=NOON):
    """Work of these people that has begun and stands so."""
    engagement = agreed(db, people)
    engagement.begun_at = NOON - 90 * DAY
    move(db, engagement, state, ends_at)
    return engagement


def move(db, engagement, state, ends_at=NOON):
    over = {EngagementState.COMPLETED, EngagementState.ENDED_EARLY, EngagementState.CANCELLED}
    engagement.state = state
    engagement.ends_at = ends_at if state in over else None
    engagement.paused_at = NOON if state is EngagementState.PAUSED else None
    db.flush()


def member(db, handle):
    """Return somebody, looked up once in a session."""
    known = db.info.setdefault("known", {})
    if handle not in known:
        known[handle] = db.scalars(select(Member).where(Member.handle == handle)).one()
    return known[handle]


def key_of(db, engagement, author, about):
    found = select(Testimony.key).where(
        Testimony.engagement_id == engagement.id,
        Testimony.author_id == author.id,
        Testimony.about_id == about.id,
    )
    return db.scalar(found) or "nothing"


def write(db, engagement, who, about, words, now):
    return testimony.write(
        db,
        engagement,
        actor=member(db, who),
        about=member(db, about).id,
        words=words,
        now=now,
    )


def about_me(db, engagement, who, author, now):
    me = member(db, who)
    key = key_of(db, engagement, member(db, author), me)
    return me, access_testimony.testimony_about(db, me, key, now=now)[0]


def answer(db, engagement, who, author, words, now):
    me, found = about_me(db, engagement, who, author, now)
    testimony.answer(db, found, actor=me, words=words, now=now)


def stand(db, engagement, who, author, shown, now):
    me, found = about_me(db, engagement, who, author, now)
    (testimony.show if shown else testimony.keep)(db, found, actor=me, now=now)


def take_back(db, engagement, who, about, now):
    me = member(db, who)
    key = key_of(db, engagement, me, member(db, about))
    found = access_testimony.testimony_by(db, me, key, now=now)[0]
    testimony.take_back(db, found, actor=me, now=now)


def read(db, engagement, who, people, now):
    """Return what somebody reads on the page of the work, by author and subject."""
    me, found = member(db, who), {}
    others = [member(db, each) for each in people]
    for each in testimonies.between(db, me, engagement.id, others, now):
        if each.mine is not None and each.mine.taken_back_at is None:
            found[who, each.handle] = (each.mine.words, each.reply)
        if each.about_me is not None:
            found[each.handle, who] = (each.about_me.words, each.about_me.reply)
    return found


def on_page(db, reader, subject, now):
    """Return what a member reads on somebody's page, by author."""
    found = of_work(db, member(db, reader), member(db, subject), now, story=True)
    return {each.author_handle: (each.words, each.reply) for each in found.said} if found else {}


def word(db, engagement, who, words, now):
    return showing.write(db, engagement, actor=member(db, who), words=words, now=now)


def showing_of(db, engagement, who, owner, now):
    me = member(db, who)
    key = db.scalar(
        select(Showing.key).where(
            Showing.engagement_id == engagement.id, Showing.member_id == member(db, owner).id
        )
    )
    return me, *access_showing.showing_for(db, me, key or "nothing", now=now)


def consent(db, engagement, who, owner, wording, now):
    me, found, work = showing_of(db, engagement, who, owner, now)
    showing.consent(db, found, work, actor=me, wording=wording, now=now)


def take_words_back(db, engagement, who, owner, now):
    me, found, work = showing_of(db, engagement, who, owner, now)
    showing.take_back(db, found, work, actor=me, now=now)


def stands(db, reader, owner, now):
    """Return the words of shared work that a member reads on somebody's page."""
    found = of_work(db, member(db, reader), member(db, owner), now, story=True)
    return [each.words for each in found.shown] if found else []


def to_read(db, engagement, who, now):
    """Return the wordings on the page of the work, by whom they are of, with the reader's yes."""
    me = member(db, who)
    return {
        db.get_one(Member, each.showing.member_id).handle: (
            each.showing.words,
            each.stands,
            each.agreed_at is not None,
        )
        for each in showings.of_work(db, me, engagement.id, now)
    }
