"""The mails as they went out, kept in the transaction that records their going."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from .errors import UnknownKey
from .tables import mails

_ADD: dict[str, Insert] = {
    "sqlite": sqlite.insert(mails).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(mails).on_conflict_do_nothing(),
}


def keep(connection: Connection, text: bytes) -> str:
    """Keep a mail, once, and give the name to get it by: its SHA-256 in hex."""
    sha = hashlib.sha256(text).hexdigest()
    connection.execute(_ADD[connection.dialect.name], {"sha": sha, "text": text})
    return sha


def find(connection: Connection, sha: str) -> bytes:
    """Raises UnknownKey."""
    text = connection.execute(select(mails.c.text).where(mails.c.sha == sha)).scalar()
    if text is None:
        raise UnknownKey("信件", sha)
    return bytes(text)
