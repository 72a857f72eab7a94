"""The embedded instance: the one folder that holds all of it, and its processes' environment.

Everything listens on 127.0.0.1. Secrets are made on first use, kept in files only the owner can
read, and handed to the processes through their environment.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COORDINATOR, SERVICE = "admin", "dutyflow"
# Seconds until a process gives up on writing. SQLite takes one writer at a time, and on some days
# many cycles open at once; the default, 5, was not enough then.
DATABASE_PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One embedded Airflow with its mail sink: where it lives and on which ports."""

    home: Path
    plans: Path
    port: int
    smtp_port: int
    page_port: int
    parallelism: int = 4

    @classmethod
    def from_environment(cls) -> Instance:
        return cls(
            home=Path(os.environ.get("DUTYFLOW_HOME") or ROOT / "var").resolve(),
            plans=Path(os.environ.get("DUTYFLOW_PLANS") or ROOT / "include" / "plan").resolve(),
            port=_port("PORT", 8080),
            smtp_port=_port("SMTP_PORT", 2525),
            page_port=_port("PAGE_PORT", 8081),
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def page_url(self) -> str:
        """Where sections fill in their forms."""
        return f"http://127.0.0.1:{self.page_port}"

    @property
    def airflow(self) -> Path:
        return self.home / "airflow"

    @property
    def mail(self) -> Path:
        return self.home / "mail"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def pids(self) -> Path:
        return self.home / "run"

    def passwords(self) -> dict[str, str]:
        """Login names and passwords of the embedded instance, made on first use."""
        return _kept_json(
            self.airflow / "passwords.json",
            lambda: {name: secrets.token_urlsafe(12) for name in (COORDINATOR, SERVICE)},
        )

    def environment(self) -> dict[str, str]:
        """The variables that every process of the instance runs with."""
        keys = _kept_json(self.airflow / "keys.json", _new_keys)
        passwords = self.passwords()
        smtp = {"conn_type": "smtp", "host": "127.0.0.1", "port": self.smtp_port}
        smtp["extra"] = {"disable_ssl": True, "disable_tls": True, "retry_limit": 0}
        api = {"conn_type": "http", "host": self.url, "login": SERVICE}
        api["password"] = passwords[SERVICE]
        return {
            **_inherited(),
            "DUTYFLOW_HOME": str(self.home),
            "DUTYFLOW_PLANS": str(self.plans),
            "DUTYFLOW_BASE_URL": self.page_url,
            "AIRFLOW_HOME": str(self.airflow),
            "AIRFLOW_CONN_DUTYFLOW_SMTP": json.dumps(smtp),
            "AIRFLOW_CONN_DUTYFLOW_API": json.dumps(api),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": str(self.parallelism),
            "AIRFLOW__CORE__FERNET_KEY": keys["fernet"],
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{COORDINATOR}:admin,{SERVICE}:op",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(
                self.airflow / "passwords.json"
            ),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": (
                f"sqlite:///{self.airflow / 'airflow.db'}?timeout={DATABASE_PATIENCE}"
            ),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": keys["api"],
            "AIRFLOW__API_AUTH__JWT_SECRET": keys["jwt"],
            "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self.airflow / "logs"),
            "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(
                self.airflow / "logs" / "dag_processor"
            ),
            "AIRFLOW__TRIGGERER__CAPACITY": "10000",  # sections waited for at once; else 1,000
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "PYTHONUNBUFFERED": "1",
        }


def _port(variable: str, default: int) -> int:
    written = os.environ.get(variable) or str(default)
    if not (written.isascii() and written.isdigit() and 0 < int(written) < 65536):
        sys.exit(
            f"{variable}={written} 不是連接埠；請給 1 到 65535 的數字，例如：make run PORT=8081\n"
            f"{variable}={written} is no port; give a number from 1 to 65535: make run PORT=8081"
        )
    return int(written)


def _new_keys() -> dict[str, str]:
    return {
        "fernet": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "api": secrets.token_urlsafe(32),
        "jwt": secrets.token_urlsafe(64),
    }


def _inherited() -> dict[str, str]:
    """Our own environment without another Airflow's settings."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "DUTYFLOW_"))}


def _kept_json(path: Path, make) -> dict[str, str]:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(make()), encoding="utf-8")
        fresh.replace(path)
    return json.loads(path.read_text(encoding="utf-8"))
