"""What all tests share: harmless settings for Airflow, and marks for what a test needs.

Airflow reads its settings when it is first imported, so they are made before that.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing on a busy machine; speed lives in benchmarks/.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).parents[1]
_HOME = Path(tempfile.mkdtemp(prefix="dutyflow-tests-"))

os.environ.update(
    {
        "AIRFLOW_HOME": str(_HOME / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME / 'airflow' / 'airflow.db'}",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "DUTYFLOW_HOME": str(_HOME / "dutyflow"),
    }
)
os.environ.setdefault("DUTYFLOW_TESTS_AIRFLOW_DB", str(_HOME / "airflow-made.db"))

# Large programs that a test may need: told by its folder, by a fixture, or by a mark of this name.
# A test that needs none of them is "light": `make check` runs these.
FOLDERS = {"dags": "airflow", "e2e": "airflow"}
FIXTURES = {"soffice": "libreoffice", "writer": "libreoffice", "browser": "browser"}
PROGRAMS = {*FOLDERS.values(), *FIXTURES.values()}


@pytest.hookimpl(tryfirst=True)  # before -m chooses by these marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for program in programs(item) or {"light"}:
            item.add_marker(program)


def programs(item: pytest.Item) -> set[str]:
    """What a test needs besides Python packages and small programs."""
    folder, *_ = item.path.relative_to(ROOT / "tests").parts
    told = {FOLDERS.get(folder), *map(FIXTURES.get, getattr(item, "fixturenames", ()))}
    return (told | {mark.name for mark in item.iter_markers()}) & PROGRAMS
