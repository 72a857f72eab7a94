"""The plans, as a DAG file meets them: fast from the last good snapshot, errors kept apart."""

from __future__ import annotations

from dutyflow.errors import PlanError
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.snapshot import good_offices
from dutyflow.settings import Settings


def usable_offices() -> list[OfficePlan]:
    """Every office whose plan is good now, or was when last read."""
    offices, _ = _read()
    return offices


def raise_plan_errors() -> None:
    """Raise PlanError naming file and line of all that is wrong in any plan; else do nothing."""
    _, errors = _read()
    if errors:
        raise PlanError(finding for error in errors for finding in error.findings)


def _read() -> tuple[list[OfficePlan], list[PlanError]]:
    settings = Settings.from_environ()
    return good_offices(settings.plans, settings.snapshots)
