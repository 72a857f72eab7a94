"""Of a submission: who sent it, by what it was matched, what is doubted, the moment that counts; of
what was quarantined, whose it seems to be, and to which assignment a person gave it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("role", "matched_by", "suggested", "assigned_to"):
        op.add_column("submissions", _with_default(name, ""))
    op.add_column("submissions", _with_default("doubts", "[]"))
    op.add_column("submissions", sa.Column("effective_at", sa.DateTime(timezone=True)))


def _with_default(name: str, default: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)
