"""The forms of a member's own profile and participation. What a form does not say stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date
from wtforms import (
    BooleanField,
    FileField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
)

from network.forms import AtMost, LineField, WordsField
from network.members.kinds import (
    DEFAULT_AUDIENCE,
    LONGEST,
    LONGEST_OTHER,
    Audience,
    Part,
    Stage,
    WhoMayAsk,
    WhoMayWrite,
    Work,
)
from network.members.models import Participation, Section
from network.translation import _

AUDIENCES = [
    (int(Audience.ME), _("Only you")),
    (int(Audience.CONNECTIONS), _("Connections")),
    (int(Audience.MEMBERS), _("Members")),
    (int(Audience.WEB), _("Anyone")),
]
# Half days a month: what the dial says, and up to which number it stands for.
ROOM = {
    0: (0, _("nothing new")),
    1: (1, _("a few hours")),
    3: (4, _("a day or two")),
    8: (12, _("about four days")),
    16: (24, _("two days a week")),
    32: (40, _("most of the week")),
}
MONTHS_AHEAD = 11

TITLES = {
    Part.PURPOSE: _("Your purpose"),
    Part.HISTORY: _("Earlier purposes"),
    Part.THEMES: _("Themes"),
    Part.PROBLEMS: _("What you help with"),
    Part.OFFERS: _("What you offer"),
    Part.LOOKING_FOR: _("What you are looking for"),
    Part.LEARNING: _("What you want to learn"),
    Part.SHARING: _("What you can share"),
    Part.STORY: _("Your story"),
    Part.ROLES: _("What you do now"),
    Part.LINKS: _("Links"),
    Part.STAGE: _("Where you are now"),
    Part.PLACE: _("Place"),
    Part.LANGUAGES: _("Languages"),
    Part.AVAILABILITY: _("Room, and what you are open to"),
    Part.CONTACT: _("How to reach you"),
}
HINTS = {
    Part.PURPOSE: _("What you care about, in a sentence or two, as you would say it to somebody."),
    Part.HISTORY: _("Each time your purpose changes, the words before are kept here."),
    Part.THEMES: _("Up to five, one on each line. A word or two each."),
    Part.PROBLEMS: _("What people come to you with. Their words often serve better than a title."),
    Part.OFFERS: _("What you would gladly do for somebody here."),
    Part.LOOKING_FOR: _("What, or whom, it would help you to find."),
    Part.LEARNING: _("Somebody may offer to host it."),
    Part.SHARING: _("What you know well enough to teach, show or talk through."),
    Part.STORY: _("How you came to this. As long or as short as you like."),
    Part.ROLES: _("What you do and where, one on each line, at most six."),
    Part.LINKS: _("At most five, one on each line, each beginning with https://."),
    Part.STAGE: _("It helps others to know what to ask you, and what not."),
    Part.PLACE: _("A town or a region is enough."),
    Part.LANGUAGES: _("Those you are glad to work in, one on each line."),
    Part.CONTACT: _("An address or a number. It is never searched, and never shown to the web."),
}
ROWS = {Part.STORY: 10, Part.PURPOSE: 3, Part.THEMES: 5, Part.PLACE: 1, Part.LINKS: 3}
# In the order in which the page asks for them. Availability has its own page.
ON_THE_PROFILE = tuple(part for part in TITLES if part is not Part.AVAILABILITY)
STAGES = [
    ("", _("Not said")),
    (Stage.INDEPENDENT.value, _("Independent")),
    (Stage.EMPLOYED.value, _("Employed")),
    (Stage.BETWEEN.value, _("Between things")),
    (Stage.EXPLORING.value, _("Exploring the jump")),
]
KINDS_OF_WORK = [
    (Work.FRACTIONAL.value, _("A fractional role")),
    (Work.INTERIM.value, _("An interim role")),
    (Work.PROJECT.value, _("A project")),
    (Work.ADVISORY.value, _("Advice")),
    (Work.BOARD.value, _("A board seat")),
    (Work.COACHING.value, _("Coaching or facilitating")),
    (Work.SPEAKING.value, _("Speaking or writing")),
    (Work.PEER.value, _("Helping a peer, unpaid")),
    (Work.PRO_BONO.value, _("Pro bono work")),
]
ASKERS = [
    (WhoMayAsk.ANYONE.value, _("Any member")),
    (WhoMayAsk.SHARED.value, _("People with whom I share a connection")),
    (WhoMayAsk.INTRODUCED.value, _("Only through an introduction")),
    (WhoMayAsk.NOBODY.value, _("Nobody")),
]
WRITERS = [
    (WhoMayWrite.CONNECTIONS.value, _("My connections")),
    (WhoMayWrite.SHARED.value, _("Also people with whom I share a connection")),
    (WhoMayWrite.ANYONE.value, _("Any member")),
]


def audiences_of(part: Part) -> list[tuple[int, Any]]:
    """Return who can be let in to a part: contact details are never for the web."""
    return AUDIENCES[:-1] if part is Part.CONTACT else AUDIENCES


class NameForm(Form):
    name = LineField(_("What people call you"), [AtMost(80)])
    pronouns = LineField(_("Pronouns"), [AtMost(30)])


class PictureForm(Form):
    picture = FileField(_("Your portrait"))


class AudienceForm(Form):
    audience = RadioField(_("Who reads it"), choices=AUDIENCES, coerce=int)
    widen = BooleanField(_("Also what I have already written"))


class SeesForm(Form):
    """The dial of every part; `was` is what the dials stood at when they were shown."""

    was = HiddenField()
    widen = SelectMultipleField(choices=[(part.value, title) for part, title in TITLES.items()])

    def turned(self) -> dict[Part, Audience]:
        """Return where the dials now stand that were turned on this page: another page that is
        still open, and shows what has changed since, puts nothing back.
        """
        shown = str(self.was.data)
        if len(shown) != len(TITLES):
            shown = str(self.was.object_data)
        return {
            part: Audience(self[part.value].data)
            for part, was in zip(TITLES, shown, strict=True)
            if str(self[part.value].data) != was
        }


for _part, _title in TITLES.items():
    setattr(SeesForm, _part.value, RadioField(_title, choices=audiences_of(_part), coerce=int))


class PartForm(AudienceForm):
    body = WordsField()


class PurposeForm(PartForm):
    what_changed = LineField(_("What changed?"), [AtMost(300)])


class StageForm(AudienceForm):
    body = RadioField(_("At present I am"), choices=STAGES)


class RoomForm(Form):
    half_days = RadioField(
        _("In a usual month I have room for"),
        choices=[(half_days, words) for half_days, (_most, words) in ROOM.items()],
        coerce=int,
    )
    from_month = SelectField(_("From"))
    when = LineField(_("When suits you"), [AtMost(120)])


class WorkForm(Form):
    work = SelectMultipleField(_("I am open to"), choices=KINDS_OF_WORK)
    pace = LineField(_("At what pace"), [AtMost(120)])


class WhoForm(Form):
    who = RadioField(_("Who may ask to connect with me"), choices=ASKERS)
    invite = SelectField(
        _("Who may ask me into a circle"), choices=ASKERS, default=WhoMayAsk.ANYONE.value
    )
    approach = SelectField(
        _("Who may come to me with work"), choices=ASKERS, default=WhoMayAsk.ANYONE.value
    )


class WaysForm(Form):
    write = RadioField(_("Who may begin a conversation with me"), choices=WRITERS)
    introductions = BooleanField(_("My connections may suggest that I meet somebody they know"))
    way = BooleanField(_("My connections may see whom I could introduce them to"))


class ShieldForm(Form):
    against = LineField(_("Shield me from"), [AtMost(120)])


class PauseForm(Form):
    until = SelectField(_("If you pause, light it again"))

    def ends(self, now: datetime, zone: str) -> datetime | None:
        """Return when the chosen pause is over, in UTC, or None where only the member ends it."""
        if self.until.data == "fortnight":
            return now + timedelta(days=14)
        if self.until.data == "month":
            first = next_month(now.astimezone(ZoneInfo(zone)).date())
            return datetime(first.year, first.month, 1, tzinfo=ZoneInfo(zone))
        return now + timedelta(days=91) if self.until.data == "quarter" else None


@dataclass(frozen=True, slots=True)
class Card:
    """One part of the profile as its owner edits it."""

    part: Part
    section: Section | None
    form: Any = None
    state: str = ""  # what was just done with it: "opened", "left" or "saved"

    @property
    def key(self) -> str:
        """Return the name of the part, in addresses and ids."""
        return self.part.value

    @property
    def title(self) -> str:
        """Return what the part is called to its owner."""
        return str(TITLES[self.part])

    @property
    def hint(self) -> str:
        """Return what to write there."""
        return str(HINTS.get(self.part, ""))

    @property
    def rows(self) -> int:
        """Return how many lines its field shows."""
        return ROWS.get(self.part, 4)

    @property
    def body(self) -> str:
        """Return the words that are kept."""
        return self.section.body if self.section is not None else ""

    @property
    def audience(self) -> int:
        """Return who is let in for what is written from now on."""
        return self.section.audience if self.section else DEFAULT_AUDIENCE[self.part]

    @property
    def shown_to(self) -> int:
        """Return for whom the present words were written."""
        return self.section.shown_to if self.section else self.audience

    @property
    def held(self) -> bool:
        """Whether the present words are for fewer people than what is written from now on."""
        return self.section is not None and self.shown_to < self.audience


def sees_form(sections: Mapping[str, Section], formdata: Any = None) -> Any:  # noqa: ANN401
    """Return the dials of all parts. What is not sent stays as it is kept."""
    levels: Any = {part.value: _audience(part, sections.get(part.value)) for part in TITLES}
    form: Any = SeesForm(formdata, **levels, was="".join(map(str, levels.values())))
    for part in TITLES:
        form[part.value].id = f"see-{part.value}"
    return form


def part_form(part: Part, section: Section | None, formdata: Any = None) -> Any:  # noqa: ANN401
    """Return the form of one part: its words and its dial."""
    values: Any = {"audience": _audience(part, section), "body": section.body if section else ""}
    kinds = {Part.PURPOSE: PurposeForm, Part.STAGE: StageForm, Part.HISTORY: AudienceForm}
    form: Any = kinds.get(part, PartForm)(formdata, **values)
    if part not in {Part.STAGE, Part.HISTORY}:
        form.body.label.text = TITLES[part]
        form.body.validators = [AtMost(LONGEST.get(part, LONGEST_OTHER))]
    for field in form:
        field.id = f"part-{part.value}-{field.short_name}"
        field.label.field_id = field.id
    form.audience.choices = audiences_of(part)
    return form


def card_as_kept(part: Part, section: Section | None) -> Card:
    """Return one part to be read; a purpose that was never said opens by itself."""
    unsaid = part is Part.PURPOSE and not (section and section.body)
    return Card(part, section, part_form(part, section) if unsaid else None)


def room_form(participation: Participation, now: datetime, formdata: Any = None) -> Any:  # noqa: ANN401
    """Return the dial of time, with the months ahead by name."""
    half_days = next(key for key, (most, _w) in ROOM.items() if participation.half_days <= most)
    form: Any = RoomForm(
        formdata,
        half_days=half_days,
        from_month=participation.from_month,
        when=participation.when,
    )
    months = [("", _("now"))]
    month = now.date()
    for _ahead in range(MONTHS_AHEAD):
        month = next_month(month)
        months.append((f"{month:%Y-%m}", format_date(month, "MMMM")))
    form.from_month.choices = months
    if form.from_month.data not in dict(months) and formdata is None:
        form.from_month.data = ""
    return form


def pause_form(now: datetime, zone: str, formdata: Any = None) -> Any:  # noqa: ANN401
    """Return the choice of when the lamp is lit again."""
    form: Any = PauseForm(formdata)
    first = next_month(now.astimezone(ZoneInfo(zone)).date())
    form.until.choices = [
        ("", _("when I say so")),
        ("fortnight", _("in two weeks")),
        ("month", _("on %(day)s", day=format_date(first, "d MMMM"))),
        ("quarter", _("in three months")),
    ]
    return form


def next_month(day: date) -> date:
    """Return the first day of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _audience(part: Part, section: Section | None) -> int:
    return int(section.audience if section is not None else DEFAULT_AUDIENCE[part])
