"""A throw-away PostgreSQL cluster for the tests, made with Debian's own programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster on a loopback port of its own, yield its address, and stop it."""
    with TemporaryDirectory(prefix="commonweal-postgresql-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's own account has to reach its data
        yield from _running(folder)


def _running(folder: Path) -> Iterator[str]:
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if binaries is None or not (binaries / "initdb").exists():
        message = "PostgreSQL's programs are missing: apt-get install postgresql"
        raise RuntimeError(message)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    data.mkdir()
    run = _as_postgres(data)
    run(binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={data}"
    )
    run(binaries / "pg_ctl", "-D", data, "-w", "-o", options, "-l", data / "log", "start")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _as_postgres(data: Path):
    """PostgreSQL refuses to run as root: step down to its own account where we are root."""
    before: list[str] = []
    if os.getuid() == 0:
        shutil.chown(data, "postgres")
        before = ["runuser", "-u", "postgres", "--"]

    def run(*words: object) -> None:
        subprocess.run([*before, *map(str, words)], check=True, capture_output=True, cwd="/")

    return run
