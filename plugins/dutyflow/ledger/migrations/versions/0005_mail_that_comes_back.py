"""Mail that comes back: a returned message is found by its Message-ID."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_notices_message_id", "notices", ["message_id"])
