"""Form tokens: proof that a form was filled in on a page that we showed to this very person.

No other site can read one, so none can make a visitor's browser send our forms (CSRF).
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Protocol

from starlette.exceptions import HTTPException

from .signing import Salt, SignedValues, keyed_digest


class StaleForm(HTTPException):
    """A form without a token, with somebody else's, or with one that is too old."""

    def __init__(self) -> None:
        super().__init__(403)


class FormTokens(Protocol):
    """Issues and checks tokens. A holder is a text that tells one visitor from another."""

    def issue(self, holder: str) -> str:
        """The token that a form for this visitor carries."""

    def check(self, token: str, holder: str) -> None:
        """Raise StaleForm unless `issue` gave this token to this visitor."""


class SessionFormTokens:
    """Tokens that last as long as their holder's session: a page in an older tab stays good when
    the session is renewed in another."""

    def __init__(self, secret: bytes, salt: Salt) -> None:
        self._secret = secret
        self._salt = salt

    def issue(self, holder: str) -> str:
        return keyed_digest(self._secret, self._salt, holder).hex()[:32]

    def check(self, token: str, holder: str) -> None:
        if not hmac.compare_digest(token.encode(), self.issue(holder).encode()):
            raise StaleForm


class AgingFormTokens:
    """Tokens with an age of their own, for visitors whose session is not ours to see."""

    def __init__(self, secret: bytes, salt: Salt, *, max_age: timedelta) -> None:
        self._values = SignedValues(secret, salt, max_age=max_age)

    def issue(self, holder: str) -> str:
        return self._values.sign(holder)

    def check(self, token: str, holder: str) -> None:
        if self._values.read(token) != holder:
            raise StaleForm
