"""A new type of field is one file and its registration: nothing else knows the types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_an_invented_type_goes_all_the_way() -> None:
    """In a process of its own, where the type is registered before anything reads a plan."""
    path = os.pathsep.join((str(ROOT / "plugins"), str(ROOT)))
    journey = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "tests.support.percent_field"),
            "tests/forms/journey_of_a_field_type.py",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert journey.returncode == 0, journey.stdout
    assert "passed" in journey.stdout
