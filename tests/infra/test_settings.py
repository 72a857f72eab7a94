"""Where things are: read once from the environment, with defaults that work in a checkout."""

import threading
from pathlib import Path

import pytest

from dutyflow.infra.settings import SECRET_BYTES, SecretError, Settings, project_root

ROOT = Path(__file__).resolve().parents[2]


def test_without_any_variable_everything_is_in_the_project():
    settings = Settings.from_environ({})
    var = ROOT / "var"
    assert project_root() == ROOT
    assert settings == Settings(
        home=var,
        plans=ROOT / "include/plan",
        ledger=f"sqlite:///{var}/ledger.db",
        store=f"{var}/store",
        mail=var / "mail",
        folders=var / "folders",
        reports=var / "reports",
        secret_file=var / "secret",
    )
    assert settings.snapshots == var / "plans"


def test_the_home_moves_what_is_written_but_not_the_plans(tmp_path):
    settings = Settings.from_environ({"DUTYFLOW_HOME": str(tmp_path)})
    assert settings.ledger == f"sqlite:///{tmp_path}/ledger.db"
    assert settings.secret_file == tmp_path / "secret"
    assert settings.plans == ROOT / "include/plan"


def test_each_variable_counts_and_an_empty_one_does_not():
    settings = Settings.from_environ(
        {
            "DUTYFLOW_HOME": "/srv/dutyflow",
            "DUTYFLOW_PLANS": "/srv/plans",
            "DUTYFLOW_LEDGER": "postgresql+psycopg2://db/dutyflow",
            "DUTYFLOW_STORE": "s3://bucket/received",
            "DUTYFLOW_MAIL": "/srv/mail",
            "DUTYFLOW_FOLDERS": "/mnt/share",
            "DUTYFLOW_REPORTS": "",
            "DUTYFLOW_SECRET_FILE": "/run/secrets/dutyflow",
            "DUTYFLOW_BASE_URL": "https://plan.example.tw/",
            "DUTYFLOW_PROXIES": "10.0.0.1",
        }
    )
    assert settings.base_url == "https://plan.example.tw"
    assert settings.proxies == "10.0.0.1"
    assert settings.plans == Path("/srv/plans")
    assert settings.ledger == "postgresql+psycopg2://db/dutyflow"
    assert settings.store == "s3://bucket/received"
    assert settings.mail == Path("/srv/mail")
    assert settings.folders == Path("/mnt/share")
    assert settings.reports == Path("/srv/dutyflow/reports")
    assert settings.secret_file == Path("/run/secrets/dutyflow")


def test_a_relative_home_stays_the_same_when_the_working_directory_changes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environ({"DUTYFLOW_HOME": "here"})
    assert settings.home == tmp_path / "here"


def settings_in(home):
    return Settings.from_environ({"DUTYFLOW_HOME": str(home)})


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    settings = settings_in(tmp_path / "new")
    secret = settings.secret()
    assert len(secret) == SECRET_BYTES == 32
    assert settings.secret() == secret
    assert settings.secret_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["secret"]
    assert settings_in(tmp_path / "other").secret() != secret


def test_a_secret_that_is_there_is_used_as_it_is(tmp_path):
    (tmp_path / "secret").write_bytes(b"k" * 40 + b"\n")
    assert settings_in(tmp_path).secret() == b"k" * 40 + b"\n"


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_secret_too_short_to_sign_with_is_refused(tmp_path, content):
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SecretError, match=f"只有 {len(content)} 位元組；至少需要 32 位元組"):
        settings_in(tmp_path).secret()


def test_a_secret_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(SecretError, match="無法讀寫金鑰檔"):
        settings_in(tmp_path / "file").secret()


def test_all_who_make_the_secret_at_once_get_the_same(tmp_path):
    settings, secrets = settings_in(tmp_path), []
    start = threading.Barrier(8)

    def read():
        start.wait()
        secrets.append(settings.secret())

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 8
    assert len(set(secrets)) == 1
