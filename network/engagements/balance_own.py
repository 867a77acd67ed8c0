"""From what a member signed, and what they wrote of work elsewhere, to what a balance counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo

from network.engagements.balance import Piece
from network.engagements.balance_ends import End, What, last_of, notice_of, raised_from
from network.engagements.kinds import Cash, Clause, EngagementState, Kind, Period
from network.engagements.models import IDLE, OutsideWork
from network.engagements.money import Money
from network.engagements.promises import PROMISES, Promise
from network.engagements.queries.portfolio import Held, Own
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.members.kinds import Work
from network.text import fold
from network.translation import _

ME, THEM = "me", "them"
# So many people are named; more are “and others”.
MOST_NAMES = 3


def pieces(own: Own, *, left_out: Collection[str], today: date, zone: tzinfo) -> Iterator[Piece]:
    """Yield what a balance counts: work that is agreed, terms on the table as if they were, but for
    those left out by their keys, and work elsewhere. What terms on the table would change counts as
    they say, not twice.
    """
    counted = [held for held in own.open if held.negotiation.key not in left_out]
    changed = {held.negotiation.engagement_id for held in counted} - {None}
    for held in own.agreed:
        if held.negotiation.engagement_id not in changed:
            yield _piece(held, today, zone)
    for held in counted:
        yield _piece(held, today, zone)
    for work in own.outside:
        yield of_outside(work, today)


def of_outside(work: OutsideWork, today: date) -> Piece:
    """Return work elsewhere in the form of terms, so that it is counted as terms are."""
    starts = work.starts or today
    money = Money(work.currency, work.minor) if work.minor else None
    terms = Terms(
        work.title or work.whom,
        Work.PROJECT,
        times=(TimeLine("t", ME, work.half_days, work.time_period, starts, work.ends),),
        cash=(CashLine("c", _sort(work.money_period), THEM, ME, money, work.money_period),)
        if money
        else (),
        others=(OtherLine("o", Kind.OTHER, THEM, ME, work.others),) if work.others else (),
    )
    return Piece(fold(work.whom), work.whom, terms, ME, today)


def promises(own: Own, *, today: date, zone: tzinfo) -> Iterator[Promise]:
    """Yield what the member promised about working for others, in agreed terms and elsewhere."""
    for held in own.agreed:
        for clause in PROMISES:
            if words := held.terms.clause(clause):
                yield Promise(
                    called(held),
                    words,
                    clause,
                    _engagement_key(held),
                    over=_over(held, today, zone),
                )
    for work in own.outside:
        if work.promise:
            over = work.ends if work.ends and work.ends < today else None
            yield Promise(work.whom, work.promise, Clause.EXCLUSIVITY, outside=work.key, over=over)


def ends(own: Own, *, today: date, zone: tzinfo) -> Iterator[End]:
    """Yield what ends, from today on."""
    for held in own.open:
        yield _end_of_offer(held, zone)
    for held in own.agreed:
        yield from _end_of_work(held, today, zone)
    for work in own.outside:
        if work.ends is not None and work.ends >= today:
            yield End(What.OUTSIDE, work.whom, work.ends, outside=work.key)


def called(held: Held) -> str:
    """Return what the other side of terms is called: its organisations, else its people."""
    known = [party for party in held.others if party.id in held.named]
    own = held.mine.organisation_name
    names = [each.organisation_name for each in known if each.organisation_name not in {"", own}]
    names = list(dict.fromkeys(names or [party.name for party in known]))
    if not names:
        return str(_("one of the parties"))
    return in_a_row(names[:MOST_NAMES], more=len(names) > MOST_NAMES)


def in_a_row(names: Iterable[str], *, more: bool = False) -> str:
    """Return names as one says them: “Ama, Bea and Cai”."""
    *before, last = [*names, *([str(_("others"))] if more else [])]
    if not before:
        return last
    return str(_("%(names)s and %(last)s", names=", ".join(before), last=last))


def _sort(period: Period) -> Cash:
    return Cash.DAY_RATE if period is Period.DAY else Cash.FIXED


def _relation(held: Held) -> str:
    """Return what groups terms: the same organisations, or the same people.

    Terms in which nobody can be named stand by themselves: they must not tell whose they are.
    """
    known = [party for party in held.others if party.id in held.named]
    own = held.mine.organisation_name
    houses = {fold(each.organisation_name) for each in known if each.organisation_name} - {
        fold(own)
    }
    if houses:
        return " + ".join(sorted(houses))
    people = sorted(f"{party.member_id or fold(party.name)}" for party in known)
    return "member " + " ".join(people) if people else f"terms {held.negotiation.key}"


def _piece(held: Held, today: date, zone: tzinfo) -> Piece:
    engagement = held.engagement
    begun = engagement and engagement.begun_at
    of_people = any(not party.organisation_name for party in held.others)
    return Piece(
        _relation(held),
        called(held),
        held.terms,
        held.mine.key,
        _day(begun, zone) if begun else today,
        _until(held, zone),
        on_table=held.is_open,
        has_income=not (held.mine.organisation_name and of_people),
    )


def _until(held: Held, zone: tzinfo) -> date | None:
    """Return the last day that counts: of a pause the day before it, of an end its own."""
    engagement = held.engagement
    if engagement is None:
        return None
    if engagement.paused_at is not None:
        return _day(engagement.paused_at, zone) - timedelta(days=1)
    return _day(engagement.ends_at, zone) if engagement.ends_at else None


def _over(held: Held, today: date, zone: tzinfo) -> date | None:
    ends_at = held.engagement and held.engagement.ends_at
    return _day(ends_at, zone) if ends_at and _day(ends_at, zone) < today else None


def _end_of_offer(held: Held, zone: tzinfo) -> End:
    valid_until = held.version.valid_until
    return End(
        What.LAPSES if valid_until else What.IDLE,
        called(held),
        _day(valid_until or held.negotiation.moved_at + IDLE, zone),
        negotiation=held.negotiation.key,
        version=held.version.number,
        waits=not held.accepted,
    )


def _end_of_work(held: Held, today: date, zone: tzinfo) -> Iterator[End]:
    engagement = held.engagement
    if engagement is None or engagement.state is EngagementState.COMPLETED:
        return
    times = [line for line in held.terms.times if line.party == held.mine.key]
    last, notice = last_of(times or held.terms.times), notice_of(times or held.terms.times)
    said = _day(engagement.ends_at, zone) if engagement.ends_at else None
    day = min(filter(None, (said, last)), default=None)
    if day is None and notice:
        yield End(What.ROLLS, called(held), None, engagement=engagement.key, notice_days=notice)
    elif day is not None and day >= today:
        yield End(
            What.SAID if day == said else What.ENDS,
            called(held),
            day,
            engagement=engagement.key,
            parties=len(held.others) + 1,
            raise_from=raised_from(day, _longest(times)),
            handover=bool(held.terms.clause(Clause.HANDOVER)) and not held.has_left,
        )


def _longest(times: Iterable[TimeLine]) -> int:
    """Return the longest notice of all lines."""
    return max((line.notice_days for line in times), default=0)


def _engagement_key(held: Held) -> str:
    return held.engagement.key if held.engagement else ""


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()
