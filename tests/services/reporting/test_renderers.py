"""A new format of reports is one registration: it is kept, laid out, mailed and found by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dutyflow.cli import main
from dutyflow.infra.mime_types import XLSX
from dutyflow.ledger import CycleRecord
from dutyflow.reports.model import Report
from dutyflow.reports.renderers import RENDERERS, UNKNOWN, Renderer
from dutyflow.services.reporting.assembly import assemble, folder_of
from dutyflow.services.reporting.delivery import deliver
from tests.support.scene import PLANS, Scene, scene


def as_text(report: Report) -> bytes:
    return f"{report.title} 第{report.version}版\n".encode()


TEXT = Renderer(format="txt", ending=".txt", mime_type="text/plain", render=as_text)
NAME = "107年上半年考核結果彙整表_第1版"


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RENDERERS, TEXT.format, TEXT)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, datetime(2018, 6, 20, 1, tzinfo=UTC)) as it:
        yield it


@pytest.fixture
def cycle(office: Scene) -> CycleRecord:
    return office.open()


def attached(office: Scene) -> list[tuple[str | None, str]]:
    (mail,) = office.new_mails()
    return [(part.get_filename(), part.get_content_type()) for part in mail.iter_attachments()]


def report(tmp_path: Path, *arguments: object) -> Result:
    asked = ("report", "--duty", "self_assessment", "--cycle", "107H1", "-o", tmp_path / "out")
    home = {"DUTYFLOW_PLANS": str(PLANS), "DUTYFLOW_HOME": str(tmp_path)}
    return CliRunner().invoke(main, [str(each) for each in (*asked, *arguments)], env=home)


def written(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "out").iterdir())


@pytest.mark.usefixtures("invented")
def test_a_format_that_is_registered_is_kept_and_mailed(office: Scene, cycle: CycleRecord) -> None:
    kept = assemble(office.workspace, cycle.key, now=office.now)
    assert [file.name for file in kept.files] == [f"{NAME}.xlsx", f"{NAME}.txt"]
    folder = folder_of(office.workspace, cycle)
    for file in kept.files:
        assert office.workspace.store.get(file.blob) == (folder / file.name).read_bytes()
    assert (folder / f"{NAME}.txt").read_text("utf-8") == "107年上半年考核結果彙整表 第1版\n"

    deliver(office.workspace, cycle.key, now=office.now)
    assert attached(office) == [(f"{NAME}.xlsx", XLSX), (f"{NAME}.txt", "text/plain")]


def test_a_file_of_a_format_that_is_gone_is_still_sent(
    office: Scene, cycle: CycleRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(RENDERERS, TEXT.format, TEXT)
        assemble(office.workspace, cycle.key, now=office.now)
    deliver(office.workspace, cycle.key, now=office.now)
    assert attached(office) == [(f"{NAME}.xlsx", XLSX), (f"{NAME}.txt", UNKNOWN)]


@pytest.mark.usefixtures("invented")
def test_the_command_writes_every_format_or_the_one_asked_for(
    office: Scene, cycle: CycleRecord, tmp_path: Path
) -> None:
    assemble(office.workspace, cycle.key, now=office.now)
    assert report(tmp_path, "--format", "txt").exit_code == 0
    assert written(tmp_path) == [f"{NAME}.txt"]
    assert report(tmp_path).exit_code == 0
    assert written(tmp_path) == [f"{NAME}.txt", f"{NAME}.xlsx"]


@pytest.mark.usefixtures("invented")
def test_a_draft_is_written_in_the_format_asked_for(
    office: Scene, cycle: CycleRecord, tmp_path: Path
) -> None:
    assert report(tmp_path, "--draft", "--format", "txt").exit_code == 0
    assert written(tmp_path) == [f"{NAME}草稿.txt"]


def test_a_format_that_is_not_there_is_told(
    office: Scene, cycle: CycleRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assemble(office.workspace, cycle.key, now=office.now)
    refused = report(tmp_path, "--format", "odt")
    assert (refused.exit_code, "沒有「odt」這種格式；應為 xlsx" in refused.stderr) == (1, True)
    monkeypatch.setitem(RENDERERS, TEXT.format, TEXT)  # since then
    refused = report(tmp_path, "--format", "txt")
    assert (refused.exit_code, "沒有 txt 檔" in refused.stderr) == (1, True)
