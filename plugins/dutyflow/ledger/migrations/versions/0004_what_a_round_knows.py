"""What a daily round knows: silences, pauses, who is away, whose address sends mail back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assignments", sa.Column("paused_until", sa.Date(), nullable=True))
    op.add_column("notices", sa.Column("acting_for", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_notices_rung", "notices", ["rung"])
    op.create_table(
        "silences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
        sa.ForeignKeyConstraint(["cycle"], ["cycles.key"], name=op.f("fk_silences_cycle_cycles")),
        sa.UniqueConstraint(
            "about", "rung", "recipient", name=op.f("uq_silences_about_rung_recipient")
        ),
    )
    op.create_index(op.f("ix_silences_cycle"), "silences", ["cycle"])
    op.create_table(
        "absences",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_absences")),
    )
    op.create_table(
        "undeliverable",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_undeliverable")),
    )
