"""The drafts (草稿): what a section has begun on its page. No evidence, so they leave no events."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from .database import Database
from .records import Draft, DraftRecord, SubmittedFile
from .tables import drafts


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, assignment: str) -> DraftRecord | None:
        """An assignment's draft, the newest version of it."""
        with self._database.reading() as connection:
            return _find(connection, assignment)

    def save(self, draft: Draft, *, over: int, now: datetime) -> DraftRecord | None:
        """Keep a draft in place of version `over`, 0 where there was none.

        None where somebody has saved another meanwhile: nothing is changed then.
        """
        with self._database.writing() as connection:
            known = _find(connection, draft.assignment)
            if (known.version if known else 0) != over:
                return None
            values = {
                "version": over + 1,
                "typed": draft.typed,
                "files": [asdict(file) for file in draft.files],
                "saved_by": draft.saved_by,
                "saved_at": now,
            }
            if known is None:
                connection.execute(insert(drafts).values(assignment=draft.assignment, **values))
            else:
                same = drafts.c.assignment == draft.assignment
                connection.execute(update(drafts).where(same).values(**values))
            return _find(connection, draft.assignment)


def drop(connection: Connection, assignment: str) -> None:
    """An answer has been accepted: what was begun is of no use any more."""
    connection.execute(delete(drafts).where(drafts.c.assignment == assignment))


def _find(connection: Connection, assignment: str) -> DraftRecord | None:
    row = connection.execute(select(drafts).where(drafts.c.assignment == assignment)).first()
    if row is None:
        return None
    values = dict(row._mapping)
    files = tuple(SubmittedFile(**file) for file in values.pop("files"))
    return DraftRecord(**values, files=files)
