"""Style sheets, script, fonts: kept for a year under an address that changes with the file,
compressed once.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from werkzeug.wrappers import Response

YEAR_S = 365 * 24 * 3600
COMPRESSED = {".css", ".js", ".svg"}


def init_app(app: Flask) -> None:
    """Version the addresses of static files and answer for them."""
    folder = Path(str(app.static_folder))
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR_S

    @app.url_defaults
    def version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _fingerprint(str(folder / values["filename"]), app.debug)

    @app.after_request
    def compress(response: Response) -> Response:
        path = folder / str((request.view_args or {}).get("filename", ""))
        if request.endpoint != "static" or path.suffix not in COMPRESSED:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code == 200 and request.accept_encodings["gzip"]:  # noqa: PLR2004
            response.close()  # the file as it is, which is not sent
            response.direct_passthrough = False
            response.set_data(_compressed(str(path), path.stat().st_mtime_ns))
            response.content_encoding = "gzip"
        return response


@lru_cache(maxsize=256)
def _fingerprint(path: str, _debug: bool) -> str:  # noqa: FBT001
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
    except OSError:
        return "0"


@lru_cache(maxsize=64)
def _compressed(path: str, _changed_ns: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)
