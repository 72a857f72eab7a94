"""What is the same in most scenes and costs much: done once in a process, then copied.

An empty ledger, the plan as it was read, and forms. Forms differ by their secret and by the tokens
of the ledger; a new scene is given the same ones each time.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from unittest.mock import patch

from dutyflow.forms import write_form
from dutyflow.infra.settings import Settings
from dutyflow.ledger import cycles
from dutyflow.services.messaging import assignment_mail
from dutyflow.services.workspace import Workspace

SECRET = b"one that signs alike in all scenes"
_forms: dict[str, bytes] = {}


def furnish(home: Path, plans: Path) -> None:
    """Give a new home an empty ledger, snapshots of these plans, and a secret if it has none."""
    own = shutil.ignore_patterns("secret") if (home / "secret").exists() else None
    shutil.copytree(_furnished(plans), home, dirs_exist_ok=True, ignore=own)


@cache
def _furnished(plans: Path) -> Path:
    """Migrations and the reading of plans have their own tests: here they are done once."""
    home = Path(mkdtemp(prefix="dutyflow-scene-"))
    (home / "secret").write_bytes(SECRET)
    environ = {"DUTYFLOW_HOME": str(home), "DUTYFLOW_PLANS": str(plans)}
    workspace = Workspace(Settings.from_environ(environ))
    workspace.ledger.migrate()
    assert workspace.offices
    workspace.close()
    return home


@contextmanager
def forms_written_once() -> Iterator[None]:
    """`write_form` gives the same bytes for the same input: most scenes ask for the same."""
    with patch.object(assignment_mail, "write_form", _written_once):
        yield


@contextmanager
def the_same_tokens() -> Iterator[None]:
    """For a new ledger: as unlike each other as real ones, but the same each time."""
    with patch.object(cycles, "new_token", _tokens()):
        yield


def _written_once(
    *, answers: Iterable[Any] = (), problems: Iterable[Any] = (), **given: Any
) -> bytes:
    given |= {"answers": tuple(answers), "problems": tuple(problems)}
    key = repr(given)
    if key not in _forms:
        _forms[key] = write_form(**given)
    return _forms[key]


def _tokens() -> Callable[[], str]:
    numbers = count()

    def token() -> str:
        drawn = hashlib.sha256(str(next(numbers)).encode()).digest()
        return base64.b32encode(drawn).decode()[: cycles.TOKEN_LENGTH].lower()

    return token
