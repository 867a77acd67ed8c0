from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, func, select

from network import cli, create_app
from network.asks.models import Ask
from network.db import reading, transaction
from network.members.models import Invitation, Member, Network
from network.members.tokens import invitation_token
from network.search import backend
from network.search.port import Condition
from tests.conftest import dispose, post

PURPOSES = (
    "name,purpose,place,theme\nAma,We keep gardens.,Porto,Gardens\nRui,Boats. Rope.,Lagos,B\n"
)


@dataclass
class Commands:
    """Runs commands as somebody at a terminal does, in this process."""

    made: list = field(default_factory=list)

    def __call__(self, *words: str, given: str | None = None) -> Result:
        result = CliRunner().invoke(cli.commands, [str(word) for word in words], input=given)
        for app in self.made:
            dispose(app)
        self.made.clear()
        return result

    def make(self, settings):
        app = create_app(settings)
        self.made.append(app)
        return app


@pytest.fixture
def command(app, instance, postgresql_url, monkeypatch):
    commands = Commands()
    monkeypatch.setattr(cli, "create_app", commands.make)
    monkeypatch.setenv("COMMONWEAL_INSTANCE", str(instance))
    monkeypatch.setenv("COMMONWEAL_SECRET_KEY", app.config["SECRET_KEY"])
    if postgresql_url:
        monkeypatch.setenv("COMMONWEAL_DATABASE_URL", postgresql_url)
    return commands


@pytest.fixture
def begun(command):
    """The same, in an instance folder in which nothing was begun."""
    with transaction() as db:
        db.execute(delete(Network))
    return command


def said(result, *words):
    assert result.exit_code == 0, result.output
    assert [each for each in words if each not in result.output] == [], result.output
    return result


def refused(result, *words):
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert [each for each in words if each not in result.output] == [], result.output
    assert "Traceback" not in result.output
    return result


def count(what):
    with reading() as db:
        return db.scalar(select(func.count()).select_from(what))


def door(result):
    return re.search(r"http://127\.0\.0\.1:8000(/join/\S+)", result.output)[1]


def test_beginning_a_network_prints_the_door_of_its_first_steward(begun, client):
    result = said(begun("init", "--name", "Saltmarsh", "--steward", " Dara@Dara.example "))
    page = client.get(door(result))
    assert page.status_code == 200
    assert "dara@dara.example" in page.text
    data = {"name": "Dara", "password": "a long walk by the sea", "time_zone": "UTC"}
    answer = post(client, door(result), data)
    assert (answer.status_code, client.get("/steward").status_code) == (303, 200)


def test_beginning_asks_for_what_is_not_given(begun):
    said(
        begun("init", given="Saltmarsh\ndara@dara.example\n"),
        "What is the network called",
        "/join/",
    )
    with reading() as db:
        assert db.get_one(Network, 1).name == "Saltmarsh"


def test_a_network_is_begun_once(command):
    refused(command("init", "--name", "Other", "--steward", "d@d.example"), "There is a network")
    assert count(Invitation) == 0
    with reading() as db:
        assert db.get_one(Network, 1).name == "Saltmarsh"


@pytest.mark.parametrize("words", [("init", "--name", "N", "--steward"), ("invite",), ("steward",)])
def test_an_address_that_is_none_is_said(begun, words):
    for address in ("", "dara", "dara@", "a b@c.example", "dara@dara"):
        refused(begun(*words, address), "is not an email address")
    assert (count(Invitation), count(Network)) == (0, 0)


def test_whoever_is_invited_can_come_in_by_the_printed_door(command, client):
    result = said(command("invite", "rui@rui.example", "--name", "Rui Costa"))
    assert "Rui Costa" in client.get(door(result)).text
    again = said(command("invite", "RUI@rui.example"))
    assert client.get(door(result)).status_code != 200 or door(result) == door(again)
    assert client.get(door(again)).status_code == 200


def test_a_member_becomes_a_steward(command, make_member, sign_in):
    hers = sign_in(make_member("ama", name="Ama Lindgren"))
    assert hers.get("/steward").status_code == 404
    said(command("steward", "AMA@ama.example"), "Ama Lindgren is a steward now.")
    assert hers.get("/steward").status_code == 200
    refused(command("steward", "nobody@ama.example"), "No member has this address.")


def test_the_demo_is_written_once_and_can_be_searched(begun, client):
    said(begun("demo"), "A demo network of 60 people is ready.")
    assert (count(Member), count(Ask) > 100) == (60, True)
    assert 'value="ama"' in client.get("/demo").text
    post(client, "/demo/enter", {"handle": "ama"})
    page = client.get("/people?q=meetings").text
    assert "<mark>meetings</mark>" in page
    assert "being rebuilt" not in page
    refused(begun("demo"), "There is a network", "COMMONWEAL_INSTANCE")
    assert said(begun("demo", "--if-empty")).output == ""
    assert count(Member) == 60


def test_no_demo_is_written_into_a_network_of_people(command, make_member):
    make_member("ama")
    refused(command("demo"), "There is a network in this instance folder already.")
    assert said(command("demo", "--if-empty")).output == ""
    assert count(Member) == 1


@pytest.mark.parametrize(("wanted", "people"), [(None, 2), (1, 1), (2, 2), (7, 7)])
def test_a_large_demo_has_as_many_people_as_wanted(begun, tmp_path, wanted, people):
    (tmp_path / "purposes.csv").write_text(PURPOSES)
    words = ["demo", "--purposes", tmp_path / "purposes.csv"]
    words += ["--members", wanted] if wanted else []
    said(begun(*words), f"A demo network of {people} people is ready.")
    assert count(Member) == people


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,purpose,place\nAma,We.,Porto\n", "purposes.csv has no column theme"),
        ("name,purpose,place,theme\n", "purposes.csv has no row"),
        ("", "purposes.csv has no column"),
        ("name,purpose,place,theme\nÅsa,We.,Porto,x\n".encode("latin-1"), "purposes.csv"),
    ],
)
def test_purposes_that_cannot_be_read_are_said_and_nothing_is_begun(begun, tmp_path, text, words):
    path = tmp_path / "purposes.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = begun("demo", "--purposes", path, "--members", "5")
    refused(result, words)
    assert (count(Network), count(Member)) == (0, 0)


