"""A plan with a mistake: Airflow shows where, the last good plan goes on, other offices too."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

from dutyflow.errors import PlanError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two offices, both good, read once."""
    folder = tmp_path / "plan"
    shutil.copytree(ROOT / "include" / "plan", folder)
    shutil.copytree(folder / "pingtung", folder / "donggang")
    other = folder / "donggang" / "107.yaml"
    other.write_text(other.read_text().replace("id: pingtung", "id: donggang"))
    monkeypatch.setenv("DUTYFLOW_PLANS", str(folder))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    assert dag_ids() == {"pingtung__self_assessment", "donggang__self_assessment"}
    runpy.run_path(str(ROOT / "dags" / "plan_errors.py"))
    return folder


def dag_ids() -> set[str]:
    found = runpy.run_path(str(ROOT / "dags" / "duties.py"))
    return {name for name in found if name.endswith("__self_assessment")}


def test_the_error_names_file_and_line_and_all_dags_go_on(plans: Path) -> None:
    plan = plans / "pingtung" / "107.yaml"
    lines = plan.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "owners: [business]" in text)
    lines[line - 1] = lines[line - 1].replace("business", "busines")
    plan.write_text("\n".join(lines))

    with pytest.raises(PlanError) as error:
        runpy.run_path(str(ROOT / "dags" / "plan_errors.py"))

    assert f"107.yaml:{line}" in str(error.value)
    assert "busines" in str(error.value)
    assert "business" in str(error.value)
    assert dag_ids() == {"pingtung__self_assessment", "donggang__self_assessment"}


def test_an_office_that_was_never_good_does_not_stop_the_others(plans: Path) -> None:
    new = plans / "hengchun"
    shutil.copytree(plans / "pingtung", new)

    with pytest.raises(PlanError, match="hengchun"):
        runpy.run_path(str(ROOT / "dags" / "plan_errors.py"))

    assert dag_ids() == {"pingtung__self_assessment", "donggang__self_assessment"}
