"""A network that cannot start says in a sentence what to do: no traceback, and not exit code 0."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.running import COMMONWEAL, Somebody, environ, free_port, running, until

GIVEN_S = 15
# Where Python itself lies nobody else may read, so it steps down when everything is loaded.
AS_NOBODY = """
import os, sys
import network.cli
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv.pop(1)))
network.cli.main()
"""


def start(
    instance: Path,
    *command: str,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Try to serve; whatever starts after all is ended with everything that it started."""
    words = [*(command or [COMMONWEAL]), "serve", "--port", str(port or free_port())]
    said = ""
    with subprocess.Popen(
        words,
        env=environ(instance, **(settings or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        too_long = threading.Timer(GIVEN_S, end, [process])
        too_long.start()
        for line in process.stdout:
            said += line
            if "Commonweal is at" in line:
                end(process)
        too_long.cancel()
    return subprocess.CompletedProcess(words, process.returncode, said)


def end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def assert_says(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    said = ended.stdout.strip()
    assert ended.returncode > 0, f"it started all the same: {said}"
    assert "Traceback" not in said, said.splitlines()[-1]
    assert [word for word in words if word not in said] == [], said
    assert len(said.splitlines()) <= 2, said


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_named_with_a_way_on(tmp_path: Path, taken: int):
    assert_says(start(tmp_path, port=taken), str(taken), "--port")


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("DATABASE_URL", "not a database", "postgresql://"),
        ("DATABASE_URL", "mysql://localhost/x", "postgresql"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all/network.db", "/nowhere/at/all"),
        ("DATABASE_URL", "postgresql://u@127.0.0.1:9/x", "127.0.0.1"),
        ("SMTP_URL", "mail.example", "smtp://"),
        ("SMTP_URL", "smtp://mail.example:nonsense", "smtp://"),
        ("BASE_URL", "network.example", "https://"),
        ("REDIS_URL", "nonsense", "redis://"),
        ("SECRET_KEY", "short", ""),
        ("THREADS", "0", "whole number"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_it_looks_like(
    tmp_path: Path, setting: str, value: str, words: str
):
    ended = start(tmp_path, settings={f"COMMONWEAL_{setting}": value})
    assert_says(ended, f"COMMONWEAL_{setting}", words)


def test_an_instance_folder_that_is_a_file_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    assert_says(start(tmp_path / "file"), str(tmp_path / "file"), "COMMONWEAL_INSTANCE")


def test_a_database_that_is_no_database_is_named(tmp_path: Path):
    (tmp_path / "network.db").write_bytes(b"These are not the bytes of a database. " * 200)
    assert_says(start(tmp_path), "network.db")


@pytest.fixture
def nobody(tmp_path: Path) -> list[str]:
    """A command run as somebody who may enter and read the test's folder, and write nothing."""
    if os.getuid() != 0:
        pytest.skip("only root may become somebody else")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    return [sys.executable, "-c", AS_NOBODY, str(pwd.getpwnam("nobody").pw_uid)]


def test_an_instance_folder_that_cannot_be_written_is_named(tmp_path: Path, nobody: list[str]):
    (tmp_path / "instance").mkdir(mode=0o755)
    ended = start(tmp_path / "instance", *nobody)
    assert_says(ended, str(tmp_path / "instance"), "COMMONWEAL_INSTANCE")


def test_an_instance_folder_that_cannot_be_made_is_named(tmp_path: Path, nobody: list[str]):
    ended = start(tmp_path / "deeper" / "instance", *nobody)
    assert_says(ended, str(tmp_path / "deeper"), "COMMONWEAL_INSTANCE")


def test_a_key_that_this_account_may_not_read_is_named(tmp_path: Path, nobody: list[str]):
    tmp_path.chmod(0o777)
    (tmp_path / "secret_key").write_text("k" * 64)
    (tmp_path / "secret_key").chmod(0o600)
    assert_says(start(tmp_path, *nobody), str(tmp_path / "secret_key"))


def test_links_in_letters_lead_to_where_the_network_is_served(instance: Path):
    with running(instance, COMMONWEAL_BASE_URL="") as network:
        why = "You count what I cook; show me how."
        fields = {"reason": why, "submission": "once"}
        asked = Somebody(network, "rui").post_form("/people/dawit/connect", **fields)
        assert asked.status_code == 303

        def mine() -> list[str]:
            # The demo owes other letters as well, and any of them may go first.
            return [each.body for each in network.letters if why in each.body]

        until(mine, seconds=10, what="a letter")
        assert f"{network.url}/asks" in mine()[0]
