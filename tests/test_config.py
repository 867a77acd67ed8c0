from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace

import pytest

from network import create_app
from network.config import ConfigError, Settings, read_settings
from network.db import migrate, transaction
from network.members.models import Network
from tests.conftest import Browser, dispose, post


@pytest.fixture
def read(tmp_path):
    """Read settings as a process with this environment does."""

    def settings(**given: str) -> Settings:
        environ = {f"COMMONWEAL_{name.upper()}": value for name, value in given.items()}
        return read_settings({"COMMONWEAL_INSTANCE": str(tmp_path / "here"), **environ})

    return settings


def test_nothing_has_to_be_set(read, tmp_path):
    settings = read()
    assert settings.instance == tmp_path / "here"
    assert settings.database_url == f"sqlite:///{tmp_path}/here/network.db"
    assert (settings.base_url, settings.secure) == ("http://127.0.0.1:8000", False)
    assert (settings.smtp_url, settings.redis_url, settings.proxies) == ("", "", 0)
    assert settings.embedded
    assert not settings.testing


@pytest.mark.parametrize(
    "name", ["database_url", "base_url", "smtp_url", "redis_url", "proxies", "threads", "mail_from"]
)
def test_what_is_set_to_nothing_is_as_if_it_were_not_set(read, name):
    assert read(**{name: "", "secret_key": ""}) == read()


def test_the_secret_is_made_once_for_its_owner_alone_and_kept(read, tmp_path):
    secret = read().secret_key
    path = tmp_path / "here" / "secret_key"
    assert len(secret) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "here").stat().st_mode) & 0o077 == 0
    assert read().secret_key == secret == path.read_text()


def test_two_instances_have_two_secrets(read, tmp_path):
    assert read().secret_key != read(instance=str(tmp_path / "there")).secret_key


def test_the_secret_is_made_with_no_regard_to_the_mask_of_the_process(read, tmp_path):
    before = os.umask(0)
    try:
        read()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "here" / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(read):
    made, failed = set(), []

    def start(barrier):
        barrier.wait()
        try:
            made.add(read().secret_key)
        except BaseException as error:  # noqa: BLE001  # whatever ended the thread is the finding
            failed.append(error)

    for _round in range(20):
        barrier = threading.Barrier(4)
        threads = [threading.Thread(target=start, args=(barrier,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        read().instance.joinpath("secret_key").unlink()
        assert (len(made), failed) == (1, [])
        made.clear()


def test_a_given_secret_is_used_and_none_is_made(read, tmp_path):
    assert read(secret_key="k" * 40).secret_key == "k" * 40
    assert not (tmp_path / "here" / "secret_key").exists()


@pytest.mark.parametrize("kept", ["", "short", "\n" * 60])
def test_a_kept_secret_that_is_too_short_is_not_used(read, tmp_path, kept):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "secret_key").write_text(kept)
    with pytest.raises(ConfigError, match=r"too short\. Delete the file: a new one is made"):
        read()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("database_url", "not a database", "COMMONWEAL_DATABASE_URL is not a database address"),
        ("database_url", "mysql://h/n", "COMMONWEAL_DATABASE_URL names mysql; only"),
        ("database_url", "postgresql+psycopg2://h/n", "COMMONWEAL_DATABASE_URL names"),
        ("secret_key", "short", "COMMONWEAL_SECRET_KEY has to be at least 32"),
        ("base_url", "network.example", "COMMONWEAL_BASE_URL is 'network.example'"),
        ("base_url", "ftp://network.example", "COMMONWEAL_BASE_URL"),
        ("base_url", "https://", "COMMONWEAL_BASE_URL"),
        ("base_url", "https://network.example/path", "COMMONWEAL_BASE_URL"),
        ("base_url", "https://[::1", "COMMONWEAL_BASE_URL"),
        ("base_url", "https://network.example:x", "COMMONWEAL_BASE_URL"),
        ("smtp_url", "mail.example", "COMMONWEAL_SMTP_URL has to look like"),
        ("smtp_url", "smtp://", "COMMONWEAL_SMTP_URL has to look like"),
        ("smtp_url", "smtp://mail.example:x", "COMMONWEAL_SMTP_URL has to look like"),
        ("smtp_url", "smtp://[::1", "COMMONWEAL_SMTP_URL has to look like"),
        ("source_url", "code.example", "COMMONWEAL_SOURCE_URL has to look like"),
        ("source_url", "javascript:alert(1)", "COMMONWEAL_SOURCE_URL has to look like"),
        ("redis_url", "nonsense", "COMMONWEAL_REDIS_URL has to look like"),
        ("proxies", "-1", "COMMONWEAL_PROXIES is '-1'; it has to be a whole number"),
        ("proxies", "6", "COMMONWEAL_PROXIES is '6'"),
        ("proxies", "one", "COMMONWEAL_PROXIES is 'one'"),
        ("threads", "0", "COMMONWEAL_THREADS is '0'"),
        ("threads", "1000", "COMMONWEAL_THREADS is '1000'"),
        ("threads", "2.5", "COMMONWEAL_THREADS is '2.5'"),
        ("threads", "²", "COMMONWEAL_THREADS is '²'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_to_do(read, name, value, sentence):
    with pytest.raises(ConfigError) as refused:
        read(**{name: value})
    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", ["database_url", "smtp_url", "secret_key"])
def test_a_refusal_does_not_repeat_a_password(read, name):
    with pytest.raises(ConfigError) as refused:
        read(**{name: {"secret_key": "hunter2"}.get(name, "nonsense://me:hunter2@:x")})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgresql://me:p%40ss@db/net", "postgresql+psycopg://me:p%40ss@db/net"),
        ("postgres://db/net", "postgresql+psycopg://db/net"),
        ("postgresql+psycopg://db/net", "postgresql+psycopg://db/net"),
        ("sqlite:////var/net.db", "sqlite:////var/net.db"),
    ],
)
def test_a_database_is_named_in_the_usual_ways(read, given, kept):
    settings = read(database_url=given)
    assert settings.database_url == kept
    assert settings.embedded == given.startswith("sqlite")


@pytest.mark.parametrize(
    ("given", "kept", "secure"),
    [
        ("https://network.example", "https://network.example", True),
        ("https://network.example/", "https://network.example", True),
        ("HTTPS://network.example", "https://network.example", True),
        ("http://[::1]:8000", "http://[::1]:8000", False),
    ],
)
def test_an_address_says_whether_people_come_by_https(read, given, kept, secure):
    settings = read(base_url=given)
    assert (settings.base_url, settings.secure) == (kept, secure)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp_url", "smtps://me:secret@mail.example:465"),
        ("redis_url", "redis://:secret@cache.example:6379/1"),
        ("source_url", "https://code.example/commonweal"),
        ("mail_from", "post@network.example"),
    ],
)
def test_what_can_be_used_is_kept_as_it_is(read, name, value):
    assert getattr(read(**{name: value}), name) == value


