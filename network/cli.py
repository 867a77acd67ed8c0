"""The command `commonweal`: setting up, running and looking after a network."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from email_validator import EmailNotValidError, validate_email
from flask import Flask
from sqlalchemy import func, select
from tqdm import tqdm

from network import create_app, serving
from network.clock import utc_now
from network.composition import THINGS
from network.config import ConfigError, Settings, read_settings
from network.db import db, migrate, transaction
from network.demo.large import read_statements, write_large
from network.demo.story import write_story
from network.members import queries
from network.members.documents import all_documents
from network.members.models import Member, Network
from network.members.roster import read_roster
from network.members.services.joining import invite
from network.members.tokens import invitation_token
from network.search import backend, indexer


def main() -> None:
    """Run a command; a setting that cannot be used is said in a sentence, not in a traceback."""
    try:
        commands(standalone_mode=False)
    except ConfigError as error:
        sys.exit(f"commonweal: {error}")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)


@click.group()
def commands() -> None:
    """Run a relationship-first professional network of your own."""


@contextmanager
def opened() -> Iterator[Flask]:
    """Open the network of this environment, its schema brought up to date."""
    app = create_app(read_settings())
    with app.app_context():
        migrate()
        yield app


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the network on one machine: web and worker together."""
    serving.serve(read_settings(served_at=f"http://{host}:{port}"), host, port, together=True)


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def web(host: str, port: int) -> None:
    """Serve web pages alone; deliveries are left to `commonweal worker`."""
    serving.serve(read_settings(), host, port, together=False)


@commands.command()
def worker() -> None:
    """Deliver mail and keep the search index, without serving pages."""
    serving.work(create_app(read_settings()))


@commands.command()
@click.option("--name", prompt="What is the network called", help="What the network is called.")
@click.option("--steward", prompt="Address of its first steward", help="Who runs it.")
def init(name: str, steward: str) -> None:
    """Begin a network, and print the invitation of its first steward."""
    with opened() as app:
        with transaction() as session:
            if queries.network_row(session) is not None:
                raise click.ClickException("There is a network in this instance folder already.")
            session.add(Network(id=1, name=name[:60]))
            invitation = invite(session, email=_address(steward), steward=True, now=utc_now())
        click.echo(_door(app, invitation_token(app.config["SECRET_KEY"], invitation)))


@commands.command(name="invite")
@click.argument("email")
@click.option("--name", default="", help="What the person is called.")
def invite_command(email: str, name: str) -> None:
    """Invite somebody; the letter goes out, and the link is printed too."""
    with opened() as app:
        with transaction() as session:
            invitation = invite(session, email=_address(email), name=name, now=utc_now())
        click.echo(_door(app, invitation_token(app.config["SECRET_KEY"], invitation)))


@commands.command()
@click.argument("email")
def steward(email: str) -> None:
    """Make a member a steward."""
    with opened(), transaction() as session:
        member = queries.member_by_email(session, _address(email))
        if member is None:
            raise click.ClickException("No member has this address.")
        member.steward = True
        click.echo(f"{member.name} is a steward now.")


@commands.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where a network is already.")
@click.option("--purposes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--members", type=click.IntRange(1, 2_000_000), help="How many, with --purposes.")
def demo(*, if_empty: bool, purposes: Path | None, members: int | None) -> None:
    """Write a demo network: sixty invented people, or many with the purposes of a CSV file."""
    if members and purposes is None:
        raise click.UsageError("--members says how many are made of --purposes; name a file, too.")
    with opened() as app:
        if db.session.scalar(select(Network.id)) is not None:
            if if_empty:
                return
            raise click.ClickException(
                "There is a network in this instance folder already."
                " Name another folder with COMMONWEAL_INSTANCE."
            )
        db.session.rollback()
        if purposes is None:
            with transaction() as session:
                secret = app.config["SECRET_KEY"]
                count = write_story(session, now=utc_now(), secret=secret)
        else:
            count = _write_large(purposes, members)
        _rebuild(app)
        indexer.rebuild(backend.things(app), THINGS)
        click.echo(f"A demo network of {count} people is ready.")


@commands.command()
def reindex() -> None:
    """Build the search index anew from the database."""
    with opened() as app:
        click.echo(f"{_rebuild(app)} people can be found.")
        indexer.rebuild(backend.things(app), THINGS)
        things = backend.things(app).state().documents
        click.echo(f"{things} circles, sessions and other things can be found.")


@commands.command(name="import-roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_roster(file: Path) -> None:
    """Invite everybody in a CSV file, each with a draft profile that only they see."""
    roster = read_roster(file)
    for column in roster.ignored:
        click.echo(f"The column {column!r} means nothing here and is left out.", err=True)
    with opened():
        with transaction() as session:
            for entry in roster.entries:
                if queries.member_by_email(session, entry.email) is not None:
                    roster.wrong.append((entry.line, f"{entry.email} has an account already"))
        if roster.wrong:
            for line, fault in sorted(roster.wrong):
                click.echo(f"Line {line}: {fault}.", err=True)
            raise click.ClickException("Nobody was invited. Mend these lines and run it again.")
        with transaction() as session:
            for entry in roster.entries:
                invite(
                    session, email=entry.email, name=entry.name, draft=entry.draft, now=utc_now()
                )
    click.echo(f"{len(roster.entries)} invitations are on their way.")


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise click.ClickException(f"{address!r} is not an email address.") from error
    return address


def _door(app: Flask, token: str) -> str:
    settings: Settings = app.config["SETTINGS"]
    return f"{settings.base_url}/join/{token}"


def _write_large(purposes: Path, members: int | None) -> int:
    try:
        statements = read_statements(purposes)
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{purposes.name} cannot be read: {error}.") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    wanted = members or len(statements)
    with tqdm(total=wanted, unit=" members", desc="Writing", disable=None) as bar:
        for written in write_large(db.engine, statements, wanted, now=utc_now()):
            bar.update(written)
    return wanted


def _rebuild(app: Flask) -> int:
    total = db.session.scalar(select(func.count(Member.id)))
    with tqdm(total=total, unit=" members", desc="Indexing", disable=None) as bar:
        count = 0

        def documents() -> Iterator[Any]:
            nonlocal count
            for document in all_documents(db.session):
                yield document
                count += 1
                bar.update()

        backend.index(app).rebuild(documents())
    return count


if __name__ == "__main__":
    main()
