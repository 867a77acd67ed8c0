from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.smtp import AuthResult, LoginPassword

from network import mail
from network.config import Settings
from network.mail import CalendarPart, Letter, Method, Server, message_for, transport
from tests.conftest import NOON, settings_for
from tests.postbox import Box, mail_server

LETTER = Letter("ama@care.example", "A subject", ("First.", "Second."), "http://x.example/a", "Go")


@pytest.fixture
def box() -> Iterator[Box]:
    with mail_server() as box:
        yield box


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path, "sqlite://")


@pytest.fixture
def through(box: Box, settings: Settings) -> Settings:
    return replace(settings, smtp_url=f"smtp://127.0.0.1:{box.port}")


def a_message(settings: Settings, **changes: object) -> mail.EmailMessage:
    letter = replace(LETTER, **changes)
    return message_for(letter, settings=settings, house="Saltmarsh", event_id=41, now=NOON)


def written(settings: Settings) -> list[Path]:
    return sorted((settings.instance / "mail").iterdir())


def send(settings: Settings, *messages: mail.EmailMessage) -> None:
    with transport(settings) as way:
        for message in messages:
            way.send(message)


def test_a_letter_says_who_it_is_from_and_that_no_person_wrote_it(settings: Settings) -> None:
    message = a_message(settings)
    assert message["From"] == "Saltmarsh <commonweal@localhost>"
    assert message["To"] == "ama@care.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == NOON
    assert message.get_content_type() == "text/plain"
    assert "Second.\n\nGo:\nhttp://x.example/a\n" in message.get_content()


def test_the_same_event_and_person_give_the_same_message_id(settings: Settings) -> None:
    first, again = a_message(settings), a_message(settings, subject="Other")
    other = a_message(settings, to="bea@care.example")
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first["Message-ID"].startswith("<event-41.")
    assert first["Message-ID"].endswith("@127.0.0.1>")
    assert "ama" not in first["Message-ID"]


ENTRY = "BEGIN:VCALENDAR\r\nX-LONG:" + "ж" * 30 + "\r\n жж 🎉\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize("method", Method)
def test_an_entry_for_a_calendar_is_enclosed_beside_the_words(
    settings: Settings, method: Method
) -> None:
    message = a_message(settings, calendar=CalendarPart(method, ENTRY))
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read.get_content_type() == "multipart/mixed"
    words, entry = read.iter_parts()
    assert words.get_content_type() == "text/plain"
    assert "Second." in words.get_content()
    assert entry.get_content_type() == "text/calendar"
    assert entry["Content-Type"].params["method"] == method.value
    assert entry["Content-Type"].params["charset"] == "utf-8"
    assert (entry.get_content_disposition(), entry.get_filename()) == ("attachment", "session.ics")
    assert entry.get_payload(decode=True).decode() == ENTRY


def test_nothing_in_an_entry_becomes_part_of_the_letter(settings: Settings) -> None:
    evil = "\r\n\r\n--\r\nBcc: all@x.example\r\n\r\nBEGIN:VCALENDAR"
    message = a_message(settings, calendar=CalendarPart(Method.CANCEL, evil))
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read["Bcc"] is None
    assert len(list(read.iter_parts())) == 2
    assert b"Bcc" not in message.as_bytes()


@pytest.mark.parametrize(
    "evil", ["\r\nBcc: all@x.example", "\nBcc: all@x.example", "\x00\x85Bcc: a@b.example"]
)
def test_no_header_is_forged_by_a_name_or_a_subject(settings: Settings, evil: str) -> None:
    letter = replace(LETTER, subject="Hello" + evil, paragraphs=("One" + evil,))
    message = message_for(letter, settings=settings, house="Salt" + evil, event_id=1, now=NOON)
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert read["Bcc"] is None
    assert [address.addr_spec for address in read["To"].addresses] == ["ama@care.example"]
    assert [address.addr_spec for address in read["From"].addresses] == ["commonweal@localhost"]


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "a@b.example c@d.example",
        "<a@b.example>",
        "a@b@c.example",
        f"a@{'x' * 70}.example",
        '"a b"@c.example',
        "a",
        "",
    ],
)
def test_what_is_not_one_address_gets_no_letter(settings: Settings, address: str) -> None:
    with pytest.raises(mail.MailRefused):
        a_message(settings, to=address)


def test_an_address_in_other_letters_is_written_to_its_domain_in_ascii(settings: Settings) -> None:
    assert a_message(settings, to="ama@bücher.example")["To"] == "ama@xn--bcher-kva.example"


