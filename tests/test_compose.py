"""docker-compose.yaml, as far as it can be judged without Docker."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from sqlalchemy import make_url

from dutyflow.infra import settings
from tests.support.compose import COMPOSE, SERVICES, TEXT, VARIABLE, variables

ROOT = Path(__file__).parents[1]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")

COMMANDS = {
    "init": "sh docker/init.sh",
    "api-server": "airflow api-server",
    "scheduler": "airflow scheduler --skip-serve-logs",
    "dag-processor": "airflow dag-processor",
    "triggerer": "airflow triggerer --skip-serve-logs",
    "upload": "dutyflow serve --host 0.0.0.0 --port 8081",
    "mail-sink": "python docker/mail_sink.py --port 2525 --root /var/lib/dutyflow/mail",
}
OURS = pytest.mark.parametrize("name", COMMANDS)
SECRET = re.compile("PASSWORD|SECRET|FERNET_KEY")
READ_BY_COMPOSE_ITSELF = {"COMPOSE_PROFILES"}


def example() -> dict[str, str]:
    return variables(EXAMPLE)


def environment(name: str) -> dict[str, str]:
    return SERVICES[name].get("environment") or {}


def filled_in(text: str) -> str:
    """The text as compose would write it, were every variable `abc123`."""
    return VARIABLE.sub("abc123", text)


def test_its_services_are_these() -> None:
    assert set(SERVICES) == {"postgres", *COMMANDS}
    assert set(COMPOSE["volumes"]) == {"home", "postgres"}


@OURS
def test_every_service_of_ours_runs_its_command_in_the_one_image(name: str) -> None:
    service = SERVICES[name]
    assert (service["image"], service["build"]) == ("dutyflow:local", ".")
    assert " ".join(service["command"]) == COMMANDS[name]
    for word in service["command"]:
        if word.startswith("docker/"):
            assert (ROOT / word).is_file()


def test_the_database_is_postgresql_16_and_tells_when_it_is_ready() -> None:
    postgres = SERVICES["postgres"]
    assert postgres["image"] == "postgres:16"
    assert "pg_isready" in postgres["healthcheck"]["test"]
    assert (
        "./docker/databases.sh:/docker-entrypoint-initdb.d/databases.sh:ro" in postgres["volumes"]
    )
    for name in ("init", "api-server", "scheduler", "dag-processor", "triggerer", "upload"):
        assert SERVICES[name]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_nothing_starts_before_the_databases_are_up_to_date() -> None:
    script = (ROOT / "docker" / "init.sh").read_text(encoding="utf-8")
    assert script.index("airflow db migrate") < script.index("dutyflow migrate")
    for name in ("api-server", "scheduler", "dag-processor", "triggerer", "upload"):
        done = SERVICES[name]["depends_on"]["init"]
        assert done == {"condition": "service_completed_successfully"}


def test_what_is_published_is_published_on_this_machine_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert not any("network_mode" in service for service in SERVICES.values())


@OURS
def test_plans_are_mounted_read_only_and_home_is_a_volume(name: str) -> None:
    assert "home:/var/lib/dutyflow" in SERVICES[name]["volumes"]
    assert "./include/plan:/opt/dutyflow/include/plan:ro" in SERVICES[name]["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file(name: str) -> None:
    for variable, value in environment(name).items():
        if SECRET.search(variable) or "CONN" in variable or "LEDGER" in variable:
            assert VARIABLE.search(value), f"{variable} of {name} is written out"
        left = VARIABLE.sub("", value)
        assert not re.search(r"://[^/@]+:[^/@]+@", left), f"a password in {variable} of {name}"
        assert not re.search(r'"password": "[^"]', left), f"a password in {variable} of {name}"


def test_a_secret_that_is_missing_is_told_in_a_sentence() -> None:
    for match in VARIABLE.finditer(TEXT):
        # These have defaults; no connection for IMAP is one, too.
        if match["name"] not in ("PORT", "SMTP_PORT", "PAGE_PORT", "IMAP_CONNECTION"):
            assert match["rest"] == f":?請在 .env 填入 {match['name']}"


def test_the_example_names_every_variable_and_no_other() -> None:
    used = {match["name"] for match in VARIABLE.finditer(TEXT)}
    assert set(example()) == used | READ_BY_COMPOSE_ITSELF


def test_the_example_gives_no_secret() -> None:
    given = example()
    secrets = {name for name in given if SECRET.search(name)}
    assert len(secrets) == 8
    assert not any(given[name] for name in secrets)
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_the_connections_are_what_airflow_reads() -> None:
    api = json.loads(filled_in(environment("scheduler")["AIRFLOW_CONN_DUTYFLOW_API"]))
    assert api == {
        "conn_type": "http",
        "host": "http://api-server:8080",
        "login": "dutyflow",
        "password": "abc123",
    }
    written = re.findall(r"^(?:# )?SMTP_CONNECTION='(.+)'$", EXAMPLE, re.MULTILINE)
    sink, office = map(json.loads, written)
    assert (sink["conn_type"], sink["host"], sink["port"]) == ("smtp", "mail-sink", 2525)
    assert (office["conn_type"], office["extra"]["disable_ssl"]) == ("smtp", True)


def test_both_databases_are_spoken_to_through_psycopg2() -> None:
    ours = environment("scheduler")
    ledger = make_url(filled_in(ours["DUTYFLOW_LEDGER"]))
    airflow = make_url(filled_in(ours["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]))
    assert {ledger.drivername, airflow.drivername} == {"postgresql+psycopg2"}
    assert (ledger.username, ledger.host, ledger.database) == ("dutyflow", "postgres", "dutyflow")
    assert (airflow.username, airflow.host, airflow.database) == ("airflow", "postgres", "airflow")
    script = (ROOT / "docker" / "databases.sh").read_text(encoding="utf-8")
    for url in (ledger, airflow):
        assert f"CREATE DATABASE {url.database} OWNER {url.username}" in script


def test_people_log_in_through_fab() -> None:
    manager = environment("api-server")["AIRFLOW__CORE__AUTH_MANAGER"]
    assert manager == "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
    assert "apache-airflow-providers-fab==" in (ROOT / "requirements.txt").read_text()


def test_the_settings_that_it_makes_exist() -> None:
    made = set(re.findall(r"\bDUTYFLOW_[A-Z_]+(?=[:=])", TEXT + DOCKERFILE))
    assert {"DUTYFLOW_HOME", "DUTYFLOW_PLANS", "DUTYFLOW_LEDGER"} <= made
    known = set(re.findall(r"DUTYFLOW_[A-Z_]+", settings.__doc__ or ""))
    assert made <= known


def test_the_image_runs_as_a_user_of_its_own() -> None:
    assert DOCKERFILE.startswith("#")
    assert re.search(r"^FROM python:3\.12-slim$", DOCKERFILE, re.MULTILINE)
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users == ["dutyflow"]
    assert DOCKERFILE.rindex("\nUSER ") > DOCKERFILE.rindex("\nRUN ")


def test_what_the_image_is_built_from_is_there_and_reaches_the_builder() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [line.removeprefix("!") for line in ignore if line.startswith("!")]
    copied = [
        source
        for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert "plugins" in copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, let) or source.startswith(f"{let}/") for let in let_in), source
    assert "*" in ignore, "what is not named stays out: .env, var, .git"
    assert "**/contacts.local.yaml" in ignore


def test_the_fonts_of_an_office_fall_back_to_noto() -> None:
    fonts = (ROOT / "docker" / "fonts.conf").read_text(encoding="utf-8")
    for family in ("標楷體", "微軟正黑體"):
        assert f"<family>{family}</family>" in fonts
    assert "fonts-noto-cjk" in DOCKERFILE
    assert "COPY docker/fonts.conf /etc/fonts/local.conf" in DOCKERFILE


def test_the_upload_page_knows_neither_airflow_nor_the_mail_server() -> None:
    ours = environment("upload")
    assert set(ours) == {"DUTYFLOW_BASE_URL", "DUTYFLOW_LEDGER", "DUTYFLOW_PROXIES"}
    for name in ("scheduler", "triggerer"):
        assert environment(name)["DUTYFLOW_BASE_URL"] == ours["DUTYFLOW_BASE_URL"]
