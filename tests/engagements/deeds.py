"""The deeds of the oracle, done with the services as views call them, and what is stored then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from network.engagements.kinds import Cash, Clause, Kind, Period
from network.engagements.models import Acceptance, Negotiation, Party, Version
from network.engagements.money import Money, shares
from network.engagements.services import beginning, negotiating
from network.engagements.terms import CashLine, OtherLine, Share, Terms
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.members.kinds import Work
from network.members.models import Block, Member
from network.organisations.kinds import Speaks
from network.organisations.models import Representative
from tests.conftest import NOON
from tests.engagements.conftest import conversation_of
from tests.engagements.oracle import IDLE, Deed
from tests.organisations.conftest import keep_organisation

PEOPLE = ("ama", "bea", "cai", "dov", "eli")
SAID = {NotFound: "not found", NotAllowed: "not allowed", Conflict: "conflict", Invalid: "invalid"}


def keep_people(db, make_member):
    """Keep five people, each of whom speaks for ferries; return them by id."""
    people = [make_member(name) for name in PEOPLE]
    for each in people:
        keep_organisation(db, NOON, name=f"Ferries of {each.handle}", speakers=[each])
    db.commit()
    return {each.handle: each.id for each in people}


def begin(db, many, signs=(), now=NOON):
    """Begin terms between the first so many; some of them sign for the ferries."""
    people = db.scalars(select(Member).where(Member.handle.in_(PEOPLE[:many]))).all()
    people = sorted(people, key=lambda each: each.handle)
    ferries = dict(
        db.execute(select(Representative.member_id, Representative.organisation_id)).all()
    )
    return beginning.begin(
        db,
        conversation_of(db, people),
        actor=people[0],
        signs={each.id: ferries[each.id] if each.handle in signs else None for each in people},
        now=now,
        submission=uuid4().hex,
    )


def do(db, negotiation_id, deed, now):
    """Do it, as a request does, or be refused."""
    it = db.get_one(Negotiation, negotiation_id)
    actor = db.scalars(select(Member).where(Member.handle == deed.who)).one()
    words = {"actor": actor, "now": now}
    match deed.verb:
        case "put":
            negotiating.put(
                db,
                it,
                terms=terms_of(deed, keys_of(db, it)),
                over=deed.number,
                submission=deed.submission,
                valid_until=deed.until,
                **words,
            )
        case "accept":
            shown = digest_of(db, it, deed.shown)
            negotiating.accept(db, it, number=deed.number, shown=shown, **words)
        case "take_back" | "withdraw":
            getattr(negotiating, deed.verb)(db, it, number=deed.number, **words)
        case "leave" | "close":
            getattr(negotiating, deed.verb)(db, it, **words)
        case "block":
            _block(db, actor, deed.between[0], now)
        case "unblock":
            db.execute(delete(Block).where(Block.blocker_id == actor.id))
        case _:
            _speak(db, actor, again=deed.verb == "speak_again")


def _block(db, member, handle, now):
    blocked = db.scalars(select(Member.id).where(Member.handle == handle)).one()
    pair = {"blocker_id": member.id, "blocked_id": blocked}
    if db.scalar(select(Block).filter_by(**pair)) is None:
        with suppress(IntegrityError), db.begin_nested():  # the same block at the same instant
            db.add(Block(**pair, at=now))


def _speak(db, member, *, again):
    state = {"state": Speaks.ACTIVE, "ended_at": None} if again else {"state": Speaks.ENDED}
    db.execute(
        update(Representative)
        .where(Representative.member_id == member.id)
        .values({"ended_at": NOON, **state})
    )


def terms_of(deed, keys):
    """Money in thousandths from the first to the second, which everybody but the first shares."""
    between = [keys.get(each, each) for each in deed.between]
    giver, team = between[0], between[1:]
    whole = Money("KWD", 1_001)
    parts = zip(team, shares(whole, range(1, len(team) + 1)), strict=True)
    split = tuple(Share(party, amount) for party, amount in parts)
    fee = CashLine(
        "f", Cash.FIXED, giver, team[0], whole, Period.IN_ALL, what=deed.words, split=split
    )
    free = OtherLine("o", Kind.PRO_BONO, giver, team[0], deed.words)
    sound = Terms("A director", Work.PROJECT, {Clause.PURPOSE: deed.words}, cash=(fee,))
    return FLAWS[deed.flaw](sound, fee, free) if deed.flaw else sound


FLAWS = {
    # INV-37
    "a unit is lost": lambda terms, fee, _free: replace(
        terms, cash=(replace(fee, amount=Money("KWD", 1_002)),)
    ),
    "shares in another currency": lambda terms, fee, _free: replace(
        terms, cash=(replace(fee, amount=Money("TND", 1_001)),)
    ),
    # INV-38
    "nothing given": lambda terms, _fee, _free: replace(terms, cash=()),
    "no sum": lambda terms, fee, _free: replace(
        terms, cash=(replace(fee, amount=Money("KWD", 0), split=()),)
    ),
    "for nothing, and paid": lambda terms, _fee, free: replace(terms, others=(free,)),
    # INV-39
    "to oneself": lambda terms, fee, _free: replace(
        terms, cash=(replace(fee, giver=fee.receiver, split=()),)
    ),
    "from a stranger": lambda terms, fee, _free: replace(
        terms, cash=(replace(fee, giver="nobody"),)
    ),
    "no purpose": lambda terms, _fee, _free: replace(terms, clauses={}),
}


def keys_of(db, it):
    rows = db.execute(
        select(Member.handle, Party.key)
        .join(Party, Party.member_id == Member.id)
        .where(Party.negotiation_id == it.id)
    )
    return dict(rows.all())


def digest_of(db, it, number):
    version = db.get(Version, (it.id, number))
    return version.digest if version else "0" * 64


def stored(db, negotiation_id):
    """Return how it stands, in the words of the oracle, out of the tables alone."""
    it = db.execute(select(*Negotiation.__table__.columns).where(Negotiation.id == negotiation_id))
    (row,) = it.all()
    parties = db.execute(
        select(Party.id, Member.handle, Party.left_at)
        .join(Member, Member.id == Party.member_id)
        .where(Party.negotiation_id == negotiation_id)
    ).all()
    names = {party: handle for party, handle, _left in parties}
    accepted = db.scalars(
        select(Acceptance.party_id).where(
            Acceptance.negotiation_id == negotiation_id,
            Acceptance.taken_back_at.is_(None),
            Acceptance.number == row.on_table,
        )
    )
    there = frozenset(handle for _party, handle, left in parties if left is None)
    yes = frozenset(names[each] for each in accepted)
    return row.state.value, row.last, row.on_table, there, yes, row.moved_at


# What somebody might do next. Most of it is sound; the rest has to be refused.

VERBS = (
    *("put",) * 6,
    *("accept",) * 10,
    *("take_back",) * 2,
    *("withdraw", "leave", "close"),
    *("stop_speaking", "speak_again", "block", "unblock"),
)
SOUND = ("",) * 24
acts = st.fixed_dictionaries(
    {
        "verb": st.sampled_from(VERBS),
        "who": st.integers(0, 4),
        "late": st.sampled_from((0, 0, 0, 0, 0, 1)),
        "misread": st.sampled_from((0, 0, 0, 0, 0, 0, 1)),
        "flaw": st.sampled_from((*SOUND, *FLAWS)),
        "others": st.permutations(range(4)),
        "gone": st.sampled_from((False, False, False, True)),
        "days": st.sampled_from((None, None, 7, 30, 90, 0, -1)),
    }
)

# To put sound terms on the table.
FIRST = {
    "verb": "put",
    "who": 0,
    "late": 0,
    "misread": 0,
    "flaw": "",
    "others": (0, 1, 2, 3),
    "gone": False,
    "days": 7,
}


def deed_of(act, oracle, step):
    """Return an act as a deed of somebody who sees how things stand now."""
    names = sorted(oracle.everyone)
    who = names[act["who"] % len(names)]
    if act["verb"] == "block":
        others = [each for each in names if each != who]
        return Deed("block", who, between=(others[act["others"][0] % len(others)],))
    if act["verb"] != "put":
        number = max(0, (oracle.table or oracle.last) - act["late"])
        return Deed(act["verb"], who, number, shown=number - act["misread"])
    there = oracle.everyone if act["gone"] else oracle.parties
    others = [each for each in sorted(there) if each != who] or [names[0]]
    order = [others[n] for n in act["others"] if n < len(others)]
    return Deed(
        "put",
        who,
        max(0, oracle.last - act["late"]),
        between=(who, *order[: 1 + act["who"] % 3]),
        words=f"What {who} wrote in step {step}.",
        flaw=act["flaw"],
        until=None if act["days"] is None else oracle.now + timedelta(days=act["days"]),
        submission=f"step {step}",
    )


waits = st.tuples(
    st.sampled_from(("until", "idle", "on")), st.sampled_from((-1, 0, 0, -18_000, 3600, 720_000))
)


def later(oracle, wait):
    """Return an instant near one at which something ends, or near now."""
    what, seconds = wait
    ends = {"until": oracle.until or oracle.now, "idle": oracle.moved + IDLE, "on": oracle.now}
    return ends[what] + timedelta(seconds=seconds)
