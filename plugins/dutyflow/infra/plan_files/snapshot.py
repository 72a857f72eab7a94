"""The last good plans on disk, so that a DAG file is parsed fast, and goes on when a plan breaks.

Airflow parses DAG files every 30 seconds and again at each task's start. Reading YAML, checking it
and importing a calendar for that would cost more than all the rest; a snapshot costs next to
nothing. For each office there are at most two files in the folder that is kept:

- `<office>.json`: the office as it was when it was last valid;
- `<office>.refused.json`: what is wrong with the files that are there now.

Each begins with a line that tells of which files (and by which version of this code) it was made
and the checksum of the rest. They may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from dutyflow.errors import Finding, PlanError
from dutyflow.plan.office import OfficePlan

from .fingerprint import fingerprint
from .folder import OfficeFiles, office_folders, read_office

Value = TypeVar("Value")

_OFFICE: TypeAdapter[OfficePlan] = TypeAdapter(OfficePlan)
_FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])


def good_offices(root: Path, keep: Path) -> tuple[list[OfficePlan], list[PlanError]]:
    """The offices below `root`, each as it stands or, when that is wrong, as it last was right.

    `keep` is the folder of snapshots; where it cannot be written, all works, only slower. An
    office that was never right is not among the offices; its error is among the errors.
    """
    offices: list[OfficePlan] = []
    errors: list[PlanError] = []
    try:
        folders = office_folders(root)
    except OSError:
        folders = []
    if not folders:
        errors.append(PlanError([_missing(root)]))
    for folder in folders:
        office, error = good_office(folder, keep)
        if office is not None:
            offices.append(office)
        if error is not None:
            errors.append(error)
    return offices, errors


def good_office_named(root: Path, keep: Path, office: str) -> OfficePlan | None:
    """The office of that id, as `good_offices` has it; no other office is read."""
    for folder in office_folders(root, [office]):
        found, _ = good_office(folder, keep)
        return found
    return None


def good_office(folder: Path, keep: Path) -> tuple[OfficePlan | None, PlanError | None]:
    """One office as it stands, else as it last was right; and what is wrong with it now."""
    last_good = _Slot(path=keep / f"{folder.name}.json", adapter=_OFFICE)
    kept = last_good.read()
    good = replace(kept.value, folder=folder) if kept is not None else None
    try:
        files = read_office(folder)
    except OSError:
        return good, PlanError([_missing(folder)])
    digest = fingerprint(files)
    if kept is not None and kept.made_of == digest:
        return good, None
    refused = _Slot(path=keep / f"{folder.name}.refused.json", adapter=_FINDINGS)
    return _examine(files, digest, good, last_good, refused)


def _examine(
    files: OfficeFiles,
    digest: str,
    good: OfficePlan | None,
    last_good: _Slot[OfficePlan],
    refused: _Slot[tuple[Finding, ...]],
) -> tuple[OfficePlan | None, PlanError | None]:
    """Files that have changed since the last good snapshot: are they good, or refused already?"""
    as_refused = f"{digest} {files.folder}"  # its findings name the files as they were called
    known = refused.read()
    if known is not None and known.made_of == as_refused:
        return good, PlanError(known.value)
    from .load import office_of  # YAML, lint and calendar: only when something has changed

    try:
        office = office_of(files)
    except PlanError as error:
        refused.write(error.findings, as_refused)
        return good, error
    last_good.write(office, digest)
    return office, None


@dataclass(frozen=True, kw_only=True)
class _Kept(Generic[Value]):
    value: Value
    made_of: str


@dataclass(frozen=True, kw_only=True)
class _Slot(Generic[Value]):
    """One file in the folder that is kept, written whole or not at all."""

    path: Path
    adapter: TypeAdapter[Value]

    def read(self) -> _Kept[Value] | None:
        """What is kept; None when there is nothing, or it is damaged or of an older form."""
        try:
            head, _, body = self.path.read_bytes().partition(b"\n")
            told = json.loads(head)
            if told["sha256"] != hashlib.sha256(body).hexdigest():
                return None
            return _Kept(value=self.adapter.validate_json(body), made_of=told["made_of"])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def write(self, value: Value, made_of: str) -> None:
        """Keep a value for all processes. Where nothing can be written, nothing is kept."""
        body = self.adapter.dump_json(value, by_alias=True)
        head = json.dumps({"made_of": made_of, "sha256": hashlib.sha256(body).hexdigest()})
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.path, head.encode() + b"\n" + body)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _missing(folder: Path) -> Finding:
    return Finding(
        where=str(folder), found="沒有計畫，或無法讀取", expected="<機關代碼>/<年度>.yaml"
    )
