"""Letters on their way out: to a server, or into a folder. Nothing in them forges a header."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from babel.dates import format_date, get_timezone

from network import clock
from network.config import Settings
from network.text import clean, clean_line

TIMEOUT_S = 20.0
KEPT = 500
SUBMISSION_PORT = 587
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
PLAIN_ADDRESS = re.compile(r"[^\s@<>(),:;\"\[\]\\]+@[^\s@<>(),:;\"\[\]\\]+")


class MailError(Exception):
    """A letter that did not go out. The message names no person: it is kept and logged."""


class MailRefused(MailError):
    """The server will not take a letter for this address; asking again changes nothing."""


class MailUnavailable(MailError):
    """The letter did not go out, and may if it is tried again."""


class MailUnreachable(MailUnavailable):
    """There is no server to talk to: no other letter can go out now either."""


class MailUncertain(MailError):
    """The server had the whole letter and then said nothing: nobody can know whether it took it."""


class Method(StrEnum):
    """What a calendar is to do with what it is sent (RFC 5546). Nobody is asked to reply."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An entry for its reader's calendar, sent along with a letter."""

    method: Method
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is written: one subject, some paragraphs, at most one link and one entry for
    their calendar.
    """

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_label: str = ""
    calendar: CalendarPart | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What letters are written with. `link` makes an address from the network's own base."""

    house: str
    language: str
    secret: str
    link: Callable[..., str]
    now: datetime
    # The address of the network itself: whoever gets an entry for a calendar, it comes from there.
    sender: str = ""

    def day(self, when: datetime, zone: str = "UTC") -> str:
        """Write a date as its reader counts days."""
        local = when.astimezone(get_timezone(zone))
        return format_date(local, "d MMMM y", locale=self.language)


