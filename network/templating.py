"""What every template may use: the house, the person, their words made safe, dates in their own
zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from babel.dates import get_timezone
from flask import Flask, g, url_for
from flask_babel import format_date, format_datetime, get_locale, get_translations
from flask_wtf.csrf import generate_csrf
from jinja2.ext import Extension

from network import clock, text
from network.asks.queries import something_waits
from network.db import db
from network.members import current, labels
from network.members.services.participation import is_paused

INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
# After half a year words about oneself may have changed.
FRESH_FOR = timedelta(days=183)


class Later:
    """A fact that is looked up when a template asks for it, and not before."""

    def __init__(self, look: Callable[[], bool]) -> None:
        self.look = cache(look)

    def __bool__(self) -> bool:
        return self.look()


class Unindented(Extension):
    """Takes the indentation out of templates when they are compiled: a sixth of a page's weight."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source with every line beginning at its first letter."""
        del name, filename
        return INDENTATION.sub("", source)


def init_app(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.filters.update(
        paragraphs=text.paragraphs,
        entries=text.lines,
        markdown=text.rendered,
        initials=text.initials,
        tint=text.tint,
        day=day,
        month=month,
        moment=moment,
        long_ago=long_ago,
        work_word=labels.work_word,
        stage_word=labels.stage_word,
        part_word=labels.part_word,
        coming_month=coming_month,
    )
    with app.test_request_context():
        # Globals, so that macros need no context and are compiled into a module once.
        app.jinja_env.globals.update(
            csrf_token=generate_csrf,
            today_words=today_words,
            glyph=url_for("static", filename="glyphs.svg"),
            lucide=url_for("static", filename="vendor/lucide.svg"),
        )
    app.context_processor(surroundings)
    app.jinja_env.add_extension(Unindented)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # by Babel's extension
        gettext, ngettext, newstyle=True
    )


def surroundings() -> dict[str, Any]:
    """Return what stands on every page."""
    me = current.member_or_none()
    now = clock.now()
    return {
        "house": current.house(),
        "me": me,
        "now": now,
        "waits": Later(lambda: me is not None and something_waits(db.session, me, now)),
        "lamp_out": me is not None and is_paused(me, now),
        "language": str(get_locale()).replace("_", "-"),
    }


def day(when: datetime) -> str:
    """Write a date: the year only where it is not this one."""
    pattern = "d MMMM" if when.year == clock.now().year else "d MMMM y"
    return str(format_datetime(when, pattern))


def month(when: datetime) -> str:
    """Write the month of a date."""
    pattern = "MMMM" if when.year == clock.now().year else "MMMM y"
    return str(format_datetime(when, pattern))


def coming_month(text: str) -> str:
    """Write the month that "2027-01" stands for, or nothing once it has come."""
    if text <= clock.now().strftime("%Y-%m"):
        return ""
    pattern = "MMMM" if text < _next_year() else "MMMM y"
    return str(format_date(date.fromisoformat(f"{text}-01"), pattern))


def long_ago(when: datetime) -> bool:
    """Whether words confirmed then may well be out of date."""
    return when < clock.now() - FRESH_FOR


def moment(when: datetime) -> str:
    """Write a date with its time and zone."""
    zone = get_timezone(current.time_zone())
    return f"{format_datetime(when, 'd MMMM y, HH:mm')} {when.astimezone(zone).tzname()}"


def _next_year() -> str:
    now = clock.now()
    return f"{now.year + 1}-{now.month:02}"


def today_words() -> str:
    """Write this day."""
    return str(format_datetime(clock.now(), "EEEE, d MMMM"))


def catalogue() -> Any:  # noqa: ANN401  # gettext's translations
    """Return this request's translations, looked up once: a page has hundreds of sentences."""
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return g.catalogue


def gettext(sentence: str) -> str:
    """Return a sentence in the language of the house."""
    return str(catalogue().ugettext(sentence))


def ngettext(one: str, many: str, count: int) -> str:
    """Return a sentence about one or many in the language of the house."""
    return str(catalogue().ungettext(one, many, count))
