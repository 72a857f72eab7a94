"""How values are kept, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from dutyflow.calendars.working_days import Closure

# PostgreSQL's text cannot hold NUL, and UTF-8 no lone surrogate; what strangers send has both.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


class NaiveMomentError(ValueError, DontWrapMixin):
    """A datetime without a time zone: nobody could say later when it was."""


class NotJsonError(ValueError, DontWrapMixin):
    """A value that JSON cannot say, such as NaN."""


def utc(moment: datetime) -> datetime:
    """The moment in UTC. Raises NaiveMomentError for a datetime without a time zone."""
    if moment.tzinfo is None:
        raise NaiveMomentError(f"a moment needs a time zone: {moment!r}")
    return moment.astimezone(UTC)


def keepable(text: str) -> str:
    """The text as both databases can keep it: what they cannot hold becomes U+FFFD."""
    return _UNKEEPABLE.sub(_REPLACEMENT, text)


def canonical(value: Any) -> str:
    """JSON with one spelling for equal values. Raises NotJsonError, for NaN too."""
    try:
        text = json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
    except (TypeError, ValueError) as error:
        raise NotJsonError(f"not JSON: {error}") from error
    return keepable(text)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware going in, UTC inside, aware UTC coming out. SQLite has no zones: they are added."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Moments(dict[Any, datetime]):
    """Moments as a database keeps them, each made ours once: many rows have the same few."""

    def __missing__(self, kept: Any) -> datetime:
        moment = kept if isinstance(kept, datetime) else datetime.fromisoformat(kept)
        self[kept] = moment.replace(tzinfo=UTC) if moment.tzinfo is None else utc(moment)
        return self[kept]


class Words(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else keepable(value)


class Json(TypeDecorator[Any]):
    """A JSON value as canonical text: the same bytes on both databases, fit for hashing."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Closures(TypeDecorator[tuple[Closure, ...]]):
    """An office's closures, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Closure, ...] | None, _dialect: Dialect) -> str:
        return canonical([{**vars(each), "day": each.day.isoformat()} for each in value or ()])

    def process_result_value(self, value: str | None, _dialect: Dialect) -> tuple[Closure, ...]:
        return tuple(
            Closure(**{**each, "day": date.fromisoformat(each["day"])})
            for each in json.loads(value or "[]")
        )
