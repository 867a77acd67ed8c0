"""Writing a profile: each part with its own words, audience and promise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from network.errors import Invalid
from network.events.services import record
from network.members.kinds import (
    DEFAULT_AUDIENCE,
    LISTS,
    LONGEST,
    LONGEST_OTHER,
    Audience,
    Part,
)
from network.members.models import Member, PastPurpose, Portrait, Section
from network.members.services.accounts import remember_belongs
from network.text import clean, clean_line, lines
from network.translation import _

MOST_ENTRIES = {Part.THEMES: 5, Part.LINKS: 5, Part.ROLES: 6, Part.LANGUAGES: 12}


def section_of(db: Session, member: Member, part: Part, *, now: datetime) -> Section:
    """Return the member's section for this part, made with its default audience if need be."""
    section = db.get(Section, (member.id, part))
    if section is None:
        audience = DEFAULT_AUDIENCE[part]
        section = Section(
            member_id=member.id,
            part=part,
            body="",
            audience=audience,
            shown_to=audience,
            written_at=now,
            confirmed_at=now,
        )
        db.add(section)
        db.flush()  # the next look-up in this unit of work has to find it
    return section


def write(db: Session, member: Member, part: Part, body: str, *, now: datetime) -> None:
    """Keep new words for a part, for the audience it is set to. The same words only confirm them.

    Raises `Invalid` for words that are too long or too many.
    """
    words = tidy(part, body)
    section = section_of(db, member, part, now=now)
    section.confirmed_at = now
    if words == section.body:
        return
    section.body = words
    section.shown_to = section.audience
    section.written_at = now
    if part is Part.ROLES:
        remember_belongs(db, member)
    _changed(db, "members:section:written", member, part, now=now)


def change_purpose(
    db: Session, member: Member, body: str, *, what_changed: str = "", now: datetime
) -> None:
    """State a new purpose; the one before is kept with why it changed, for whom it was written."""
    words = tidy(Part.PURPOSE, body)
    section = section_of(db, member, Part.PURPOSE, now=now)
    if section.body and words != section.body:
        history = db.get(Section, (member.id, Part.HISTORY))
        promised = section.shown_to if history is None else min(section.shown_to, history.audience)
        db.add(
            PastPurpose(
                member_id=member.id,
                body=section.body,
                what_changed=clean_line(what_changed)[:300],
                shown_to=promised,
                since=section.written_at,
                until=now,
            )
        )
    write(db, member, Part.PURPOSE, words, now=now)


def set_audience(
    db: Session,
    member: Member,
    part: Part,
    audience: Audience,
    *,
    widen_words: bool = False,
    now: datetime,
) -> None:
    """Set who sees a part: narrower at once and for earlier words too; wider for what is written
    from now on, and for the present words only where `widen_words` says so.
    """
    if part is Part.CONTACT and audience > Audience.MEMBERS:
        raise Invalid(_("Contact details cannot be shown to the web."), field=part.value)
    section = section_of(db, member, part, now=now)
    if section.audience == audience and not widen_words:
        return
    # What availability says is kept in `Participation`: its section has a promise, but no body.
    has_words = bool(section.body) or part is Part.AVAILABILITY
    section.audience = audience
    section.shown_to = (
        min(section.shown_to, audience) if has_words and not widen_words else audience
    )
    if part in {Part.PURPOSE, Part.HISTORY}:
        _move_past(db, member, PastPurpose.shown_to > audience, audience)
    if part is Part.HISTORY and widen_words:
        _move_past(db, member, PastPurpose.shown_to < audience, audience)
    _changed(db, "members:audience:set", member, part, now=now)


def set_audiences(
    db: Session,
    member: Member,
    levels: Mapping[Part, Audience],
    *,
    widen_words: Collection[Part] = (),
    now: datetime,
) -> None:
    """Set who sees the parts in `levels`, and widen the present words of those in `widen_words`."""
    for part in Part:
        if part in levels or part in widen_words:
            audience = levels.get(part) or section_of(db, member, part, now=now).audience
            set_audience(
                db, member, part, Audience(audience), widen_words=part in widen_words, now=now
            )


def save(
    db: Session,
    member: Member,
    part: Part,
    *,
    body: str,
    audience: Audience,
    widen_words: bool = False,
    what_changed: str = "",
    now: datetime,
) -> None:
    """Keep the words of a part and who sees it in one go; raise `Invalid` as `write` does.

    New words are written for the new audience. Words that stay keep their promise: `widen_words`
    widens them, and never what they replaced.
    """
    same = tidy(part, body) == section_of(db, member, part, now=now).body
    set_audience(db, member, part, audience, widen_words=widen_words and same, now=now)
    if part is Part.PURPOSE:
        change_purpose(db, member, body, what_changed=what_changed, now=now)
    else:
        write(db, member, part, body, now=now)


def confirm(db: Session, member: Member, part: Part, *, now: datetime) -> None:
    """Note that the words of a part still hold. They stay as they are, and for whom they were."""
    section_of(db, member, part, now=now).confirmed_at = now
    record(
        db,
        "members:section:confirmed",
        actor=member.id,
        subject=("member", member.id),
        now=now,
        part=part.value,
    )


def rename(db: Session, member: Member, *, name: str, pronouns: str, now: datetime) -> None:
    """Change how a member is called."""
    name = clean_line(name)
    if not name:
        raise Invalid(_("Say what people call you."), field="name")
    member.name, member.pronouns = name[:80], clean_line(pronouns)[:30]
    record(
        db,
        "members:named",
        actor=member.id,
        subject=("member", member.id),
        now=now,
        to=("index",),
    )


def set_portrait(db: Session, member: Member, *, picture: bytes | None, now: datetime) -> None:
    """Keep a re-encoded portrait, or take it away."""
    row = db.get(Portrait, member.id)
    if picture is None:
        if row is not None:
            db.delete(row)
        member.portrait_version = 0
    else:
        if row is None:
            db.add(Portrait(member_id=member.id, picture=picture))
        else:
            row.picture = picture
        member.portrait_version = int(now.timestamp())
    record(db, "members:portrait:set", actor=member.id, subject=("member", member.id), now=now)


def tidy(part: Part, body: str) -> str:
    """Return the words as they are kept; raise `Invalid` if they are too long or too many."""
    words = clean(body)
    if part in LISTS:
        entries = list(dict.fromkeys(clean_line(line) for line in lines(words)))
        most = MOST_ENTRIES[part]
        if len(entries) > most:
            raise Invalid(
                _("%(most)s is the most here; take out the ones that matter least.", most=most),
                field=part,
            )
        words = "\n".join(entries)
    longest = LONGEST.get(part, LONGEST_OTHER)
    if len(words) > longest:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=longest),
            field=part,
        )
    if part is Part.LINKS:
        for link in lines(words):
            if not link.startswith(("https://", "http://")) or " " in link:
                raise Invalid(_("A link begins with https://, one on each line."), field=part)
    return words


def _move_past(db: Session, member: Member, which: ColumnElement[bool], audience: Audience) -> None:
    db.execute(
        update(PastPurpose)
        .where(PastPurpose.member_id == member.id, which)
        .values(shown_to=int(audience))
    )


def _changed(db: Session, kind: str, member: Member, part: Part, *, now: datetime) -> None:
    record(
        db,
        kind,
        actor=member.id,
        subject=("member", member.id),
        now=now,
        to=("index",),
        part=part.value,
    )
