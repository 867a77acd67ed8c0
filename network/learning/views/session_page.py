"""The page of a session, as its reader may see it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from network import clock
from network.addresses import on_base
from network.db import db
from network.htmx import Page, page
from network.learning import access
from network.learning.access import Seen
from network.learning.beside import SESSION_PARTS, for_session
from network.learning.forms_sessions import PlaceForm, SayForm
from network.learning.shown import shown
from network.members import current


def seen_session(key: str) -> Seen:
    """Return the session at this address, for whoever asks."""
    return access.session_for(db.session, current.member(), key, now=clock.now())


def session_page(
    key: str,
    *,
    status: int = 200,
    form: PlaceForm | None = None,
    **forms: Any,  # noqa: ANN401
) -> Page:
    """Answer with the page of a session; a form of one of its parts that was not taken is given."""
    member, seen = current.member(), seen_session(key)
    facts = shown(db.session, member, seen, on_base)
    kinds = [each.kind for each in facts["places"]]
    form = form or PlaceForm(kind=kinds[0].key if kinds else "", named=True)
    return page(
        "learning/session.html",
        status=status,
        form=form,
        say=SayForm(submission=uuid4().hex),
        session_parts=SESSION_PARTS,
        **facts,
        **for_session(db.session, member, seen, seen.now, **forms),
    )
