"""Where a form was sent from, as browsers say it (RFC 6454)."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(origin: str) -> str:
    """The host and port that an Origin names; "" for what is none, which is nobody's."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
