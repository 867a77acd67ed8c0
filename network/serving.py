"""Running the network: the web process, the worker, and both together on one machine."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from network import create_app
from network.composition import channels
from network.config import ConfigError, Settings
from network.db import disconnect, migrate
from network.events import worker

RESTART_AFTER_S = 2.0
GRACE_S = 10
LOOK_S = 0.5
WORKER = "commonweal-work"  # fifteen letters are what Linux keeps
# What a web server listens to, and a worker does not.
OF_THE_SERVER = (
    *(signal.SIGHUP, signal.SIGQUIT, signal.SIGTTIN, signal.SIGTTOU),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGCHLD),
)

log = logging.getLogger(__name__)


class WebServer(BaseApplication):
    """Gunicorn with one process of threads; `together` also keeps a worker process beside it."""

    def __init__(
        self, app: Flask, settings: Settings, host: str, port: int, *, together: bool
    ) -> None:
        self.app = app
        self.settings = settings
        self.address = f"{host}:{port}"
        self.beside = WorkerProcess(app) if together else None
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
        """Return the application: made once, and shared by those who are forked from here."""
        return self.app

    def _ready(self, server: Any) -> None:  # noqa: ANN401  # gunicorn's arbiter has no types
        sys.stderr.write(f"Commonweal is at http://{self.address}\n")
        # What is loaded by now is shared with the web process, as long as nobody tidies it.
        gc.collect()
        gc.freeze()
        if self.beside is not None:
            self.beside.start(server.LISTENERS)

    def _exit(self, _server: object) -> None:
        if self.beside is not None:
            self.beside.stop()


class WorkerProcess:
    """Keeps one worker process running, and starts it again if it dies.

    It is forked from what is loaded already, which the processes then share; a program started anew
    would take as much memory as all of them.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep, daemon=True)
        self._pid = 0

    def start(self, listening: Sequence[Any]) -> None:
        """Start the worker and watch over it; it lets go of the sockets on which others listen."""
        self._listening = listening
        self._begin()
        self._watch.start()

    def stop(self) -> None:
        """End the worker; it finishes what it is delivering."""
        self._stopping.set()
        self._send(signal.SIGTERM)
        self._watch.join(GRACE_S)
        if self._watch.is_alive():
            self._send(signal.SIGKILL)

    def _keep(self) -> None:
        while True:
            with suppress(ChildProcessError):  # the web server waits for every child, too
                os.waitpid(self._pid, 0)
            self._pid = 0
            if self._stopping.wait(RESTART_AFTER_S):
                return
            self._begin()

    def _send(self, number: signal.Signals) -> None:
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)

    def _begin(self) -> None:
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid:
            return
        failed = 1
        try:
            for each in self._listening:
                each.close()
            for number in OF_THE_SERVER:
                signal.signal(number, signal.SIG_DFL)
            work(self._app, parent=parent)
            failed = 0
        except BaseException:  # nothing of the process that it was forked from may go on in it
            log.exception("The worker has ended.")
        finally:
            sys.stderr.flush()  # nothing else empties it before this end
            os._exit(failed)


def serve(settings: Settings, host: str, port: int, *, together: bool) -> None:
    """Serve until told to stop. Raises `ConfigError` when the port is taken."""
    check_port(host, port)
    app = create_app(settings)
    with app.app_context():
        migrate()
        disconnect()  # no connection may be there twice when the others are forked
    WebServer(app, settings, host, port, together=together).run()


def work(app: Flask, *, parent: int | None = None) -> None:
    """Deliver what events owe, until told to stop, or until whoever started us is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent is not None:
        with suppress(OSError):  # how it is called in a list of processes, where there is a way
            Path("/proc/self/comm").write_text(WORKER)
        threading.Thread(target=_stop_without, args=(parent, stop), daemon=True).start()
    worker.run(app, channels(app), stop)


def _stop_without(parent: int, stop: threading.Event) -> None:
    """Wait until the process that forked us is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(LOOK_S)
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
