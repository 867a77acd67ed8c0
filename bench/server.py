"""A network to measure: built by the command, served by the command, asked over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
START_DEADLINE_S = 30


def command(instance: Path, *words: str) -> None:
    """Run a `commonweal` command on an instance folder; its output goes to standard error."""
    subprocess.run(
        [sys.executable, "-m", "network.cli", *words],
        env={**os.environ, "COMMONWEAL_INSTANCE": str(instance)},
        stdout=sys.stderr,
        check=True,
    )


def free_port() -> int:
    """Return a port on the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`commonweal serve`, or another command that listens, for as long as a `with` lasts."""

    def __init__(
        self, words: list[str], port: int, instance: Path, ready: str = "/health/ready"
    ) -> None:
        self.port = port
        self._words = words
        self._ready = ready
        self._env = {**os.environ, "COMMONWEAL_INSTANCE": str(instance)}
        self.start_s = 0.0

    def __enter__(self) -> Self:
        began = time.perf_counter()
        self.process = subprocess.Popen(
            self._words, env=self._env, stdout=sys.stderr, stderr=sys.stderr, start_new_session=True
        )
        while time.perf_counter() - began < START_DEADLINE_S:
            try:
                status, _ = Client(self.port).get(self._ready)
            except OSError:
                time.sleep(0.01)
                continue
            if status == http.client.OK:
                self.start_s = time.perf_counter() - began
                return self
        raise TimeoutError("the server did not start")

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)

    def memory_mb(self) -> float:
        """Return the resident memory of all its processes in MB, pages they share counted once."""
        total = 0
        for status in Path("/proc").glob("[0-9]*/smaps_rollup"):
            try:
                if os.getpgid(int(status.parent.name)) != self.process.pid:
                    continue
                found = re.search(r"^Pss:\s+(\d+)", status.read_text(), re.MULTILINE)
            except OSError:
                continue
            total += int(found[1]) if found else 0
        return total / 1024


class Client:
    """One person with a browser: a kept connection, a cookie, the token of a form."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = ""
        self._token = ""

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask for a page."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, fields: dict[str, str]) -> int:
        """Send a form and return the status."""
        body = urlencode({"csrf_token": self._token, **fields})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, form)[0]

    def enter(self, handle: str) -> None:
        """Come into a demo network as somebody."""
        self._take_token("/signin")
        status = self.post("/demo/enter", {"handle": handle})
        if status != http.client.SEE_OTHER:
            raise RuntimeError(f"nobody could enter as {handle}: {status}")
        self._take_token("/rules")

    def _take_token(self, path: str) -> None:
        found = TOKEN.search(self.get(path)[1].decode())
        self._token = found[1] if found else ""

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        self._connection.request(method, path, body, {"Cookie": self._cookie, **headers})
        answer = self._connection.getresponse()
        content = answer.read()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self._cookie = cookie.partition(";")[0]
        return answer.status, content
