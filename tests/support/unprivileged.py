"""What root may do and others may not, tried as somebody else where the tests run as root."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

SOMEBODY = "nobody"


@contextmanager
def not_as_root() -> Iterator[None]:
    """Be `nobody` for a moment if we are root, whom no file mode stops. Without one: skip."""
    if os.geteuid() != 0:
        yield
        return
    try:
        somebody = pwd.getpwnam(SOMEBODY)
    except KeyError:
        pytest.skip(f"root reads everything, and there is no user {SOMEBODY!r} to read instead")
    os.seteuid(somebody.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
