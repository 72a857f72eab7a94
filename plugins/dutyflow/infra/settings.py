"""Where things are: read once, at the edge, from the environment.

| variable             | default                         | meaning                                 |
|----------------------|---------------------------------|-----------------------------------------|
| DUTYFLOW_HOME        | <project>/var                   | everything that dutyflow writes         |
| DUTYFLOW_PLANS       | <project>/include/plan          | the plans, a folder for each office     |
| DUTYFLOW_LEDGER      | sqlite:///<home>/ledger.db      | SQLAlchemy URL of the ledger            |
| DUTYFLOW_STORE       | <home>/store                    | what was received: any fsspec URL, path |
| DUTYFLOW_MAIL        | <home>/mail                     | a maildir for each mailbox              |
| DUTYFLOW_FOLDERS     | <home>/folders                  | a shared folder for each office         |
| DUTYFLOW_REPORTS     | <home>/reports                  | finished reports                        |
| DUTYFLOW_SECRET_FILE | <home>/secret                   | the key that signs forms and links      |
| DUTYFLOW_BASE_URL    | (none: no links in mails)       | where sections reach the upload page    |
| DUTYFLOW_PROXIES     | (none)                          | reverse proxies to be believed, by IP   |
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dutyflow.errors import DutyflowError

SECRET_BYTES = 32
_PLANS = Path("include", "plan")


class BadSetting(DutyflowError):
    """A variable holds what it cannot mean."""


class SecretError(DutyflowError):
    """The secret cannot be read or made, or is too short to sign with."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    home: Path
    plans: Path
    ledger: str
    store: str
    mail: Path
    folders: Path
    reports: Path
    secret_file: Path
    base_url: str = ""
    proxies: str = ""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the environment. A variable that is set but empty counts as not set."""

        def told(name: str, default: str | Path) -> str:
            return environ.get(f"DUTYFLOW_{name}") or str(default)

        def path(name: str, default: Path) -> Path:
            return Path(told(name, default)).expanduser().absolute()

        root = project_root()
        home = path("HOME", root / "var")
        return cls(
            home=home,
            plans=path("PLANS", root / _PLANS),
            ledger=told("LEDGER", f"sqlite:///{home / 'ledger.db'}"),
            store=told("STORE", home / "store"),
            mail=path("MAIL", home / "mail"),
            folders=path("FOLDERS", home / "folders"),
            reports=path("REPORTS", home / "reports"),
            secret_file=path("SECRET_FILE", home / "secret"),
            base_url=_web_address(told("BASE_URL", "")),
            proxies=told("PROXIES", ""),
        )

    @property
    def snapshots(self) -> Path:
        """Where the last good plans are kept (see `dutyflow.infra.plan_files.snapshot`)."""
        return self.home / "plans"

    def secret(self) -> bytes:
        """The key that signs; made at first use, readable by its owner only. Raises SecretError."""
        try:
            if not self.secret_file.exists():
                _make_secret(self.secret_file)
            secret = self.secret_file.read_bytes()
        except OSError as error:
            raise SecretError(f"無法讀寫金鑰檔 {self.secret_file}：{error.strerror}") from error
        if len(secret) < SECRET_BYTES:
            found = f"金鑰檔 {self.secret_file} 只有 {len(secret)} 位元組"
            raise SecretError(f"{found}；至少需要 {SECRET_BYTES} 位元組")
        return secret


def _web_address(written: str) -> str:
    """A web address without the slash at its end. Raises BadSetting."""
    if written and re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", written) is None:
        raise BadSetting(
            f"DUTYFLOW_BASE_URL「{written}」不是網址；應為 https://plan.example.tw 的樣子"
        )
    return written.rstrip("/")


def project_root() -> Path:
    """The folder that holds `plugins/` and `include/plan`; else the working directory."""
    root = Path(__file__).resolve().parents[3]
    return root if (root / _PLANS).is_dir() else Path.cwd()


def _make_secret(path: Path) -> None:
    """Written whole before it gets its name: of two processes that make it, both read one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
        with suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()
