"""What the API server has to import for the page, and the rest of Airflow has not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PLUGINS = Path(__file__).parents[3] / "plugins"


def imported_with(module: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"import {module}, sys; print(*sys.modules, sep='\\n')"],
        env={"PYTHONPATH": str(PLUGINS)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.split())


def test_the_page_is_imported_only_when_it_is_asked_for() -> None:
    found = imported_with("dutyflow.orchestration.pages")
    assert not {"dutyflow.web.coordinator", "dutyflow.services.workspace", "fastapi"} & found


def test_looking_at_the_page_needs_nothing_that_reads_workbooks() -> None:
    assert not {"openpyxl", "pandas", "python_calamine"} & imported_with("dutyflow.web.coordinator")
