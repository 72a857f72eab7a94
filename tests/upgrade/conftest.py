"""An office as an earlier version left it: see `make_ledger_0012.py`, which wrote the archive."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dutyflow.cli import main
from tests.support.compose import environment_of
from tests.support.old_ledgers import restored
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.scene import Scene, scene

__all__ = ["postgres_server"]

ARCHIVE = Path(__file__).with_name("ledger_0012.tar.xz")
REVISION = "0012"


@dataclass(frozen=True)
class Left:
    """What lay on the disk when the earlier version was stopped."""

    folder: Path

    def fact(self, name: str) -> Any:
        return json.loads(self.text(f"{name}.json"))

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def stopped_at(self) -> datetime:
        return datetime.fromisoformat(self.fact("now"))


@dataclass(frozen=True)
class Upgraded:
    """The same office under this version, and with its environment."""

    left: Left
    scene: Scene
    environ: dict[str, str]

    def tells(self, *command: str) -> Any:
        """What a command prints as JSON."""
        done = CliRunner().invoke(main, [*command, "--json"], env=self.environ)
        assert done.exit_code == 0, done.output
        return json.loads(done.output)


@pytest.fixture
def left(tmp_path: Path) -> Left:
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(tmp_path, filter="data")
    return Left(tmp_path)


@pytest.fixture(params=("sqlite", "postgresql"))
def ledger_url(request: pytest.FixtureRequest, left: Left) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{left.folder / 'home' / 'ledger.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.new_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def upgraded(left: Left, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upgraded]:
    """Restored, migrated and opened, ten minutes after it was stopped."""
    restored(ledger_url, left.text("ledger.sql"), REVISION)
    of_before = environment_of("upload", left.text("env.example"))
    environ = {
        **of_before,
        "DUTYFLOW_HOME": str(left.folder / "home"),
        "DUTYFLOW_PLANS": str(left.folder / "plan"),
        "DUTYFLOW_LEDGER": ledger_url,  # the one of the example is on another machine
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    migrated = CliRunner().invoke(main, ["migrate"], env=environ)
    assert migrated.exit_code == 0, migrated.output
    home, plans, url = left.folder / "home", left.folder / "plan", environ["DUTYFLOW_BASE_URL"]
    with scene(home, left.stopped_at, ledger_url, plans, url) as it:
        monkeypatch.setattr("dutyflow.infra.clock.now", it.clock)
        yield Upgraded(left, it, environ)
