from __future__ import annotations

import gzip
import re

import pytest

from network import create_app, statics
from network.config import read_settings
from tests.conftest import dispose

YEAR = "max-age=31536000"
STYLE = "/static/css/ground.css"


@pytest.fixture
def get(client):
    """Fetch a file and close it again."""

    def fetch(path, **kwargs):
        answer = client.get(path, **kwargs)
        answer.get_data()
        answer.close()
        return answer

    return fetch


def addresses(client):
    page = client.get("/signin").text
    return [
        each.replace("&amp;", "&") for each in re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    ]


def test_every_file_of_a_page_is_there_under_an_address_that_changes_with_it(client, get):
    found = addresses(client)
    assert len(found) > 3
    for address in found:
        assert re.search(r"\?v=[0-9a-f]{10}$", address), address
        answer = get(address)
        assert answer.status_code == 200
        assert YEAR in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_address_changes_when_the_file_does(tmp_path):
    path = tmp_path / "a.css"
    path.write_text("a { color: red }")
    first = statics._fingerprint(str(path), False)
    path.write_text("a { color: blue }")
    statics._fingerprint.cache_clear()
    assert statics._fingerprint(str(path), False) != first
    assert statics._fingerprint(str(tmp_path / "none.css"), False) == "0"


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        (STYLE, "text/css"),
        ("/static/vendor/htmx.min.js", "text/javascript"),
        ("/static/glyphs.svg", "image/svg+xml"),
    ],
)
@pytest.mark.parametrize("accepts", ["gzip", "gzip, deflate, br", "br;q=1, gzip;q=0.5", "*"])
def test_text_is_compressed_for_those_who_take_it(get, path, type_, accepts):
    plain = get(path)
    packed = get(path, headers={"Accept-Encoding": accepts})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data)
    assert packed.content_type.startswith(type_)
    assert packed.headers["Content-Security-Policy"]


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0"])
def test_whoever_does_not_take_it_gets_it_plain(get, accepts):
    answer = get(STYLE, headers={"Accept-Encoding": accepts})
    assert "Content-Encoding" not in answer.headers
    assert answer.text.isprintable() or "{" in answer.text


def test_proxies_are_told_that_plain_and_packed_differ(get):
    for accepts in ("gzip", "identity"):
        answer = get(STYLE, headers={"Accept-Encoding": accepts})
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_file_is_kept_when_somebody_signs_in(app, make_member, sign_in):
    with sign_in(make_member("ama")).get(STYLE) as answer:
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "Set-Cookie" not in answer.headers


def test_fonts_are_not_compressed_twice(client, get, app):
    font = next((p for p in (statics.Path(app.static_folder)).rglob("*.woff2")), None)
    if font is None:
        pytest.skip("the front end's files were not fetched")
    path = "/static/" + str(font.relative_to(app.static_folder))
    assert "Content-Encoding" not in get(path, headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}], ids=["plain", "packed"])
def test_what_a_browser_has_is_not_sent_again(get, headers):
    first = get(STYLE, headers=headers)
    again = get(STYLE, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in again.headers


def test_the_head_of_a_file_has_no_body(client):
    answer = client.head(STYLE, headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data) == (200, b"")
    answer.close()


@pytest.mark.parametrize(
    "path",
    ["css/none.css", "../config.py", "%2e%2e/config.py", "css/..%2f..%2fconfig.py", "css", ""],
)
def test_nothing_else_is_served(get, path):
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        answer = get(f"/static/{path}", headers=headers)
        assert answer.status_code in {400, 404}
        assert b"COMMONWEAL" not in answer.data


def test_files_need_no_database_and_no_sign_in(tmp_path):
    app = create_app(read_settings({"COMMONWEAL_INSTANCE": str(tmp_path)}))
    with app.test_client().get(STYLE) as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    assert not (tmp_path / "network.db").exists()
    dispose(app)
