"""Values that a browser keeps for us and cannot change, signed with the installation's secret."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

LONGEST = 8192  # characters; ours are some hundreds


class Salt(StrEnum):
    """What a signature is for. They look like paths of modules and are not: never change one, else
    whatever was handed out before an upgrade is refused after it."""

    SECTION_SESSION = "dutyflow.web.ticket"
    SECTION_FORM = "dutyflow.web.form"
    SECTION_PATH = "dutyflow.web.place"
    COORDINATOR_FORM = "dutyflow.web.desk.form"
    COORDINATOR_FLASH = "dutyflow.web.desk.said"


class SignedValues:
    """Signs JSON values for one purpose and reads them back; for `max_age` only, where given."""

    def __init__(self, secret: bytes, salt: Salt, *, max_age: timedelta | None = None) -> None:
        self._dumps: Callable[[object], str | bytes]
        self._loads: Callable[[str], Any]
        if max_age is None:
            plain = URLSafeSerializer(secret, salt=salt.value)
            self._dumps, self._loads = plain.dumps, plain.loads
        else:
            timed = URLSafeTimedSerializer(secret, salt=salt.value)
            seconds = int(max_age.total_seconds())
            self._dumps, self._loads = timed.dumps, partial(timed.loads, max_age=seconds)

    def sign(self, value: object) -> str:
        """The value as text that is fit for a cookie, a form or a query."""
        return str(self._dumps(value))

    def read(self, signed: str) -> Any:
        """The value; None for what was not signed with this secret and salt, or is too old."""
        if len(signed) > LONGEST:
            return None
        try:
            return self._loads(signed)
        except (BadData, ValueError):
            return None


def keyed_digest(secret: bytes, salt: Salt, text: str) -> bytes:
    """HMAC-SHA-256: the same for the same text each time, and nothing can be told from it."""
    return hmac.digest(secret, f"{salt.value}\0{text}".encode(), "sha256")
