"""Who was told today is found without reading all that was ever sent."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notices_settled_at", "notices", ["settled_at"])
