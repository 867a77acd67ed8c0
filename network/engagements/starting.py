"""What terms can begin from: gentle templates, in words that are there to be changed.

A template leaves open what only those who agree can say: what it is for, and every amount.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from network.columns import random_key
from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.money import Money
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.members.kinds import Work
from network.translation import _

CURRENCY = "EUR"


class Start(StrEnum):
    """What terms begin from."""

    FRACTIONAL = "fractional"
    INTERIM = "interim"
    ADVISORY = "advisory"
    PROJECT = "project"
    COACHING = "coaching"
    SPEAKING = "speaking"
    PEER = "peer"
    TEAM = "team"
    EMPTY = "empty"


LABELS = {
    Start.FRACTIONAL: _("A fractional role: some days a month, for a good while"),
    Start.INTERIM: _("An interim lead: most of the week, until somebody stays"),
    Start.ADVISORY: _("Advice, or a seat on a board"),
    Start.PROJECT: _("A project with outcomes"),
    Start.COACHING: _("Coaching or facilitating"),
    Start.SPEAKING: _("Speaking or writing"),
    Start.PEER: _("Peers who give each other something, without money"),
    Start.TEAM: _("A team that shares what it is given"),
    Start.EMPTY: _("An empty page"),
}


@dataclass(frozen=True, slots=True)
class Sides:
    """Who does the work, and for whom, by the keys of the parties."""

    workers: Sequence[str]
    host: str

    @property
    def worker(self) -> str:
        """Return the one who works, or the first of a team."""
        return self.workers[0]


def sides(parties: Mapping[str, bool], reader: str) -> Sides:
    """Return who is likely to work for whom. `parties` says of each whether they sign for an
    organisation: it is worked for; where there is none, `reader` works for the first of the others.
    """
    hosts = [key for key, is_for_organisation in parties.items() if is_for_organisation]
    if not hosts or len(hosts) == len(parties):
        hosts = [key for key in parties if key != reader][:1]
    workers = [key for key in parties if key not in hosts]
    return Sides(sorted(workers, key=lambda key: key != reader), hosts[0])


def begun(start: Start, parties: Mapping[str, bool], reader: str) -> Terms:
    """Return the words of a template for these parties."""
    if start is Start.EMPTY:
        return Terms("", Work.PROJECT)
    return _TEMPLATES[start](sides(parties, reader))


def _usual(**more: str) -> dict[Clause, str]:
    """Return the clauses that most work needs, with those of a template over them."""
    clauses = {
        Clause.CONFIDENTIALITY: _(
            "What one of us tells another in confidence stays between us, and does after the end."
        ),
        Clause.RIGHTS: _(
            "What we make for this work may be used by all of us. What each of us brought stays"
            " theirs."
        ),
        Clause.EXCLUSIVITY: _(
            "Nobody is asked to work for nobody else. Whoever sees two commitments collide says so"
            " first."
        ),
        Clause.ENDING: _("Any of us may end it, in words and with the notice that stands above."),
        Clause.HANDOVER: _(
            "The last days of the work are for handing over, however it ends: notes, people to ask,"
            " and what is not finished."
        ),
        **{Clause(which): words for which, words in more.items()},
    }
    # The language of the house is asked now: what is begun with is somebody's own words from here.
    return {which: str(clauses[which]) for which in Clause if clauses.get(which)}


def _time(party: str, period: Period, notice_days: int = 0) -> TimeLine:
    return TimeLine(random_key(), party, 0, period, notice_days=notice_days)


def _cash(
    who: Sides, sort: Cash, period: Period, *, what: str = "", when: str = "", known_by: str = ""
) -> CashLine:
    return CashLine(
        random_key(),
        sort,
        who.host,
        who.worker,
        Money(CURRENCY, 0),
        period,
        what=str(what),
        when=str(when),
        known_by=str(known_by),
    )


def _other(sort: Kind, giver: str, receiver: str, what: str = "", known_by: str = "") -> OtherLine:
    return OtherLine(random_key(), sort, giver, receiver, str(what), known_by=str(known_by))


def _fractional(who: Sides) -> Terms:
    return Terms(
        str(_("A fractional role")),
        Work.FRACTIONAL,
        _usual(
            authority=_(
                "Within the work each decides about their own days. What binds the organisation is"
                " decided by those who answer for it."
            )
        ),
        times=(_time(who.worker, Period.MONTH, notice_days=30),),
        cash=(
            _cash(
                who,
                Cash.RETAINER,
                Period.MONTH,
                when=_("Invoiced at the end of the month, paid within fourteen days."),
            ),
        ),
        rhythm=Rhythm.SIX_WEEKLY,
    )


def _interim(who: Sides) -> Terms:
    return Terms(
        str(_("An interim lead")),
        Work.INTERIM,
        _usual(
            authority=_(
                "The interim lead decides what the one before them decided. People are hired and"
                " let go only together."
            ),
            handover=_(
                "Whoever stays is chosen with the interim lead, and works beside them for the last"
                " weeks."
            ),
        ),
        times=(_time(who.worker, Period.WEEK, notice_days=30),),
        cash=(
            _cash(
                who,
                Cash.DAY_RATE,
                Period.DAY,
                when=_("Invoiced at the end of the month, paid within fourteen days."),
            ),
        ),
        rhythm=Rhythm.MONTHLY,
    )


def _advisory(who: Sides) -> Terms:
    return Terms(
        str(_("A seat at the table")),
        Work.ADVISORY,
        _usual(
            authority=_("The adviser says what they think, in the room. Others decide."),
            conflicts=_("The adviser says where else they advise before they begin, and later."),
        ),
        times=(_time(who.worker, Period.QUARTER, notice_days=90),),
        cash=(
            _cash(
                who,
                Cash.RETAINER,
                Period.QUARTER,
                when=_("Paid at the beginning of the quarter."),
            ),
        ),
        rhythm=Rhythm.QUARTERLY,
    )


def _project(who: Sides) -> Terms:
    return Terms(
        str(_("A project")),
        Work.PROJECT,
        _usual(
            authority=_("How it is done is for those who do it; what it is for is decided jointly.")
        ),
        times=(_time(who.worker, Period.IN_ALL, notice_days=14),),
        cash=(
            _cash(
                who,
                Cash.MILESTONE,
                Period.IN_ALL,
                what=_("The first part"),
                known_by=_("Those who will use it have tried it and say that it holds."),
            ),
            _cash(
                who,
                Cash.OUTCOME,
                Period.IN_ALL,
                what=_("The whole"),
                known_by=_("It is in use three months later."),
            ),
        ),
        rhythm=Rhythm.FORTNIGHTLY,
    )


def _coaching(who: Sides) -> Terms:
    return Terms(
        str(_("Time to think, together")),
        Work.COACHING,
        _usual(
            confidentiality=_("What is said in a conversation stays in it. Nobody is reported on."),
            ending=_("Either of us may end it at any time. One more conversation closes it well."),
            handover="",
        ),
        times=(_time(who.worker, Period.MONTH),),
        cash=(
            _cash(
                who,
                Cash.FIXED,
                Period.IN_ALL,
                what=_("Six conversations"),
                when=_("Half at the beginning, half at the end."),
            ),
        ),
        rhythm=Rhythm.QUARTERLY,
    )


def _speaking(who: Sides) -> Terms:
    return Terms(
        str(_("An evening, or a text")),
        Work.SPEAKING,
        _usual(
            rights=_(
                "The words stay with whoever wrote them. The host may show a recording for a year,"
                " with their name."
            ),
            confidentiality="",
            exclusivity="",
            ending=_("Whoever has to call it off says so as early as they know."),
            handover="",
        ),
        times=(_time(who.worker, Period.IN_ALL),),
        cash=(
            _cash(
                who,
                Cash.FIXED,
                Period.IN_ALL,
                what=_("The evening, and preparing it"),
                when=_("Within fourteen days after it."),
            ),
        ),
        others=(
            _other(Kind.CREDIT, who.host, who.worker, _("Their name on whatever is printed of it")),
        ),
    )


def _peer(who: Sides) -> Terms:
    return Terms(
        str(_("What we give each other")),
        Work.PEER,
        _usual(
            rights="",
            exclusivity="",
            ending=_("Either of us may end it with a word. What was given stays given."),
            handover="",
        ),
        others=(
            _other(
                Kind.TIME, who.worker, who.host, known_by=_("We ask each other in three months.")
            ),
            _other(
                Kind.LEARNING,
                who.host,
                who.worker,
                known_by=_("We ask each other in three months."),
            ),
        ),
        rhythm=Rhythm.QUARTERLY,
    )


def _team(who: Sides) -> Terms:
    whole = _cash(
        who,
        Cash.FIXED,
        Period.IN_ALL,
        what=_("For the whole team"),
        when=_("Half at the beginning, half when it is done."),
    )
    nothing = Money(CURRENCY, 0)
    split = tuple(Share(worker, nothing) for worker in who.workers) if who.workers[1:] else ()
    return Terms(
        str(_("Work for a team")),
        Work.PROJECT,
        _usual(
            authority=_(
                "The team decides among itself who does what. Whoever leaves it is replaced only"
                " with a yes of all of us."
            )
        ),
        times=tuple(_time(worker, Period.IN_ALL, notice_days=30) for worker in who.workers),
        cash=(replace(whole, split=split),),
        rhythm=Rhythm.MONTHLY,
    )


_TEMPLATES: Mapping[Start, Callable[[Sides], Terms]] = {
    Start.FRACTIONAL: _fractional,
    Start.INTERIM: _interim,
    Start.ADVISORY: _advisory,
    Start.PROJECT: _project,
    Start.COACHING: _coaching,
    Start.SPEAKING: _speaking,
    Start.PEER: _peer,
    Start.TEAM: _team,
}
