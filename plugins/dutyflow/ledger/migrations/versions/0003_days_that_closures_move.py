"""Which days of a cycle closures may move: not those that a person gave.

Of what was opened before, it is told by the events: a cycle that a person opened keeps its days,
and an assignment that was extended, returned or collected again keeps its own.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPENED_BY_A_PERSON = """UPDATE cycles SET collect_by_given = true, report_due_given = true
    WHERE key IN (SELECT about FROM events
        WHERE what = '開啟期別' AND who NOT IN ('排程', '系統'))"""
_HAS_ITS_OWN = """UPDATE assignments SET own_cut_off = true
    WHERE key IN (SELECT about FROM events WHERE what IN ('展期', '退回補正', '重新收件'))"""


def upgrade() -> None:
    # With defaults: SQLite would else make the tables anew, which those that refer to them forbid.
    op.add_column("cycles", _with_default("opens", sa.Date(), "1970-01-01"))
    op.add_column("cycles", _with_default("collect_by_given", sa.Boolean(), sa.false()))
    op.add_column("cycles", _with_default("report_due_given", sa.Boolean(), sa.false()))
    op.add_column("cycles", sa.Column("approved_on", sa.Date(), nullable=True))
    op.add_column("cycles", _with_default("closures", sa.Text(), "[]"))
    op.add_column("assignments", _with_default("own_cut_off", sa.Boolean(), sa.false()))
    op.execute("UPDATE cycles SET opens = DATE(opened_at)")
    op.execute(_OPENED_BY_A_PERSON)
    op.execute(_HAS_ITS_OWN)


def _with_default(name: str, kind: Any, default: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=default)
