"""The signed stamp in a form that says which assignment it was made for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from itsdangerous import BadData, URLSafeSerializer

from dutyflow.calendars.periods import period_named
from dutyflow.errors import DutyflowError

_SALT = "dutyflow.forms.stamp"
_LONGEST = 2000  # characters; ours are a few hundred


class BadStamp(DutyflowError):
    """The stamp is missing a part, altered, or signed with another secret."""


@dataclass(frozen=True, kw_only=True)
class FormStamp:
    """What a form was made for and from.

    `assignment` is its key, like `pingtung/self_assessment/107H1/business`.
    """

    assignment: str
    form: str
    form_version: int
    plan_hash: str


def sign(stamp: FormStamp, secret: bytes) -> str:
    """The stamp as text that nobody can alter without the secret. Same stamp, same text."""
    return str(_serializer(secret).dumps(asdict(stamp)))


def unsign(text: str, secret: bytes) -> FormStamp:
    """The stamp in a signed text. Raises BadStamp."""
    try:
        if len(text) > _LONGEST:
            raise BadStamp("表單的識別資料太長")
        parts = _serializer(secret).loads(text)
        stamp = FormStamp(**parts)
    except (BadData, TypeError, ValueError):
        raise BadStamp("表單的識別資料不正確或被改過") from None
    return stamp


def spoken(assignment: str) -> str:
    """An assignment's key in words: `107年上半年、組室代號 business`."""
    try:
        _office, _duty, cycle, section = assignment.split("/")
        return f"{period_named(cycle).title}、組室代號 {section}"
    except ValueError:
        return assignment


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=_SALT, serializer=_Compact)


class _Compact:
    """JSON with sorted keys: what is signed does not depend on the order of fields."""

    @staticmethod
    def dumps(value: object) -> str:
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    @staticmethod
    def loads(text: str | bytes) -> object:
        return json.loads(text)
