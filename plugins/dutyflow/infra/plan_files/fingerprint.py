"""What a snapshot is made of: the files that speak of an office, and the code that judges them."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from dutyflow import calendars, plan

from .folder import OfficeFiles

_PLAN = Path(str(plan.__file__)).parent
_FOLDERS = (
    Path(__file__).parent,
    Path(str(calendars.__file__)).parent,
    _PLAN,
    _PLAN / "lint",
    _PLAN / "catalogue" / "forms",
    _PLAN / "catalogue" / "ladders",
)
_SUFFIXES = (".py", ".yaml")


def fingerprint(files: OfficeFiles) -> str:
    """Changes when a file does, or this version of the code that reads and checks plans."""
    return f"{files.digest()} {_code()}"


@cache
def _code() -> str:
    """Size and time tell a change, as they do to Python: to read it all at each parse is slow."""
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.endswith(_SUFFIXES):
                    status = entry.stat()
                    mark = f"{entry.name}\0{status.st_size}\0{status.st_mtime_ns}\0"
                    digest.update(mark.encode())
    return digest.hexdigest()
