"""Answers hold the fields of any form, no more only those of the self-assessment."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FIELDS = ("text", "score", "evidence")
submissions = sa.table("submissions", sa.column("id", sa.Integer), sa.column("answers", sa.Text))


def upgrade() -> None:
    connection = op.get_bind()
    kept = connection.execute(sa.select(submissions).where(submissions.c.answers != "[]")).all()
    for row in kept:
        answers = [_any_form(answer) for answer in json.loads(row.answers)]
        connection.execute(
            sa.update(submissions)
            .where(submissions.c.id == row.id)
            .values(answers=_canonical(answers))
        )


def _any_form(answer: dict[str, Any]) -> dict[str, Any]:
    values = {field: answer[field] for field in _FIELDS if answer[field] not in (None, "")}
    return {"row": answer["measure"], "values": values, "nothing": answer["nothing"]}


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
