from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from dutyflow.calendars.roc import TAIPEI
from tests.support.scene import Scene, scene


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Scene]:
    """The office on the morning on which 107H1 opens."""
    with scene(tmp_path, datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)) as it:
        yield it
