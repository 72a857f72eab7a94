"""What a snapshot is made of: the files that speak of an office, and the code that judges them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from dutyflow import calendars

from .folder import OfficeFiles


def fingerprint(files: OfficeFiles) -> str:
    """Changes when a file does, or this version of `plan` or `calendars`."""
    return f"{files.digest()} {_code()}"


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, Path(calendars.__file__).parent):
        for path in sorted((*folder.glob("*.py"), *folder.glob("catalogue/*/*.yaml"))):
            digest.update(path.read_bytes())
    return digest.hexdigest()
