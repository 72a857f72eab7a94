"""A stranger's file as a download: kept, never opened in the browser, its type never guessed."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import Response

from dutyflow.mail.text import file_name

from .guarding import FILE_HEADERS

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")


def download(data: bytes, name: str) -> Response:
    """The bytes under the name that they came with, as far as a file can be called so."""
    return Response(
        content=data,
        media_type="application/octet-stream",
        headers={**FILE_HEADERS, "Content-Disposition": disposition(name)},
    )


def disposition(name: str) -> str:
    """Content-Disposition with the name twice (RFC 6266, 4.3): plain, and in UTF-8 (RFC 8187).

    No name can end the header, hide its ending, or be a path.
    """
    whole = file_name(name)
    plain = _NOT_PLAIN.sub("_", whole)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"
