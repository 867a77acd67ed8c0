"""Delivering letters: written at the last moment for somebody who may still know, and sent once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from flask_babel import force_locale
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network import mail
from network.clock import utc_now
from network.config import Settings
from network.db import reading, transaction
from network.events.models import Delivery
from network.events.services import LEASE
from network.events.worker import Failure
from network.mail import Context, Letter, MailError, Transport
from network.members.queries import network_row
from network.notices.models import SentLetter

# A letter is begun only while the lease on its delivery has this much left.
BEGIN_WITHIN_S = LEASE.total_seconds() / 2

log = logging.getLogger(__name__)

Write = Callable[[Session, Delivery, Context], Sequence[Letter]]


@dataclass(frozen=True, slots=True)
class Office:
    """Where letters are written: the settings, who writes about which event, how links are made."""

    settings: Settings
    writers: Mapping[str, Write]
    link: Callable[..., str]


def deliver_mail(deliveries: Sequence[Delivery], *, office: Office) -> dict[int, Failure]:
    """Write and send what each event asks for; return the failures by delivery.

    When no server can be reached, or the lease runs short, the rest waits for another turn.
    """
    failures: dict[int, Failure] = {}
    hold_back = ""
    began = time.monotonic()
    with mail.transport(office.settings) as transport:
        for delivery in deliveries:
            if time.monotonic() - began > BEGIN_WITHIN_S:
                hold_back = hold_back or "the mail server is too slow for one turn"
            if hold_back:
                failures[delivery.id] = Failure(hold_back)
                continue
            try:
                _deliver(delivery, office, transport)
            except MailError as error:
                refused = isinstance(error, mail.MailRefused)
                failures[delivery.id] = Failure(str(error), final=refused)
                hold_back = str(error) if isinstance(error, mail.MailUnreachable) else ""
            except Exception as error:
                log.exception("The letters of event %s failed.", delivery.event_id)
                failures[delivery.id] = Failure(type(error).__name__)
    return failures


def _deliver(delivery: Delivery, office: Office, transport: Transport) -> None:
    """Send each letter of one event; one that is refused does not hold up the others."""
    refused: mail.MailRefused | None = None
    for letter, house in _written(delivery, office):
        try:
            message = mail.message_for(
                letter,
                settings=office.settings,
                house=house,
                event_id=delivery.event_id,
                now=utc_now(),
            )
            _send_once(message, letter, delivery, office, transport)
        except mail.MailRefused as error:
            refused = error
    if refused is not None:
        raise refused


def _written(delivery: Delivery, office: Office) -> list[tuple[Letter, str]]:
    """Return the letters that are still right to send, each with the name of the house."""
    write = office.writers.get(delivery.event.kind)
    if write is None:
        return []
    with reading() as db:
        row = network_row(db)
        context = Context(
            house=row.name if row is not None else "Commonweal",
            language=row.language if row is not None else "en",
            secret=office.settings.secret_key,
            link=office.link,
            now=utc_now(),
            sender=office.settings.mail_from,
        )
        with force_locale(context.language):
            return [(letter, context.house) for letter in write(db, delivery, context)]


def _send_once(
    message: EmailMessage,
    letter: Letter,
    delivery: Delivery,
    office: Office,
    transport: Transport,
) -> None:
    """Send a message unless it went out before. The note that it did is written first.

    Between that commit and the server's answer lies the one window: a worker killed in it has
    perhaps sent nothing, and nothing is sent again. A certain failure takes the note away.
    """
    digest = mail.digest(office.settings.secret_key, letter.to)
    try:
        with transaction() as db:
            db.add(SentLetter(event_id=delivery.event_id, digest=digest, at=utc_now()))
    except IntegrityError:
        return
    try:
        transport.send(message)
    except mail.MailUncertain:
        log.warning("Whether the letter of event %s arrived is not known.", delivery.event_id)
    except MailError:
        with transaction() as db:
            db.execute(
                delete(SentLetter).where(
                    SentLetter.event_id == delivery.event_id, SentLetter.digest == digest
                )
            )
        raise
