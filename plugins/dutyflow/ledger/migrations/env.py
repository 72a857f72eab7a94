"""Run by Alembic, within the transaction that `dutyflow.ledger.migration` opened."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from dutyflow.ledger.migration import VERSION_TABLE
from dutyflow.ledger.tables import metadata


def _plain(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """Migrations name what is in the database, so that they outlive our Python types."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    return f"sa.{item.impl!r}"


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    # Others may keep tables in the same database: those are not ours to compare.
    include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    render_item=_plain,
    render_as_batch=True,  # SQLite cannot alter columns in place
)
with context.begin_transaction():
    context.run_migrations()
