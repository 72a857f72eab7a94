"""Response headers that say what a browser may do with an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ONE_YEAR_SECONDS = 31_536_000

COMMON_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    # Not `no-referrer`: then browsers send no Origin with a form either, and that is asked for.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


class FramedBy(Enum):
    """Whose pages may show ours in a frame: as CSP says it, and as old browsers are told."""

    NOBODY = ("'none'", "DENY")
    OURSELVES = ("'self'", "SAMEORIGIN")


@dataclass(frozen=True, kw_only=True)
class HeaderPolicy:
    """One app's headers.

    `loads` names what its pages load from us (`style`, `script`, `connect`, `img`); all else is
    forbidden, whoever wrote it. `https` tells browsers to stay on https for a year.
    """

    framed_by: FramedBy
    loads: tuple[str, ...]
    https: bool = False

    @cached_property
    def headers(self) -> dict[str, str]:
        """Those of every answer, unless it sets one itself."""
        headers = {
            "Content-Security-Policy": self._content_policy("form-action 'self'", *self._sources),
            "X-Frame-Options": self.framed_by.value[1],
            **COMMON_HEADERS,
        }
        if self.https:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"
        return headers

    @cached_property
    def file_content_policy(self) -> str:
        """The Content-Security-Policy of a file that is kept and never shown."""
        return "sandbox; " + self._content_policy("form-action 'none'")

    @property
    def _sources(self) -> tuple[str, ...]:
        return tuple(f"{kind}-src 'self'" for kind in self.loads)

    def _content_policy(self, *directives: str) -> str:
        framed = f"frame-ancestors {self.framed_by.value[0]}"
        return "; ".join(("default-src 'none'", *directives, "base-uri 'none'", framed))


class SecurityHeaders:
    """ASGI middleware: adds a policy's headers to every answer; one that is set already stays.

    What fails unexpectedly is answered outside of all middleware: that handler adds
    `policy.headers` itself.
    """

    def __init__(self, app: ASGIApp, *, policy: HeaderPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._policy.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
