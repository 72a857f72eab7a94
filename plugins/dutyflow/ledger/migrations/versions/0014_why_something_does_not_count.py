"""Why something that came does not count, as a value, beside the words in which it was told.

What came before keeps its words alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("reason_code", sa.Text(), nullable=True))
    op.add_column("submissions", sa.Column("reason_parameters", sa.Text(), nullable=True))
