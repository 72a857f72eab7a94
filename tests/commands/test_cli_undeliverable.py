"""`dutyflow undeliverable`: the coordinator sees which addresses fail, and says that one works."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner, Result

from dutyflow.cli import main
from dutyflow.infra.settings import Settings
from dutyflow.ledger import Ledger

NOW = datetime(2018, 6, 29, 1, tzinfo=UTC)
EMAIL = "hsu.billing@pingtung.example.tw"


def run(home: Path, *arguments: str) -> Result:
    env = {"DUTYFLOW_HOME": str(home)}
    return CliRunner().invoke(main, ["undeliverable", *arguments], env=env)


def ledger_of(home: Path) -> Ledger:
    return Ledger(Settings.from_environ({"DUTYFLOW_HOME": str(home)}).ledger)


def test_an_address_is_listed_and_works_again_when_a_person_says_so(tmp_path: Path) -> None:
    with ledger_of(tmp_path) as ledger:
        ledger.migrate()
        ledger.people.mark_undeliverable(EMAIL, now=NOW, why="552 mailbox full", who="系統")
    listed = run(tmp_path)
    assert (listed.exit_code, listed.stdout) == (
        0,
        f"{EMAIL}  107年6月29日（五）09:00  552 mailbox full\n",
    )
    works = run(tmp_path, "--works", EMAIL.upper())
    assert (works.exit_code, works.stderr) == (0, "")
    assert run(tmp_path).stdout == "沒有退信的信箱\n"
    with ledger_of(tmp_path) as ledger:
        assert ledger.events.of(EMAIL)[-1].what == "信箱恢復"


def test_an_address_that_never_failed_is_named_with_those_that_did(tmp_path: Path) -> None:
    with ledger_of(tmp_path) as ledger:
        ledger.migrate()
        ledger.people.mark_undeliverable(EMAIL, now=NOW, why="550", who="系統")
    refused = run(tmp_path, "--works", "hsu@pingtung.example.tw")
    assert refused.exit_code == 1
    assert "hsu@pingtung.example.tw" in refused.stderr
    assert EMAIL in refused.stderr
