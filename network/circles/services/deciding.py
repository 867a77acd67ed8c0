"""Deciding by consent: a proposal stands when nobody who is here has a concern about its words.

Whatever changes one takes the row of its circle first, so that a voice, other words and an outcome
come one after another. Other words begin it anew: nobody has said anything to them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.circles.kinds import DecisionAbout, DecisionState
from network.circles.models import Agreements, Circle, Decision, Voice
from network.circles.queries.decisions import standing_of
from network.circles.services import agreeing
from network.circles.services.turns import log
from network.errors import Conflict, Invalid, NotAllowed
from network.members.models import Member, Membership
from network.text import clean, clean_line
from network.translation import _

OPEN_FOR = timedelta(days=7)
LONGEST_TITLE, LONGEST_WORDS, LONGEST_CONCERN = 120, 4000, 2000


class Superseded(Conflict):
    """What somebody read, and said something to, is not what is proposed any more."""

    sentence = _(
        "The words changed while you were reading. What you sent was about those before, so it was"
        " not taken. Read the present ones."
    )


def propose(
    db: Session,
    circle: Circle,
    *,
    actor: Member,
    about: DecisionAbout,
    title: str,
    words: str,
    submission: str,
    now: datetime,
) -> Decision:
    """Propose something to everybody inside, or return what this submission proposed already.

    About the agreements, the words are the whole new ones. Whoever proposes can live with it.
    Raises `Invalid` for the words, `Conflict` where the agreements are being decided already.
    """
    title, words = clean_line(title), _kept(words)
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid(_("Say in a few words what it is about."), field="title")
    agreeing.take_inside(db, circle, actor, now=now)
    again = _proposed_already(db, circle, submission)
    if again is not None:
        said = (again.proposer_id, again.title)
        if said == (actor.id, title) and (again.words == words or again.version > 1):
            return again
        submission = uuid4().hex  # other words from the same form: not one is lost
    if about is DecisionAbout.AGREEMENTS:
        _must_be_free_to_change(db, circle, words)
    decision = Decision(
        circle_id=circle.id,
        proposer_id=actor.id,
        about=about,
        title=title,
        words=words,
        version=1,
        proposed_at=now,
        put_at=now,
        open_until=now + OPEN_FOR,
        submission=submission,
    )
    db.add(decision)
    db.flush()  # the voice of who proposes names it
    _keep_voice(db, decision, actor, "", now)
    _log(db, circle, decision, "circles:decision:proposed", actor=actor, now=now, mailed=True)
    return decision


def consent(db: Session, decision: Decision, *, actor: Member, version: int, now: datetime) -> None:
    """Say that one can live with the words read as `version`; a concern of one's own is over.

    Raises `Superseded` where the words are others now, `Conflict` where it is over.
    """
    _say(db, decision, actor, now, version=version)


def raise_concern(
    db: Session, decision: Decision, *, actor: Member, version: int, concern: str, now: datetime
) -> None:
    """Say what one cannot live with: until it is met the words do not stand.

    Raises `Invalid` for no words or too many, and as `consent` does.
    """
    concern = clean(concern)
    if not concern:
        raise Invalid(_("Say what you could not live with. A sentence is enough."), field="concern")
    if len(concern) > LONGEST_CONCERN:
        raise Invalid(_too_long(concern, LONGEST_CONCERN), field="concern")
    _say(db, decision, actor, now, version=version, concern=concern)


def rework(
    db: Session, decision: Decision, *, actor: Member, version: int, words: str, now: datetime
) -> None:
    """Put other words in the place of those proposed. What anybody said to the old ones is void.

    The same words are no change. Raises `NotAllowed` for whoever neither proposed nor facilitates,
    `Superseded` and `Conflict` as `consent` does, `Invalid` for the words.
    """
    words = _kept(words)
    circle = _take_led(db, decision, actor, now)
    if decision.words == words and decision.state is DecisionState.OPEN:
        return
    if decision.about is DecisionAbout.AGREEMENTS:
        _must_differ(db, circle, words)
    _move(
        db,
        decision,
        version,
        words=words,
        version=version + 1,
        put_at=now,
        open_until=now + OPEN_FOR,
    )
    _keep_voice(db, decision, actor, "", now)
    _log(db, circle, decision, "circles:decision:reworked", actor=actor, now=now, mailed=True)


def adopt(db: Session, decision: Decision, *, actor: Member, version: int, now: datetime) -> None:
    """Let the words read as `version` stand. Agreements count from now on. Twice is once.

    Raises `Conflict` while a concern is open, or while somebody who is here may still say
    something; and as `rework` does.
    """
    circle = _take_led(db, decision, actor, now)
    if decision.state is DecisionState.ADOPTED and decision.version == version:
        return
    _must_be_open(decision, version)
    standing = standing_of(db, decision, now)
    if standing.has_concern:
        raise Conflict(_("A concern is open. Meet it with other words, or set this aside."))
    if standing.has_silence:
        raise Conflict(_("Not everybody has said something yet, and there is still time for it."))
    _move(db, decision, version, state=DecisionState.ADOPTED, ended_at=now)
    _log(db, circle, decision, "circles:decision:adopted", actor=actor, now=now)
    if decision.about is DecisionAbout.AGREEMENTS:
        agreeing.put(db, circle, words=decision.words, actor=actor, now=now)


def set_aside(db: Session, decision: Decision, *, actor: Member, now: datetime) -> None:
    """Set a proposal aside, whatever was said to it. Twice is once.

    Raises `NotAllowed` as `rework` does, `Conflict` for one that was adopted.
    """
    circle = _take_led(db, decision, actor, now)
    if decision.state is DecisionState.SET_ASIDE:
        return
    _move(db, decision, decision.version, state=DecisionState.SET_ASIDE, ended_at=now)
    _log(db, circle, decision, "circles:decision:set_aside", actor=actor, now=now)


def leads(decision: Decision, place: Membership) -> bool:
    """Whether this is who proposed it, or who facilitates."""
    return place.facilitates or place.member_id == decision.proposer_id


def _say(
    db: Session,
    decision: Decision,
    actor: Member,
    now: datetime,
    *,
    version: int,
    concern: str = "",
) -> None:
    circle = db.get_one(Circle, decision.circle_id)
    agreeing.take_inside(db, circle, actor, now=now)
    db.refresh(decision)
    _must_be_open(decision, version)
    if not _keep_voice(db, decision, actor, concern, now):
        return
    kind = "circles:decision:concern" if concern else "circles:decision:consented"
    _log(db, circle, decision, kind, actor=actor, now=now)


def _keep_voice(
    db: Session, decision: Decision, actor: Member, concern: str, now: datetime
) -> bool:
    """Keep the one voice of somebody; tell whether it says anything new."""
    voice = db.get(Voice, (decision.id, actor.id), populate_existing=True)
    if voice is None:
        voice = Voice(decision_id=decision.id, member_id=actor.id)
        db.add(voice)
    elif (voice.version, voice.concern) == (decision.version, concern):
        return False
    voice.version, voice.at = decision.version, now
    voice.consents, voice.concern = not concern, concern
    db.flush()  # who adopts reads what was said
    return True


def _take_led(db: Session, decision: Decision, actor: Member, now: datetime) -> Circle:
    """Take the row for who proposed it or facilitates; raise `NotAllowed` for the others inside."""
    circle = db.get_one(Circle, decision.circle_id)
    place = agreeing.take_inside(db, circle, actor, now=now)
    db.refresh(decision)
    if not leads(decision, place):
        raise NotAllowed
    return circle


def _must_be_open(decision: Decision, version: int) -> None:
    if decision.state is not DecisionState.OPEN:
        raise Conflict(_("This is over. Look again at how it ended."))
    if decision.version != version:
        raise Superseded


def _move(db: Session, decision: Decision, read: int, **values: object) -> None:
    """Change the row where it is still open and says what was read; else nothing happens."""
    moved = changed(
        db,
        update(Decision)
        .where(
            Decision.id == decision.id,
            Decision.state == DecisionState.OPEN,
            Decision.version == read,
        )
        .values(**values)
        .execution_options(synchronize_session=False),
    )
    db.refresh(decision)
    if moved != 1:
        _must_be_open(decision, read)
        raise Conflict


def _must_be_free_to_change(db: Session, circle: Circle, words: str) -> None:
    """Raise `Conflict` where other agreements are proposed already: one at a time."""
    proposed = exists().where(
        Decision.circle_id == circle.id,
        Decision.about == DecisionAbout.AGREEMENTS,
        Decision.state == DecisionState.OPEN,
    )
    if db.scalar(select(proposed)):
        raise Conflict(
            _("Other agreements are proposed already. Say there what you would change in them.")
        )
    _must_differ(db, circle, words)


def _must_differ(db: Session, circle: Circle, words: str) -> None:
    if db.get_one(Agreements, (circle.id, circle.agreements_version)).words == words:
        raise Invalid(_("These are the agreements as they are. Change something."), field="words")


def _kept(text: str) -> str:
    words = clean(text)
    if not words:
        raise Invalid(_("Say what you propose. A sentence is enough."), field="words")
    if len(words) > LONGEST_WORDS:
        raise Invalid(_too_long(words, LONGEST_WORDS), field="words")
    return words


def _too_long(words: str, most: int) -> str:
    return _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=most)


def _proposed_already(db: Session, circle: Circle, submission: str) -> Decision | None:
    return db.scalar(
        select(Decision).where(Decision.circle_id == circle.id, Decision.submission == submission)
    )


def _log(
    db: Session,
    circle: Circle,
    decision: Decision,
    kind: str,
    *,
    actor: Member,
    now: datetime,
    mailed: bool = False,
) -> None:
    log(
        db,
        circle,
        kind,
        actor=actor.id,
        now=now,
        to=("mail",) if mailed else (),
        decision=decision.id,
        version=decision.version,
    )
