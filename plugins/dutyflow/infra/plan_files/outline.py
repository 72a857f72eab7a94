"""As much of the plans as a DAG file needs: names, words and the next cycles, ready to be read.

Airflow parses DAG files all the time, each time in a new process. To build the plan's models there
costs more than all the rest of a parse, so this module uses the standard library alone; the models
are imported only when a plan has changed since its outline was made, and once a year. For the
same reason the dataclasses are given no methods that nobody calls: each is compiled at each parse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .fingerprint import fingerprint
from .folder import office_folders, read_office


@dataclass(frozen=True, kw_only=True, repr=False)
class CycleOutline:
    """A cycle to come: its name and title, and its days in words.

    `last` is the ISO date of the day on which it is over. Of a cycle whose opening is not
    announced, no day is told.
    """

    name: str
    title: str
    opens: str
    collect_by: str
    report_due: str
    last: str
    provisional: bool


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DutyOutline:
    """A duty in words: its rules as sentences, its sections by name.

    `rhythm` says by when it is done, in one phrase. `after` is the name of the duty that it comes
    after, `followers` are those of the duties that come after it. `cycles` begin with those that
    were not over when the outline was made.
    """

    id: str
    name: str
    clause: str
    assumption: str
    every: str
    rhythm: str
    opens: str
    collect_by: str
    report_due: str
    sections: tuple[str, ...]
    aspects: tuple[str, ...]
    measures: int
    form: str
    after: str
    followers: tuple[str, ...]
    cycles: tuple[CycleOutline, ...]

    def next_cycles(self, today: date, count: int) -> list[CycleOutline]:
        """The first cycles that are not over. They change only on a day on which one is."""
        return [cycle for cycle in self.cycles if cycle.last >= today.isoformat()][:count]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OfficeOutline:
    """An office as its latest plan has it, with the duties of all its plans.

    `director` is what its director is called. `since` is an ISO date before which no period of a
    cycle begins.
    """

    id: str
    name: str
    timezone: str
    title: str
    director: str
    since: str
    duties: tuple[DutyOutline, ...]


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
    from .outlining import outline_of, renew_on
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
