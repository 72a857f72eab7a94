"""Of a submission: at whose door it came in, what was written with it, why it was put aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("office", "subject", "text", "put_aside"):
        op.add_column("submissions", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE submissions SET put_aside = reason"
        " WHERE verdict = 'quarantined' AND reason LIKE '自動回覆信%'"
    )