class Transport(Protocol):
    """A way out for letters, open for one batch."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def send(self, message: EmailMessage) -> None:
        """Send one message, or raise the `MailError` that says what is known of its fate."""


def transport(settings: Settings) -> Transport:
    """Return the way out that is set: a server, or the folder `mail` of the instance."""
    if settings.smtp_url:
        return Server(urlsplit(settings.smtp_url), hello=_hello(settings.base_url))
    return Folder(settings.instance / "mail")


def _hello(base_url: str) -> str:
    """Return how a mail server is greeted: with the network's own name, not the machine's."""
    host = str(urlsplit(base_url).hostname)
    try:
        return f"[{ip_address(host)}]"
    except ValueError:
        return host


def digest(secret: str, address: str) -> str:
    """Return what stands for an address where the address itself must not stand."""
    return hmac.new(secret.encode(), address.lower().encode(), hashlib.sha256).hexdigest()[:32]


def message_for(
    letter: Letter, *, settings: Settings, house: str, event_id: int, now: datetime
) -> EmailMessage:
    """Return the letter as a message. The same event and person always give the same Message-ID."""
    host = urlsplit(settings.base_url).hostname
    name = digest(settings.secret_key, letter.to)
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = f"<event-{event_id}.{name}@{host}>"
    message["Date"] = format_datetime(now)
    message["From"] = Address(clean_line(house), addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=_plain(letter.to))
    message["Subject"] = clean_line(letter.subject)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_body(letter, house, settings.base_url), cte="quoted-printable")
    if letter.calendar is not None:
        _enclose(message, letter.calendar)
    return message


def _enclose(message: EmailMessage, part: CalendarPart) -> None:
    """Enclose a calendar entry as a file, its method said in the type.

    As an alternative to the words, some programs show it in their place, or as a file that they
    cannot open because it names nobody who attends. As a file it opens in every calendar. In
    base64, so that its folded lines arrive as they were written.
    """
    message.add_attachment(
        part.text,
        subtype="calendar",
        cte="base64",
        filename="session.ics",
        params={"method": part.method.value},
    )


def _body(letter: Letter, house: str, base_url: str) -> str:
    parts = [clean(paragraph) for paragraph in letter.paragraphs]
    if letter.link:
        parts.append(f"{clean_line(letter.link_label)}:\n{letter.link}")
    parts.append(f"-- \n{clean_line(house)}\n{base_url}")
    return "\n\n".join(parts) + "\n"


def _plain(address: str) -> str:
    """Return one address with its domain in ASCII; raise `MailRefused` for anything else."""
    if not PLAIN_ADDRESS.fullmatch(address):
        raise MailRefused("the address is not one")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise MailRefused("the address has no domain that can be looked up") from error


class Folder:
    """Keeps letters as files that only the network's account can read, the newest 500 of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._forget_old()

    def send(self, message: EmailMessage) -> None:
        """Write one message to a file named for its time and event."""
        event = message["Message-ID"].removeprefix("<event-").partition(".")[0]
        name = f"{clock.utc_now():%Y%m%dT%H%M%S.%fZ}-{event}.eml"
        unfinished = self._folder / f".{name}"
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes())
            unfinished.replace(self._folder / name)
        except OSError as error:
            raise MailUnreachable(f"the mail folder: {error.strerror}") from error

    def _forget_old(self) -> None:
        for old in sorted(self._folder.glob("[!.]*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


class Server:
    """Talks to one SMTP server, over one connection for a whole batch."""

    def __init__(self, url: SplitResult, *, hello: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._hello = hello
        self._timeout_s = timeout_s
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, message: EmailMessage) -> None:
        """Hand one message over, connecting first where that is needed."""
        smtp = self._smtp or self._connect()
        try:
            self._envelope(smtp, message["From"].addresses[0], message["To"].addresses[0])
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailUnavailable(_reason(error)) from error
        try:
            code, _answer = smtp.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            self._hang_up()
            raise MailUnavailable(_reason(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailUncertain(_reason(error)) from error
        self._accepted(code, "DATA")

    def _envelope(self, smtp: smtplib.SMTP, sender: Address, recipient: Address) -> None:
        options = []
        if not recipient.addr_spec.isascii():
            if not smtp.has_extn("smtputf8"):
                raise MailRefused("the mail server takes no address in these letters")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, _answer = smtp.mail(sender.addr_spec, options)
        if code != 250:  # noqa: PLR2004  # the one good answer, RFC 5321 4.3.2
            self._hang_up()
            raise MailUnavailable(f"the mail server answered {code} to MAIL FROM")
        self._accepted(smtp.rcpt(recipient.addr_spec)[0], "RCPT TO")

    def _accepted(self, code: int, command: str) -> None:
        if code in {250, 251}:
            return
        self._hang_up()
        reason = f"the mail server answered {code} to {command}"
        raise MailRefused(reason) if code >= 500 else MailUnavailable(reason)  # noqa: PLR2004

    def _connect(self) -> smtplib.SMTP:
        try:
            self._smtp = self._open()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise MailUnreachable(_reason(error)) from error
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        host, user = str(self._url.hostname), unquote(self._url.username or "")
        tls = ssl.create_default_context()
        if self._url.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host,
                self._url.port or 465,
                self._hello,
                timeout=self._timeout_s,
                context=tls,
            )
        else:
            smtp = smtplib.SMTP(host, self._url.port or 25, self._hello, timeout=self._timeout_s)
        self._smtp = smtp
        smtp.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp" and (user or self._url.port == SUBMISSION_PORT):
            if smtp.has_extn("starttls"):
                smtp.starttls(context=tls)
            elif user and host not in LOOPBACK:
                raise MailUnreachable("the mail server offers no TLS for the password")
        if user:
            smtp.login(user, unquote(self._url.password or ""))
        return smtp

    def _hang_up(self) -> None:
        if self._smtp is None:
            return
        smtp, self._smtp = self._smtp, None
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()


def _reason(error: Exception) -> str:
    """Name a failure without the server's words: they repeat addresses."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    return f"the mail server: {type(error).__name__}"
