"""A network as its steward runs it: `commonweal demo`, then `commonweal serve` on a port of its
own.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import requests
from urllib3.util import Retry

COMMONWEAL = str(Path(sys.executable).parent / "commonweal")
START_S = 20.0
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def environ(instance: Path, **more: str) -> dict[str, str]:
    """Only what a network needs: settings of whoever runs the tests stay out of it."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    return {**kept, "COMMONWEAL_INSTANCE": str(instance), **more}


def write_demo(instance: Path) -> Path:
    subprocess.run(
        [COMMONWEAL, "demo"], env=environ(instance), check=True, capture_output=True, timeout=60
    )
    return instance


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(seen: Callable[[], object], *, seconds: float, what: str) -> float:
    """Wait until something is so; return how long that took."""
    began = time.monotonic()
    while not seen():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass(frozen=True)
class Letter:
    to: str
    body: str


class Running:
    """One `commonweal serve` and all that it starts, in a process group of its own."""

    def __init__(self, instance: Path, **settings: str) -> None:
        self.instance = instance
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [COMMONWEAL, "serve", "--port", str(self.port)]
        self._environ = environ(instance, **{"COMMONWEAL_BASE_URL": self.url, **settings})
        self._log = instance.parent / f"{instance.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )
        until(self._is_ready, seconds=START_S, what=f"ready to serve. It said: {self.said}")

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"it ended by itself: {self.said}"
        with contextlib.suppress(requests.RequestException):
            return "database: ok" in self.condition
        return False

    def kill(self) -> None:
        """kill -9 of everything at once: nobody gets to finish anything."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> int:
        """Ask it to end, as an operator does; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)

    def processes(self, *, called: str = "") -> list[int]:
        """Return the running processes of the group, or those that are called so."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state, _parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
                name = (folder / "comm").read_text().strip()
                if int(group) == self.pid and state != "Z" and called in {"", name}:
                    found.append(int(folder.name))
        return found

    @property
    def owed(self) -> int:
        """Return how many errands the worker still has."""
        path = f"file:{self.instance}/network.db?mode=ro"
        with contextlib.closing(sqlite.connect(path, uri=True)) as db:
            return int(db.execute("SELECT count(*) FROM delivery").fetchone()[0])

    @property
    def letters(self) -> list[Letter]:
        """Return the letters that have gone out, in no order; one with a dot is being written."""
        paths = (self.instance / "mail").glob("[!.]*.eml")
        letters = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths)
        return [Letter(each["To"], each.get_body().get_content()) for each in letters]

    @property
    def condition(self) -> str:
        """Return what the network says of its own health."""
        return requests.get(f"{self.url}/health/ready", timeout=5).text


@contextlib.contextmanager
def running(instance: Path, **settings: str) -> Iterator[Running]:
    network = Running(instance, **settings)
    try:
        network.start()
        yield network
    finally:
        if network._process is not None:
            network.kill()


class Somebody(requests.Session):
    """A member of the demo with a browser of their own, without the browser."""

    def __init__(self, network: Running, handle: str, *, timeout: float = 15) -> None:
        super().__init__()
        # A kept connection that the server closes just now is no answer: looking is done again.
        again = Retry(total=2, allowed_methods={"GET"})
        self.mount("http://", requests.adapters.HTTPAdapter(max_retries=again))
        self.url, self.timeout, self.token = network.url, timeout, ""
        self.token = self._token("/demo")
        entered = self.post_form("/demo/enter", handle=handle)
        assert entered.status_code == 303, entered.text
        self.token = self._token("/rules")

    def _token(self, path: str) -> str:
        found = TOKEN.search(self.read(path).text)
        assert found is not None
        return found[1]

    def read(self, path: str, **arguments: object) -> requests.Response:
        return self.get(self.url + path, timeout=self.timeout, **arguments)

    def post_form(self, path: str, **fields: str) -> requests.Response:
        return self.post(
            self.url + path,
            data={"csrf_token": self.token, **fields},
            timeout=self.timeout,
            allow_redirects=False,
        )

    def found(self, words: str) -> list[str]:
        """Return whom a search finds."""
        page = self.read("/people", params={"q": words})
        assert page.status_code == 200, page.text
        return re.findall(r'<article data-member="([^"]+)"', page.text)


def people(instance: Path) -> Mapping[str, str]:
    """Return the handles and names of the demo network, from its database file."""
    with contextlib.closing(sqlite.connect(f"file:{instance}/network.db?mode=ro", uri=True)) as db:
        return dict(db.execute("SELECT handle, name FROM member ORDER BY id"))
