"""Settings: read from the environment in this one place, checked at the start, with words on what
to do.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MEGABYTE = 1024 * 1024
SHORTEST_SECRET = 32  # letters; 256 bits in base64 are longer than that


class ConfigError(Exception):
    """A setting that cannot be used; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between one installation and another. See docs/operating.md."""

    instance: Path
    database_url: str
    secret_key: str
    base_url: str
    smtp_url: str = ""
    mail_from: str = "commonweal@localhost"
    source_url: str = ""
    redis_url: str = ""
    proxies: int = 0
    threads: int = 8
    testing: bool = False
    largest_body: int = 6 * MEGABYTE

    @property
    def embedded(self) -> bool:
        """Whether the database is a file in the instance folder."""
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """Whether people reach the network over https."""
        return self.base_url.startswith("https:")

    @property
    def domain(self) -> str:
        """The name of the network's host, which calendar entries bear for good."""
        return str(urlsplit(self.base_url).hostname)


def read_settings(
    environ: Mapping[str, str] = os.environ, *, served_at: str = "http://127.0.0.1:8000"
) -> Settings:
    """Read and check the settings; raise `ConfigError` for one that cannot be used.

    `served_at` is where people reach the network if nothing else is said.
    """
    instance = _instance(Path(environ.get("COMMONWEAL_INSTANCE") or "instance"))
    database_url = environ.get("COMMONWEAL_DATABASE_URL") or f"sqlite:///{instance / 'network.db'}"
    return Settings(
        instance=instance,
        database_url=_database_url(database_url),
        secret_key=_secret(environ.get("COMMONWEAL_SECRET_KEY", ""), instance),
        base_url=_base_url(environ.get("COMMONWEAL_BASE_URL") or served_at),
        smtp_url=_smtp_url(environ.get("COMMONWEAL_SMTP_URL", "")),
        mail_from=environ.get("COMMONWEAL_MAIL_FROM") or "commonweal@localhost",
        source_url=_source_url(environ.get("COMMONWEAL_SOURCE_URL", "")),
        redis_url=_redis_url(environ.get("COMMONWEAL_REDIS_URL", "")),
        proxies=_whole(environ, "COMMONWEAL_PROXIES", default=0, least=0, most=5),
        threads=_whole(environ, "COMMONWEAL_THREADS", default=8, least=2, most=64),
    )


def _instance(folder: Path) -> Path:
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = (
            f"The instance folder {folder} cannot be made ({error.strerror})."
            " Make it writable, or name another one with COMMONWEAL_INSTANCE."
        )
        raise ConfigError(message) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        message = (
            f"The instance folder {folder} is not writable for this account."
            " Change its owner, or name another one with COMMONWEAL_INSTANCE."
        )
        raise ConfigError(message)
    return folder


def _secret(given: str, instance: Path) -> str:
    if given and len(given) < SHORTEST_SECRET:
        message = (
            f"COMMONWEAL_SECRET_KEY has to be at least {SHORTEST_SECRET} letters long;"
            " leave it out and one is made and kept."
        )
        raise ConfigError(message)
    try:
        return given or _kept_secret(instance / "secret_key")
    except OSError as error:
        message = (
            f"The secret key in {error.filename} cannot be read ({error.strerror})."
            " Give the file to this account."
        )
        raise ConfigError(message) from error


def _kept_secret(path: Path) -> str:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # processes that start together agree on one key
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
    finally:
        os.close(folder)
    key = path.read_text().strip()
    if len(key) < SHORTEST_SECRET:
        message = (
            f"The secret key in {path} is too short."
            " Delete the file: a new one is made, and everybody signs in again."
        )
        raise ConfigError(message)
    return key


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        message = (
            "COMMONWEAL_DATABASE_URL is not a database address."
            " It looks like postgresql://user:password@host/name, or leave it out to use a file."
        )
        raise ConfigError(message) from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        message = (
            f"COMMONWEAL_DATABASE_URL names {url.drivername};"
            " only sqlite and postgresql are supported."
        )
        raise ConfigError(message)
    return url.render_as_string(hide_password=False)


def _base_url(text: str) -> str:
    parts = _parts(text, "http", "https")
    if parts is None or parts.path.strip("/") or parts.query or parts.fragment:
        message = f"COMMONWEAL_BASE_URL is {text!r}; it has to look like https://network.example."
        raise ConfigError(message)
    return parts.geturl().rstrip("/")


def _smtp_url(text: str) -> str:
    if text and _parts(text, "smtp", "smtps") is None:
        message = (
            "COMMONWEAL_SMTP_URL has to look like smtp://user:password@host:587"
            " (smtps:// for TLS from the start)."
        )
        raise ConfigError(message)
    return text


def _source_url(text: str) -> str:
    if text and _parts(text, "http", "https") is None:
        message = "COMMONWEAL_SOURCE_URL has to look like https://code.example/commonweal."
        raise ConfigError(message)
    return text


def _redis_url(text: str) -> str:
    if text and not text.startswith("unix:") and _parts(text, "redis", "rediss") is None:
        message = "COMMONWEAL_REDIS_URL has to look like redis://host:6379/0."
        raise ConfigError(message)
    return text


def _parts(text: str, *schemes: str) -> SplitResult | None:
    """Return the parts of an address with one of these schemes and a host, or None."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and parts.hostname and (parts.port or 1)
    except ValueError:  # a bracket that does not close, a port that is no number
        return None
    return parts if usable else None


def _whole(environ: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        message = f"{name} is {text!r}; it has to be a whole number from {least} to {most}."
        raise ConfigError(message)
    return int(text)
