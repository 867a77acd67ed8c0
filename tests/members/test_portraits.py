from __future__ import annotations

import io

import pytest
from PIL import Image

from network.db import reading
from network.errors import Invalid
from network.members.models import Portrait
from network.members.portraits import LARGEST_BYTES, portrait_from
from tests.conftest import post


@pytest.fixture
def ama(make_member):
    return make_member("ama")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


def picture(kind="JPEG", size=(600, 900), mode="RGB", **values):
    made = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "P" else 3).save(made, kind, **values)
    return made.getvalue()


def with_place():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 19.0, 45.0)})
    return picture(exif=exif)


def bomb():
    return picture("PNG", (20_000, 20_000), "1")


@pytest.mark.parametrize(
    "sent",
    [
        picture(),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="P"),
        picture("WEBP", (30, 2000)),
        picture("JPEG", mode="CMYK"),
        with_place(),
    ],
)
def test_a_picture_becomes_one_of_ours(sent):
    made = Image.open(io.BytesIO(portrait_from(sent)))
    assert (made.format, made.size, made.mode) == ("WEBP", (416, 512), "RGB")
    assert dict(made.getexif()) == {}
    assert not {"exif", "xmp", "icc_profile"} & set(made.info)


def test_a_picture_taken_on_its_side_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    on_its_side = Image.new("RGB", (512, 416), "white")
    on_its_side.paste("black", (0, 0, 256, 416))
    made = io.BytesIO()
    on_its_side.save(made, "JPEG", exif=exif)
    upright = Image.open(io.BytesIO(portrait_from(made.getvalue())))
    assert upright.getpixel((208, 50))[0] < 50
    assert upright.getpixel((208, 460))[0] > 200


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"These are words.", "not a picture we can read"),
        (b"", "not a picture we can read"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not a picture we can read"),
        (picture()[:500], "not a picture we can read"),
        (picture("GIF"), "not a picture we can read"),
        (picture("PNG", (8000, 5001), "1"), "more than 40 million pixels"),
    ],
    ids=["text", "nothing", "svg", "cut short", "gif", "too many pixels"],
)
def test_a_bad_file_gets_a_clear_sentence(hers, ama, sent, sentence):
    answer = post(hers, "/me/profile/portrait", {"picture": (io.BytesIO(sent), "me.jpg")})
    assert answer.status_code == 422
    assert sentence in answer.text
    with reading() as db:
        assert db.get(Portrait, ama.id) is None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [(bomb(), "not a picture we can read"), (b"x" * (LARGEST_BYTES + 1), "larger than 5 MB")],
    ids=["bomb", "bytes"],
)
def test_a_file_made_to_break_us_is_refused_before_it_opens(sent, sentence):
    with pytest.raises(Invalid, match=sentence):
        portrait_from(sent)


def test_a_portrait_is_kept_shown_and_taken_away(ama, hers):
    sent = {"picture": (io.BytesIO(with_place()), "../../me at home.jpg")}
    assert post(hers, "/me/profile/portrait", sent).status_code == 303
    with reading() as db:
        kept = db.get(Portrait, ama.id).picture
    assert b"Secret camera" not in kept
    assert b"home" not in kept
    assert "/people/ama/portrait" in hers.get("/me/profile").text
    assert post(hers, "/me/profile/portrait/remove").status_code == 303
    with reading() as db:
        assert db.get(Portrait, ama.id) is None
    assert "/people/ama/portrait" not in hers.get("/me/profile").text