def test_numbers_are_read_as_numbers(read):
    settings = read(proxies="2", threads="16")
    assert (settings.proxies, settings.threads) == (2, 16)


def test_an_instance_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="COMMONWEAL_INSTANCE"):
        read_settings({"COMMONWEAL_INSTANCE": str(tmp_path / "file" / "instance")})


@pytest.fixture(params=["https://network.example", "http://127.0.0.1:8000"])
def served(request, app):
    """The application behind this address, on the database of the test."""
    settings = replace(app.config["SETTINGS"], base_url=request.param)
    other = create_app(settings)
    other.test_client_class = Browser
    with other.app_context():
        migrate()
        yield other, settings.secure, request.param
    dispose(other)


def test_behind_https_cookies_and_answers_say_so(served):
    app, secure, base = served
    client = app.test_client()
    answer = client.get("/signin", base_url=base)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-commonweal=" if secure else "commonweal=")
    assert ("; Secure" in cookie) == secure
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers.get("Strict-Transport-Security") == (
        "max-age=31536000" if secure else None
    )


@pytest.mark.parametrize("referrer", ["https://network.example/signin", "https://evil.example/"])
def test_behind_https_a_form_comes_from_here(app, referrer):
    settings = replace(app.config["SETTINGS"], base_url="https://network.example")
    other = create_app(settings)
    other.test_client_class = Browser
    with other.app_context():
        answer = post_to(other.test_client(), referrer)
    dispose(other)
    assert (answer.status_code == 400) == ("evil" in referrer)


def post_to(client, referrer):
    page = client.get("/signin", base_url="https://network.example").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return client.post(
        "/signin",
        data={"csrf_token": token, "email": "a@a.example", "password": "not the password"},
        base_url="https://network.example",
        headers={"Referer": referrer},
    )


def test_settings_are_not_shared_by_two_applications(app, tmp_path):
    settings = replace(
        app.config["SETTINGS"], instance=tmp_path, database_url=f"sqlite:///{tmp_path}/other.db"
    )
    other = create_app(settings)
    other.test_client_class = Browser
    with other.app_context():
        migrate()
        with transaction() as db:
            db.add(Network(id=1, name="Elsewhere"))
        assert "Elsewhere" in other.test_client().get("/").text
    dispose(other)
    assert "Elsewhere" not in app.test_client().get("/").text
    assert post(app.test_client(), "/signout").status_code in {303, 401}
