"""A real PostgreSQL for the tests, started and stopped by them.

Import `postgres_server` into a `conftest.py` to use it. Nothing needs to be set up: binaries are
taken from the machine or from the PyPI package `pgserver`, data lives in a temporary folder.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

SUPERUSER = "postgres"
START_SECONDS = 60
_PLACES = (  # below the root
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
_HOW_TO_INSTALL = (
    "no PostgreSQL found: install it (Debian: apt install postgresql; macOS: brew install "
    "postgresql), or its binaries from PyPI: pip install pgserver"
)


class NoPostgres(Exception):
    """There are no binaries that can be run here."""


class PostgresServer:
    """A server on 127.0.0.1 and on a socket in its own folder. Fast rather than durable, unless
    it is asked to be."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._run_as = _unprivileged()
        self._home = _home(self._run_as)
        self._names = (f"test_{number}" for number in itertools.count(1))
        self.port = _free_port()
        try:
            self._binaries = _usable(_binaries(), self._home, self._run_as)
            self._make()
            self._process = self._start()
        except BaseException:
            shutil.rmtree(self._home)
            raise

    def url(self, database: str) -> str:
        return f"postgresql+psycopg2://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    @property
    def process(self) -> int:
        return self._process.pid

    def new_database(self) -> str:
        """The name of a fresh, empty database."""
        name = next(self._names)
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return name

    def drop_database(self, name: str) -> None:
        self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def go_away(self) -> None:
        """Stop for a while, disconnecting whoever is there; what is stored stays."""
        self._end()

    def come_back(self) -> None:
        self._process = self._start()

    def stop(self) -> None:
        """Stop this very process, disconnecting whoever is left."""
        self._end()
        shutil.rmtree(self._home)

    def _end(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _make(self) -> None:
        data = self._home / "data"
        command = [self._binaries / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust"]
        made = subprocess.run(
            [*command, "-E", "UTF8", "--locale=C", "--no-sync"],
            capture_output=True,
            text=True,
            **self._run_as,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")

    def _start(self) -> subprocess.Popen[bytes]:
        data, log = self._home / "data", self._home / "log"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self._home,
            "lock_timeout": "60s",  # a test that waits for itself fails instead of hanging
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [self._binaries / "postgres", "-D", data, *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops us
                **self._run_as,
            )
        self._wait_until_ready(process, log)
        return process

    def _wait_until_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return self._execute("SELECT 1")
            except psycopg2.OperationalError as error:
                if process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                process.kill()
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}") from error

    def _execute(self, statement: str) -> None:
        with closing(
            psycopg2.connect(host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="postgres")
        ) as connection:
            connection.autocommit = True
            connection.cursor().execute(statement)


_running: list[PostgresServer] = []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The one server of this test session, whichever conftest.py files import this fixture."""
    if _running:
        yield _running[0]
        return
    try:
        server = PostgresServer()
    except NoPostgres as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    _running.append(server)
    try:
        yield server
    finally:
        _running.remove(server)
        server.stop()


def _binaries() -> Iterator[Path]:
    """Folders that hold both `initdb` and `postgres`, the machine's own first."""
    on_path = shutil.which("initdb")
    # Links to the binaries do not have the rest of the installation around them.
    places = [str(Path(on_path).resolve().parent)] if on_path else []
    for pattern in _PLACES:
        places += sorted(map(str, Path("/").glob(pattern)), reverse=True)
    packaged = importlib.util.find_spec("pgserver")
    if packaged and packaged.origin:
        places.append(str(Path(packaged.origin).parent / "pginstall" / "bin"))
    for place in map(Path, places):
        if (place / "initdb").exists() and (place / "postgres").exists():
            yield place


def _usable(places: Iterator[Path], home: Path, run_as: dict[str, Any]) -> Path:
    """The first that runs; a virtual environment out of that user's reach is copied for it."""
    for place in places:
        if _runs(place, run_as):
            return place
        package = place.parent.parent
        if package.name == "pgserver":
            for part in ("pgserver", "pgserver.libs"):
                if (package.parent / part).exists():
                    shutil.copytree(package.parent / part, home / "copy" / part)
            copied = home / "copy" / "pgserver" / "pginstall" / "bin"
            if _runs(copied, run_as):
                return copied
    raise NoPostgres(_HOW_TO_INSTALL)


def _runs(place: Path, run_as: dict[str, Any]) -> bool:
    try:
        for name in ("initdb", "postgres"):
            subprocess.run([place / name, "--version"], check=True, capture_output=True, **run_as)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _unprivileged() -> dict[str, Any]:
    """Arguments for subprocess: PostgreSQL refuses to run as root, so root lends it a user."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL refuses to run as root, and there is no user `nobody` to run it")


def _home(run_as: dict[str, Any]) -> Path:
    """A folder of the server's own, below one that its user can enter."""
    for parent in (None, "/tmp", "/var/tmp"):
        home = Path(tempfile.mkdtemp(prefix="dutyflow-pg-", dir=parent))
        if "user" in run_as:
            os.chown(home, run_as["user"], run_as["group"])
        if subprocess.run(["test", "-w", home], check=False, **run_as).returncode == 0:
            return home
        home.rmdir()
    raise NoPostgres("no temporary folder that PostgreSQL's user can enter")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
