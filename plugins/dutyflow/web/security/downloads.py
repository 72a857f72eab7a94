"""Files as downloads: a browser keeps them, and never opens or guesses at what is in them."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.responses import Response

from dutyflow.mail.text import file_name

from .headers import HeaderPolicy

UNKNOWN_TYPE = "application/octet-stream"

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")


def download(
    data: bytes, name: str, *, policy: HeaderPolicy, media_type: str = UNKNOWN_TYPE
) -> Response:
    """The bytes as a file of this name, or of what is left of it where it is not fit for one.

    Give no type for what a stranger sent.
    """
    return Response(
        content=data,
        media_type=media_type,
        headers={
            "Content-Security-Policy": policy.file_content_policy,
            "Content-Disposition": content_disposition(name),
        },
    )


def content_disposition(name: str) -> str:
    """Content-Disposition with the name twice (RFC 6266, 4.3): plain, and in UTF-8 (RFC 8187).

    No name can end the header, hide its ending, or be a path.
    """
    whole = file_name(name)
    plain = _NOT_PLAIN.sub("_", whole)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe='')}"
