"""The plans that cycles were opened under, word for word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from . import events
from .database import Database
from .errors import UnknownKey
from .event_types import SYSTEM, EventType
from .tables import plans


class Plans:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, plan_hash: str, *, office: str, year: int, document: str, now: datetime) -> None:
        """Keep a plan's JSON under its hash; `year` is the ROC year. Kept once, however often."""
        with self._database.writing() as connection:
            held = select(plans.c.plan_hash).where(plans.c.plan_hash == plan_hash)
            if connection.scalar(held) is not None:
                return
            connection.execute(
                insert(plans).values(
                    plan_hash=plan_hash, office=office, year=year, document=document, kept_at=now
                )
            )
            events.append(
                connection,
                EventType.PLAN_KEPT,
                about=f"{office}/{year}",
                now=now,
                who=SYSTEM,
                detail={"plan_hash": plan_hash},
            )

    def document(self, plan_hash: str) -> str:
        """The plan's JSON as it was kept. Raises UnknownKey."""
        with self._database.reading() as connection:
            held = connection.scalar(select(plans.c.document).where(plans.c.plan_hash == plan_hash))
        if held is None:
            raise UnknownKey("計畫", plan_hash)
        return str(held)
