"""Same-origin check of a posted form, by what the browser says of its sender.

The form tokens are the first protection against forged requests; this is the second, and it holds
where a token has leaked. Schemes are not compared: behind a proxy, an app does not know its own.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request


class CrossOrigin(HTTPException):
    """A form that another site's page has sent."""

    def __init__(self) -> None:
        super().__init__(403)


def check_same_origin(request: Request, hosts: Collection[str]) -> None:
    """Raise CrossOrigin where the browser says that a page of another site has sent this.

    `hosts` are the names, with port, under which people reach us besides the one that the request
    is for; "" counts for none. An old browser may say nothing: then the form token decides.

    Sources: `Sec-Fetch-Site` (W3C, Fetch Metadata Request Headers), `Origin` (RFC 6454, 7).
    """
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise CrossOrigin
    origin = request.headers.get("origin")
    if origin is None:
        if site == "none":  # no page at all has sent it, and so none of ours
            raise CrossOrigin
    elif host_of(origin) not in {request.headers.get("host", ""), *hosts} - {""}:
        raise CrossOrigin


def host_of(address: str) -> str:
    """The host, with port, of an origin or URL; "" for `null` and for what is neither."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
