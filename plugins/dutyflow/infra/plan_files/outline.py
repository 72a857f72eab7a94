"""Read the offices' outlines from where they are kept; make them anew where a plan has changed.

Airflow parses DAG files all the time, each time in a new process. To build the plan's models there
costs more than all the rest of a parse, so this module uses the standard library alone; the models
are imported only when a plan has changed since its outline was made, and once a year.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from dutyflow.plan.outline import CycleOutline, DutyOutline, OfficeOutline

from .fingerprint import fingerprint
from .folder import office_folders, read_office


def good_outlines(
    root: Path, keep: Path, now: datetime, offices: Iterable[str] | None = None
) -> list[OfficeOutline]:
    """The offices below `root` whose plan is good, or was when last read (see `snapshot`).

    With `offices`, only those of them are read.
    """
    try:
        folders = office_folders(root, offices)
    except OSError:
        return []
    return [found for folder in folders if (found := _outline(folder, keep, now)) is not None]


def _outline(folder: Path, keep: Path, now: datetime) -> OfficeOutline | None:
    kept = keep / f"{folder.name}.outline.json"
    try:
        made_of = fingerprint(read_office(folder))
    except OSError:
        made_of = ""
    with suppress(OSError, ValueError, LookupError, TypeError):
        told = json.loads(kept.read_bytes())
        if made_of and told["made_of"] == made_of and now.date().isoformat() < told["renew_on"]:
            return _read(told["office"])
    return _made_anew(folder, keep, kept, made_of, now)


def _made_anew(
    folder: Path, keep: Path, kept: Path, made_of: str, now: datetime
) -> OfficeOutline | None:
    """The outline of the office as it stands or, when that is wrong, as it last was right.

    Both are kept: as long as the files stay as they are, so does what they come to.
    """
    from dutyflow.plan.outline_of import outline_of, renew_on

    from .snapshot import good_office, replace_file

    office, _ = good_office(folder, keep)
    if office is None:
        return None
    outline = outline_of(office, now)
    if made_of:
        told = {"made_of": made_of, "renew_on": renew_on(now), "office": asdict(outline)}
        with suppress(OSError):
            replace_file(kept, json.dumps(told, ensure_ascii=False).encode())
    return outline


def _read(told: dict[str, Any]) -> OfficeOutline:
    return OfficeOutline(**{**told, "duties": tuple(map(_read_duty, told["duties"]))})


def _read_duty(told: dict[str, Any]) -> DutyOutline:
    lists = {key: tuple(told[key]) for key in ("sections", "aspects", "followers")}
    cycles = tuple(CycleOutline(**cycle) for cycle in told["cycles"])
    return DutyOutline(**{**told, **lists, "cycles": cycles})
