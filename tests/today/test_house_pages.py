from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.config import ConfigError, read_settings
from network.members.forms_profile import TITLES
from network.members.kinds import DEFAULT_AUDIENCE, Audience

PAGES = ["/rules", "/who-sees-what", "/accessibility", "/software"]
WORDS = {
    Audience.ME: "Only you",
    Audience.CONNECTIONS: "Your connections",
    Audience.MEMBERS: "Members",
}


@pytest.mark.parametrize("url", PAGES)
def test_anyone_reads_how_the_house_works(client: FlaskClient, url: str) -> None:
    page = client.get(url)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "style=" not in page.text
    assert client.get(url, headers={"HX-Request": "true"}).text.count("<h1") == 1


@pytest.mark.parametrize("url", PAGES)
def test_the_foot_of_every_page_leads_here(client: FlaskClient, url: str) -> None:
    assert f'href="{url}"' in client.get("/signin").text


def test_there_are_six_rules(client: FlaskClient) -> None:
    rules = client.get("/rules").text.split('<ol class="rules">')[1].split("</ol>")[0]
    assert rules.count("<li") == 6
    assert "A no costs nothing." in rules


def test_the_landing_page_has_the_same_six(client: FlaskClient) -> None:
    assert client.get("/").text.count("A no costs nothing.") == 1


def test_who_sees_what_says_what_the_program_does(client: FlaskClient) -> None:
    rows = client.get("/who-sees-what").text.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")
    said = {row.split('scope="row">')[1].split("<")[0]: row for row in rows[1:]}
    for part, title in TITLES.items():
        assert WORDS[DEFAULT_AUDIENCE[part]] in said[str(title)]
    assert "Never" in said["How to reach you"]
    assert "Never" in said["Your connections"]
    assert "Its words are found" in said["Your purpose"]


def test_the_source_is_named_or_owed(client: FlaskClient, app: Flask) -> None:
    page = client.get("/software").text
    assert version("commonweal") in page
    assert "AGPL-3.0-or-later" in page
    assert "Ask the stewards for the source" in page
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], source_url="https://code.example/x")
    assert 'href="https://code.example/x"' in client.get("/software").text


@pytest.mark.parametrize("text", ["javascript:alert(1)", "code.example", "https://"])
def test_an_address_of_the_source_that_leads_nowhere_is_refused(
    text: str, tmp_path: object
) -> None:
    with pytest.raises(ConfigError, match="COMMONWEAL_SOURCE_URL"):
        read_settings({"COMMONWEAL_INSTANCE": str(tmp_path), "COMMONWEAL_SOURCE_URL": text})
