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

# Large programs that a test may need, by the folders of the tests that start one and by the
# fixtures that hand one out. `make check` leaves these tests out.
FOLDERS = {"dags": "airflow", "e2e": "airflow"}
FIXTURES = {"soffice": "libreoffice", "writer": "libreoffice", "browser": "browser"}


@pytest.hookimpl(tryfirst=True)  # before -m chooses by these marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        needs = [FOLDERS[name] for name in item.path.parts if name in FOLDERS]
        needs += [FIXTURES[name] for name in fixtures if name in FIXTURES]
        for program in needs:
            item.add_marker(program)
