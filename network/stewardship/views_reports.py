"""Reporting a message that one can read. How stewards answer is not here yet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash
from flask_babel import gettext as _

from network import clock, limits
from network.db import db
from network.forms import sent
from network.htmx import Page, page, see_other
from network.members import current
from network.stewardship import access_reports as access
from network.stewardship import services_reports as services
from network.stewardship.forms_reports import ReportForm

reports = Blueprint("reports", __name__)


@reports.get("/conversations/<key>/messages/<message_key>/report")
def ask(key: str, message_key: str) -> Page:
    return _form(key, _reportable(key, message_key), ReportForm())


@reports.post("/conversations/<key>/messages/<message_key>/report")
@limits.of_member
def file(key: str, message_key: str) -> Any:  # noqa: ANN401
    found = _reportable(key, message_key)
    form = sent(ReportForm)
    if not form.validate():
        return _form(key, found, form, status=422)
    services.file(
        db.session,
        found.message,
        reporter=current.member(),
        words=form.words.data,
        now=clock.now(),
    )
    flash(_("It is kept for the stewards. Nobody else is told."))
    return see_other("conversations.thread", key=key, _anchor=f"m-{message_key}")


def _form(key: str, found: access.Reportable, form: ReportForm, *, status: int = 200) -> Page:
    return page("stewardship/report.html", key=key, found=found, form=form, status=status)


def _reportable(key: str, message_key: str) -> access.Reportable:
    return access.reportable(db.session, current.member(), key, message_key, now=clock.now())
