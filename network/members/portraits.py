"""Portraits: a picture that was sent becomes one of ours, or a sentence why not.

Nothing of the file is kept: not its metadata, not its name, not a byte as it came.
"""

from __future__ import annotations

import struct
from io import BytesIO

from PIL import Image, ImageOps

from network.errors import Invalid
from network.translation import _

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
SIZE = (416, 512)
# A face is a little above the middle of most pictures of one.
CENTRE = (0.5, 0.4)
QUALITY = 80
ENOUGH = (2048, 2048)
# What Pillow raises for files that are broken, or made to break the reader.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)

NOT_A_PICTURE = _("That file is not a picture we can read. Send a JPEG, a PNG or a WebP.")
TOO_LARGE = _("That file is larger than 5 MB. Send a smaller one.")
TOO_MANY_PIXELS = _("That picture has more than 40 million pixels. Send a smaller one.")


def portrait_from(sent: bytes) -> bytes:
    """Return a WebP of 416 by 512 pixels made of what was sent; raise `Invalid` for no picture.

    Slow (up to a second for the largest): call it before a transaction begins.
    """
    if len(sent) > LARGEST_BYTES:
        raise Invalid(TOO_LARGE, field="picture")
    picture = _decoded(sent)
    made = BytesIO()
    picture.save(made, "WEBP", quality=QUALITY, method=4)
    return made.getvalue()


def _decoded(sent: bytes) -> Image.Image:
    """Return the picture upright, cropped and in plain colours, without anything it carried."""
    try:
        picture = _read(sent)
    except UNREADABLE as error:
        raise Invalid(NOT_A_PICTURE, field="picture") from error
    fitted = ImageOps.fit(picture, SIZE, Image.Resampling.LANCZOS, centering=CENTRE)
    plain = Image.new("RGB", SIZE, "white")
    plain.paste(fitted, mask=fitted)
    return plain


def _read(sent: bytes) -> Image.Image:
    """Return the picture upright and small, with transparency; raise one of `UNREADABLE`."""
    _opened(sent).verify()  # leaves the picture unusable: it is opened again
    picture = _opened(sent)
    if picture.mode in {"1", "P"}:
        picture = picture.convert("RGBA")
    picture.thumbnail(ENOUGH)  # decodes a large JPEG small; what it says of its turn stays
    return ImageOps.exif_transpose(picture).convert("RGBA")


def _opened(sent: bytes) -> Image.Image:
    """Open by content alone; its size is known before a pixel is decoded."""
    picture = Image.open(BytesIO(sent), formats=FORMATS)
    if picture.width * picture.height > LARGEST_PIXELS:
        raise Invalid(TOO_MANY_PIXELS, field="picture")
    return picture
