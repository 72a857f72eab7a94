"""What keeps the page from harm: where a request comes from, what it may do in a browser."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from itsdangerous import BadData, URLSafeTimedSerializer

from dutyflow.web.origins import host_of

from .visitor import Visitor

SEAL = "seal"  # the form's field
SEAL_AGE = 12 * 60 * 60  # seconds: a page that was opened this morning still works
SAID_AGE = 5 * 60  # seconds
FORM_BYTES = 64 * 1024
FORM_FIELDS = 20
NOT_THERE = "找不到這個頁面，或您沒有權限查看"
STALE = "畫面已經過時，請重新整理後再做一次"
ELSEWHERE = "這個要求不是由本頁送出的，未予執行"

# Nothing but our own style, forms that lead here, shown within our own pages. `same-origin` and not
# `no-referrer`: with that a browser hides where a form was sent from.
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'self'; "
        "base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# For what a stranger made: kept as a file, never shown.
FILE_HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


class Refused(HTTPException):
    """A request that is not served, with a sentence for whoever made it."""


class Seals:
    """The mark that a form carries: that it was drawn for this very person, not long ago; and what
    was done, from the page that did it to the next, so that no link can put words here."""

    def __init__(self, secret: bytes) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="dutyflow.web.desk.form")
        self._speaker = URLSafeTimedSerializer(secret, salt="dutyflow.web.desk.said")

    def of(self, visitor: Visitor) -> str:
        return str(self._signer.dumps(visitor.key))

    def check(self, visitor: Visitor, seal: str) -> None:
        """Raises Refused 403."""
        try:
            drawn_for = self._signer.loads(seal, max_age=SEAL_AGE)
        except BadData:
            drawn_for = None
        if drawn_for != visitor.key:
            raise Refused(403, STALE)

    def saying(self, visitor: Visitor, sentence: str) -> str:
        return str(self._speaker.dumps([visitor.key, sentence]))

    def said(self, visitor: Visitor, signed: str) -> str:
        """The sentence; "" for one that was not said to this visitor a moment ago."""
        try:
            key, sentence = self._speaker.loads(signed, max_age=SAID_AGE)
        except (BadData, TypeError, ValueError):
            return ""
        return str(sentence) if key == visitor.key else ""


def check_origin(request: Request, known_hosts: Collection[str]) -> None:
    """A browser says where a form was sent from. Raises Refused 403 where it was not here."""
    origin = request.headers.get("origin")
    if origin is not None:
        here = {request.headers.get("host", ""), *known_hosts}
        if host_of(origin) not in here - {""}:
            raise Refused(403, ELSEWHERE)
    elif request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(403, ELSEWHERE)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, none of it a file. Raises Refused 413, 422."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise Refused(413, "送出的內容太長")
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS
        )
    except (UnicodeDecodeError, ValueError):
        raise Refused(422, "送出的內容無法讀取") from None
    return dict(fields)
