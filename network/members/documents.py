"""What of a member can be searched: for each audience the words it may read, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.members.kinds import SEARCHED, Audience, Part, State
from network.members.models import Member, Participation, Section
from network.search.documents import Document, Layer
from network.text import fold, lines

IN_SEARCH = (State.MEMBER, State.PAUSED, State.LEAVING)
BATCH = 500


def all_documents(db: Session) -> Iterator[Document]:
    """Yield what can be found of every member, in batches that do not grow with the network."""
    last = 0
    while True:
        ids = db.scalars(
            select(Member.id)
            .where(Member.id > last, Member.state.in_(IN_SEARCH))
            .order_by(Member.id)
            .limit(BATCH)
        ).all()
        if not ids:
            return
        yield from documents(db, ids)
        last = ids[-1]
        db.expunge_all()


def documents(db: Session, ids: Collection[int]) -> list[Document]:
    """Return what can be found of these members; those who are gone are not among them.

    Paused members stay in the index: they are hidden when a hit is checked, and found again
    the moment their pause is over although no job ran.
    """
    present = db.scalars(
        select(Member.id).where(Member.id.in_(ids), Member.state.in_(IN_SEARCH)).order_by(Member.id)
    ).all()
    sections: dict[int, list[tuple[Part, str, int]]] = defaultdict(list)
    for row in db.execute(
        select(Section.member_id, Section.part, Section.body, Section.shown_to).where(
            Section.member_id.in_(present), Section.shown_to >= int(Audience.CONNECTIONS)
        )
    ):
        sections[row[0]].append((row[1], row[2], row[3]))
    work = dict(
        db.execute(
            select(Participation.member_id, Participation.work).where(
                Participation.member_id.in_(present)
            )
        ).all()
    )
    return [
        Document(
            id=member_id,
            members=layer(sections[member_id], work.get(member_id, ()), Audience.MEMBERS),
            connections=layer(sections[member_id], work.get(member_id, ()), Audience.CONNECTIONS),
        )
        for member_id in present
    ]


def layer(
    sections: Iterable[tuple[Part, str, int]], work: Iterable[str], audience: Audience
) -> Layer:
    """Return what one audience may find."""
    readable = {part: body for part, body, shown_to in sections if shown_to >= audience}
    words = [readable[part] for part in SEARCHED if readable.get(part)]
    return Layer(
        purpose=readable.get(Part.PURPOSE, ""),
        themes=readable.get(Part.THEMES, ""),
        words="\n".join(words),
        marks=marks(readable, work),
    )


def marks(readable: dict[Part, str], work: Iterable[str]) -> frozenset[str]:
    """Return the exact facts by which the search can be narrowed."""
    found = {f"language={fold(line)}" for line in lines(readable.get(Part.LANGUAGES, ""))}
    found |= {f"theme={fold(line)}" for line in lines(readable.get(Part.THEMES, ""))}
    found |= {f"place={word}" for word in fold(readable.get(Part.PLACE, "")).split()}
    if Part.AVAILABILITY in readable:
        found |= {f"work={kind}" for kind in work}
    found |= {
        f"has={part.value}"
        for part in (Part.OFFERS, Part.LOOKING_FOR, Part.LEARNING, Part.SHARING)
        if readable.get(part)
    }
    return frozenset(found)