def test_without_a_server_letters_are_files_only_we_can_read(settings: Settings) -> None:
    with time_machine.travel(NOON, tick=False):
        send(settings, a_message(settings))
    (path,) = written(settings)
    assert path.name == "20261121T120000.000000Z-41.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert message_from_bytes(path.read_bytes())["Subject"] == "A subject"


def test_the_newest_letters_are_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "KEPT", 3)
    with time_machine.travel(NOON, tick=False) as time:
        for _each in range(5):
            time.shift(1)
            send(settings, a_message(settings))
    assert [path.name[13:15] for path in written(settings)] == ["03", "04", "05"]


def test_a_folder_that_cannot_be_written_is_told_apart(settings: Settings) -> None:
    (settings.instance / "mail").write_text("in the way")
    with pytest.raises(mail.MailUnreachable):
        send(settings, a_message(settings))


def test_one_connection_serves_a_batch(through: Settings, box: Box) -> None:
    send(through, a_message(through), a_message(through, to="bea@care.example"))
    assert [each.rcpt_tos for each in box.taken] == [["ama@care.example"], ["bea@care.example"]]
    assert len(box.sessions) == 1
    assert box.greeting == "[127.0.0.1]"


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "error"),
    [
        ("550 no such ama@care.example", "250 OK", mail.MailRefused),
        ("451 later", "250 OK", mail.MailUnavailable),
        ("250 OK", "554 not that", mail.MailRefused),
        ("250 OK", "452 full", mail.MailUnavailable),
    ],
)
def test_what_the_server_answers_decides_the_fate(
    through: Settings, box: Box, to_recipient: str, to_data: str, error: type[mail.MailError]
) -> None:
    box.to_recipient, box.to_data = to_recipient, to_data
    with pytest.raises(error) as caught:
        send(through, a_message(through))
    assert type(caught.value) is error
    assert "ama" not in str(caught.value)


def test_after_a_refusal_the_next_letter_goes_out(through: Settings, box: Box) -> None:
    with transport(through) as way:
        box.to_recipient = "550 no"
        with pytest.raises(mail.MailRefused):
            way.send(a_message(through))
        box.to_recipient = "250 OK"
        way.send(a_message(through, to="bea@care.example"))
    assert len(box.taken) == 1


def test_no_server_at_all_is_told_apart(settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = replace(settings, smtp_url=f"smtp://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(mail.MailUnreachable):
            send(nobody, a_message(settings))


def talk(connection: socket.socket, *answers: bytes) -> None:
    with connection, connection.makefile("rb") as lines:
        for answer in answers:
            connection.sendall(answer)
            if answer.startswith(b"354"):
                while lines.readline() not in {b".\r\n", b""}:
                    pass
            else:
                lines.readline()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([], mail.MailUnreachable),
        ([b"220 hello\r\n", b"250 ok\r\n"], mail.MailUnavailable),
        ([b"220 hello\r\n"] + 3 * [b"250 ok\r\n"] + [b"354 go on\r\n"], mail.MailUncertain),
    ],
)
def test_a_server_that_falls_silent(
    settings: Settings, answers: list[bytes], error: type[mail.MailError]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        talking = threading.Thread(target=lambda: talk(listening.accept()[0], *answers))
        talking.start()
        url = mail.urlsplit(f"smtp://127.0.0.1:{port}")
        with Server(url, hello="x.example", timeout_s=0.5) as way, pytest.raises(error) as caught:
            way.send(a_message(settings))
        talking.join()
    assert type(caught.value) is error


def test_the_password_of_the_mail_account_is_decoded_and_sent(settings: Settings) -> None:
    seen = []

    def check(
        _server: object, _session: object, _envelope: object, _how: str, login: LoginPassword
    ) -> AuthResult:
        seen.append((login.login, login.password))
        return AuthResult(success=True)

    with mail_server(authenticator=check, auth_require_tls=False) as box:
        url = f"smtp://us%40er:p%2Fw@127.0.0.1:{box.port}"
        send(replace(settings, smtp_url=url), a_message(settings))
    assert seen == [(b"us@er", b"p/w")]
    assert len(box.taken) == 1


def test_a_password_never_travels_in_the_clear(
    through: Settings, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "LOOPBACK", frozenset())
    through = replace(through, smtp_url=through.smtp_url.replace("//", "//user:secret@"))
    with pytest.raises(mail.MailUnreachable, match="no TLS"):
        send(through, a_message(through))
    assert box.taken == []
