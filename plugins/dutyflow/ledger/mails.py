"""The mails as they went out, kept in the transaction that records their going."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from .errors import UnknownKey
from .tables import mails

_FAST = 1  # most of a mail is base64, of which a slower way makes hardly less
_ADD: dict[str, Insert] = {
    "sqlite": sqlite.insert(mails).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(mails).on_conflict_do_nothing(),
}


def keep(connection: Connection, text: bytes) -> str:
    """Keep a mail, once, and give the name to get it by: its SHA-256 in hex."""
    sha = hashlib.sha256(text).hexdigest()
    values: dict[str, Any] = {"sha": sha, "deflated": zlib.compress(text, _FAST)}
    connection.execute(_ADD[connection.dialect.name], values)
    return sha


def find(connection: Connection, sha: str) -> bytes:
    """Raises UnknownKey."""
    deflated = connection.execute(select(mails.c.deflated).where(mails.c.sha == sha)).scalar()
    if deflated is None:
        raise UnknownKey("信件", sha)
    return zlib.decompress(deflated)
