"""What a browser holds once it is let in: a signed cookie for one assignment and one person.

Each assignment has a path of its own and a cookie for that path: two tabs do not get in each
other's way. Nothing in the path is secret; the place opens nothing.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

LASTS = timedelta(hours=12)
COOKIE = "dutyflow"
DOOR_COOKIE = "dutyflow_door"

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,40}")
_SALT = "dutyflow.web.ticket"
_LONGEST = 2000  # characters; ours are some two hundred


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """`since` is a POSIX time in seconds."""

    assignment: str
    email: str
    returns: int
    since: int

    @property
    def holder(self) -> str:
        """What the forms' tokens are made from: the same for each tab in which a link is opened."""
        return f"{self.assignment} {self.email} {self.returns}"

    def is_over(self, now: datetime) -> bool:
        return now.timestamp() >= self.since + LASTS.total_seconds()


def new_ticket(*, assignment: str, email: str, returns: int, now: datetime) -> Ticket:
    return Ticket(
        assignment=assignment,
        email=email,
        returns=returns,
        since=int(now.timestamp()),
    )


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def is_nonce(text: str) -> bool:
    """Whether a browser brings back what `new_nonce` gave it, as far as one can tell."""
    return _NONCE.fullmatch(text) is not None


def signed(ticket: Ticket, secret: bytes) -> str:
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(asdict(ticket)))


def read(cookie: str, secret: bytes) -> Ticket | None:
    """None for what is no ticket of ours."""
    if len(cookie) > _LONGEST:
        return None
    try:
        return Ticket(**URLSafeSerializer(secret, salt=_SALT).loads(cookie))
    except (BadData, TypeError, ValueError):
        return None


def form_token(holder: str, secret: bytes) -> str:
    """What a form has to bring back, so that no other site can send it (CSRF). At the door its
    holder is a nonce, which can be no ticket's: that has blanks."""
    return hmac.digest(secret, f"dutyflow.web.form\0{holder}".encode(), "sha256").hex()[:32]


def place_of(assignment: str, secret: bytes) -> str:
    """Where an assignment's page lies: the same each time, and nothing can be told from it."""
    digest = hmac.digest(secret, f"dutyflow.web.place\0{assignment}".encode(), "sha256")
    return base64.b32encode(digest[:10]).decode().lower()