@pytest.mark.parametrize("number", ["0", "-1", "many", "2000001"])
def test_a_number_of_people_that_cannot_be_is_said(begun, tmp_path, number):
    (tmp_path / "purposes.csv").write_text(PURPOSES)
    result = begun("demo", "--purposes", tmp_path / "purposes.csv", "--members", number)
    assert (result.exit_code, "Invalid value for '--members'" in result.output) == (2, True)


def test_a_number_without_purposes_is_said(begun):
    result = begun("demo", "--members", "500")
    assert (result.exit_code, "--purposes" in result.output) == (2, True)
    assert count(Member) == 0


def test_the_index_is_made_anew(app, command, make_member):
    for handle in ("ama", "rui"):
        make_member(handle)
    said(command("reindex"), "2 people can be found.")
    assert backend.index(app).state().documents == 2
    assert backend.things(app).state().condition is Condition.OK
    said(command("reindex"), "2 people can be found.", "0 circles, sessions and other things")


ROSTER = (
    "email,name,purpose,offers,Looking for,shoe size\n"
    "ama@lind.example,Ama Lind,We keep kilns.,Glaze,Clay,38\n"
    "rui@costa.example,Rui Costa,,,,\n"
)


@pytest.fixture
def roster(tmp_path, command):
    def run(text):
        (tmp_path / "roster.csv").write_text(text, encoding="utf-8")
        return command("import-roster", tmp_path / "roster.csv")

    return run


def test_a_roster_invites_everybody_in_it(roster):
    said(roster(ROSTER), "'shoe size' means nothing here", "2 invitations are on their way.")
    with reading() as db:
        invited = db.scalars(select(Invitation).order_by(Invitation.id)).all()
        assert [(each.email, each.name) for each in invited] == [
            ("ama@lind.example", "Ama Lind"),
            ("rui@costa.example", "Rui Costa"),
        ]
        assert invited[0].draft == {
            "purpose": "We keep kilns.",
            "offers": "Glaze",
            "looking_for": "Clay",
        }
        assert invited[1].draft == {}


def test_bad_rows_are_listed_with_line_and_reason_and_nobody_is_invited(roster, make_member):
    make_member("ama", email="ama@lind.example")
    bad = ",Nobody,,,,\nkai,Kai,,,,\nrui@costa.example,Rui again,,,,\n"
    result = refused(
        roster(ROSTER + bad),
        "Line 2: ama@lind.example has an account already.",
        "Line 4: nothing is not an email address.",
        "Line 5: kai is not an email address.",
        "Line 6: rui@costa.example stands on line 3 already.",
        "Nobody was invited. Mend these lines and run it again.",
    )
    assert ".." not in result.output
    assert count(Invitation) == 0


def test_a_draft_is_seen_by_the_invited_person_alone(
    app, roster, make_member, sign_in, client, command
):
    steward = sign_in(make_member("dara", steward=True))
    said(roster(ROSTER))
    command("reindex")
    theirs = said(command("invite", "kai@kai.example"))
    for visitor in (steward, client, sign_in(make_member("eli"))):
        for path in ("/", "/people?q=kilns", "/steward", "/join", door(theirs)):
            text = visitor.get(path).text
            assert "We keep kilns." not in text
            assert "Glaze" not in text
    with reading() as db:
        invitation = db.scalar(select(Invitation).where(Invitation.email == "ama@lind.example"))
    token = invitation_token(app.config["SECRET_KEY"], invitation)
    visitor = app.test_client()
    data = {"name": "Ama Lind", "password": "a long walk by the sea", "time_zone": "UTC"}
    answer = post(visitor, f"/join/{token}", data)
    assert "We keep kilns." in visitor.get(answer.location).text
    assert "We keep kilns." not in steward.get("/people/ama-lind").text


def test_inviting_a_roster_again_ends_the_earlier_invitations(roster):
    for _twice in range(2):
        said(roster(ROSTER), "2 invitations are on their way.")
    with reading() as db:
        open_ones = select(func.count(Invitation.id)).where(Invitation.withdrawn_at.is_(None))
        assert db.scalar(open_ones) == 2


def test_what_is_not_there_is_said_by_its_name(command):
    for words in (("import-roster", "nowhere.csv"), ("demo", "--purposes", "nowhere.csv")):
        result = command(*words)
        assert (result.exit_code, "nowhere.csv" in result.output) == (2, True)


def run_main(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["commonweal", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_a_setting_that_cannot_be_used_is_a_sentence_and_no_traceback(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("COMMONWEAL_INSTANCE", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    code = run_main(monkeypatch, "reindex")
    assert str(code).startswith("commonweal: The instance folder")
    assert "COMMONWEAL_INSTANCE" in str(code)


def test_a_refusal_ends_with_a_status(command, monkeypatch, capsys):
    assert run_main(monkeypatch, "steward", "nobody@nobody.example") == 1
    assert "No member has this address." in capsys.readouterr().err
    assert run_main(monkeypatch, "no-such-command") == 2
    for app in command.made:
        dispose(app)


def test_help_names_every_command(command):
    listed = said(command("--help")).output
    for name in cli.commands.commands:
        assert f"  {name}" in listed
        said(command(name, "--help"), "Usage:")
