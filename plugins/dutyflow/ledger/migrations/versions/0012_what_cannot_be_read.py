"""Messages that intake stumbles over, and mailboxes that cannot be reached: since when, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dutyflow.ledger.columns import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stumbles",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "message", name="pk_stumbles"),
    )
    op.create_table(
        "mailboxes",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.Column("away_since", UtcDateTime()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "name", name="pk_mailboxes"),
    )
