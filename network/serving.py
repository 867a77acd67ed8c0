"""Running the network: the web process, the worker, and both together on one machine."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from gunicorn.app.base import BaseApplication

from network import create_app
from network.composition import channels
from network.config import ConfigError, Settings
from network.db import migrate
from network.events import worker

RESTART_AFTER_S = 2.0
GRACE_S = 10


class WebServer(BaseApplication):
    """Gunicorn with one process of threads; `together` also keeps a worker process beside it."""

    def __init__(self, settings: Settings, host: str, port: int, *, together: bool) -> None:
        self.settings = settings
        self.address = f"{host}:{port}"
        self.beside = WorkerProcess(settings.base_url) if together else None
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        options: dict[str, Any] = {
            "bind": self.address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self.settings.threads,
            "timeout": 60,
            "graceful_timeout": GRACE_S,
            "keepalive": 5,
            "loglevel": "warning",
            "proc_name": "commonweal",
            "control_socket_disable": True,
            "when_ready": self._ready,
            "on_exit": self._exit,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401  # gunicorn types it as any WSGI application
        """Return the application, made in the process that serves it."""
        return create_app(self.settings)

    def _ready(self, _server: object) -> None:
        sys.stderr.write(f"Commonweal is at http://{self.address}\n")
        # What is loaded by now is shared with the web process, as long as nobody tidies it.
        gc.collect()
        gc.freeze()
        if self.beside is not None:
            self.beside.start()

    def _exit(self, _server: object) -> None:
        if self.beside is not None:
            self.beside.stop()


class WorkerProcess:
    """Keeps one worker process running, and starts it again if it dies."""

    def __init__(self, served_at: str) -> None:
        self._served_at = served_at
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the worker and watch over it.

        The first is started here, in the main thread: were the web process forked in the middle of
        it, that would inherit a pipe on which the starting would wait for ever.
        """
        self._process = self._begin()
        threading.Thread(target=self._keep, daemon=True).start()

    def stop(self) -> None:
        """End the worker; it finishes what it is delivering."""
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _keep(self) -> None:
        while self._process is not None:
            self._process.wait()
            if self._stopping.wait(RESTART_AFTER_S):
                return
            self._process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # our own command and our own address
            [sys.executable, "-m", "network.cli", "worker", "--beside", self._served_at],
            stdin=subprocess.PIPE,
        )


def serve(settings: Settings, host: str, port: int, *, together: bool) -> None:
    """Serve until told to stop. Raises `ConfigError` when the port is taken."""
    check_port(host, port)
    app = create_app(settings)
    with app.app_context():
        migrate()
    WebServer(settings, host, port, together=together).run()


def work(settings: Settings, *, until_stdin_ends: bool) -> None:
    """Deliver what events owe, until told to stop, or until whoever started us is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if until_stdin_ends:
        threading.Thread(target=_stop_at_end_of_stdin, args=(stop,), daemon=True).start()
    app = create_app(settings)
    worker.run(app, channels(app), stop)


def _stop_at_end_of_stdin(stop: threading.Event) -> None:
    """Wait for the pipe from our parent to close: it does however the parent dies."""
    os.read(0, 1)
    stop.set()


def check_port(host: str, port: int) -> None:
    """Raise `ConfigError` if nothing can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigError(
                f"Port {port} on {host} cannot be used ({error.strerror})."
                " Stop what uses it, or choose another one with --port (make run PORT=8001)."
            ) from error
