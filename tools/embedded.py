"""Start and stop an embedded dutyflow: Airflow's four processes, the upload page, a mail sink.

    python tools/embedded.py up | stop | status | clean

Each process is started on its own, remembered by its id, and stopped by that id.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from environment import ROOT, Instance

AIRFLOW = [sys.executable, "-m", "airflow"]
DUTYFLOW = str(Path(sys.executable).with_name("dutyflow"))
PATIENCE_SECONDS = 120
GRACE_SECONDS = 20


class CannotStart(Exception):
    """Something outside dutyflow is in the way; the text says what to do."""


def commands(instance: Instance) -> dict[str, list[str]]:
    """The processes of an instance, by name, in the order in which they are started."""
    sink = [str(ROOT / "tools" / "mail_sink.py")]
    sink += ["--port", str(instance.smtp_port), "--root", str(instance.mail)]
    return {
        "mail-sink": [sys.executable, *sink],
        "upload": [DUTYFLOW, "serve", "--port", str(instance.page_port)],
        "api-server": [*AIRFLOW, "api-server"],
        "scheduler": [*AIRFLOW, "scheduler", "--skip-serve-logs"],
        "dag-processor": [*AIRFLOW, "dag-processor"],
        "triggerer": [*AIRFLOW, "triggerer", "--skip-serve-logs"],
    }


def up(instance: Instance) -> None:
    """Start what is not running yet, and wait until all of it is healthy."""
    running = dict(processes(instance))
    if not running:
        for port, variable in (
            (instance.port, "PORT"),
            (instance.smtp_port, "SMTP_PORT"),
            (instance.page_port, "PAGE_PORT"),
        ):
            require_free(port, variable)
    environment = instance.environment()
    for folder in (instance.logs, instance.pids, instance.mail, instance.airflow):
        folder.mkdir(parents=True, exist_ok=True)
    if "scheduler" not in running:
        migrate(environment, instance.logs / "migrate.log")
    for name, command in commands(instance).items():
        if name not in running:
            start(instance, name, command, environment)
    wait_until_healthy(instance)


def migrate(environment: dict[str, str], log: Path) -> None:
    with log.open("ab") as out:
        for command in ([*AIRFLOW, "db", "migrate"], [DUTYFLOW, "migrate"]):
            done = subprocess.run(command, env=environment, stdout=out, stderr=out, cwd=ROOT)
            if done.returncode:
                raise CannotStart(f"資料庫無法建立 / the database cannot be set up: {log}")


def start(instance: Instance, name: str, command: list[str], environment: dict[str, str]) -> None:
    with (instance.logs / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=instance.home,
            start_new_session=True,  # its own group, so that its children can be stopped with it
        )
    born = psutil.Process(process.pid).create_time()
    (instance.pids / name).write_text(f"{process.pid} {born}", encoding="ascii")


def processes(instance: Instance) -> Iterator[tuple[str, psutil.Process]]:
    """The instance's processes that live. An id that another program has since got is not ours."""
    for name in commands(instance):
        with contextlib.suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
            pid, born = (instance.pids / name).read_text(encoding="ascii").split()
            process = psutil.Process(int(pid))
            if process.create_time() == float(born) and process.status() != psutil.STATUS_ZOMBIE:
                yield name, process


def stop(instance: Instance) -> list[str]:
    """Stop every process that this instance started, children included. Returns their names."""
    ours = dict(processes(instance))
    families = {name: [p, *p.children(recursive=True)] for name, p in ours.items()}
    for process in reversed(list(ours.values())):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
    everyone = [member for family in families.values() for member in family]
    _, stubborn = psutil.wait_procs(everyone, timeout=GRACE_SECONDS)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=GRACE_SECONDS)
    for name in commands(instance):
        (instance.pids / name).unlink(missing_ok=True)
    return list(ours)


def clean(instance: Instance) -> None:
    """Forget everything: stop, and delete the instance's folder."""
    stop(instance)
    if instance.home.exists() and not (instance.airflow.exists() or instance.pids.exists()):
        raise CannotStart(
            f"{instance.home} 不像 dutyflow 的資料夾，未刪除 / not an instance's folder"
        )
    shutil.rmtree(instance.home, ignore_errors=True)


def require_free(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CannotStart(
                f"連接埠 {port} 已被其他程式占用；請換一個，例如：make run {variable}={port + 10}\n"
                f"Port {port} is taken by another program; choose another: "
                f"make run {variable}={port + 10}"
            ) from None


def wait_until_healthy(instance: Instance) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    missing = ["api-server"]
    while time.monotonic() < deadline:
        alive = dict(processes(instance))
        for name in commands(instance):
            if name not in alive:
                raise CannotStart(
                    f"{name} 啟動後即停止，原因在 / stopped right after its start, see: "
                    f"{instance.logs / name}.log"
                )
        missing = unhealthy(instance)
        if not missing:
            return
        time.sleep(0.5)
    raise CannotStart(f"{'、'.join(missing)} 未能就緒 / not ready; logs: {instance.logs}")


def unhealthy(instance: Instance) -> list[str]:
    try:
        health = httpx.get(f"{instance.url}/api/v2/monitor/health", timeout=5).json()
    except (httpx.HTTPError, ValueError):
        return ["api-server"]
    page = [] if page_answers(instance) else ["upload"]
    return page + [
        name
        for name in ("metadatabase", "scheduler", "dag_processor", "triggerer")
        if health.get(name, {}).get("status") != "healthy"
    ]


def page_answers(instance: Instance) -> bool:
    try:
        return httpx.get(f"{instance.page_url}/fill/health", timeout=5).is_success
    except httpx.HTTPError:
        return False


def main() -> int:
    os.umask(0o077)
    instance = Instance.from_environment()
    verb = sys.argv[1] if len(sys.argv) == 2 else "help"
    try:
        if verb == "up":
            up(instance)
            print(f"Airflow：{instance.url}  帳號 admin  密碼 {instance.passwords()['admin']}")
        elif verb == "stop":
            print(
                "已停止 / stopped:",
                "、".join(stop(instance)) or "（原本就沒有在執行 / none was running）",
            )
        elif verb == "status":
            alive = dict(processes(instance))
            for name in commands(instance):
                print(f"{name:14} {'執行中 running' if name in alive else '未執行 stopped'}")
        elif verb == "clean":
            clean(instance)
            print(f"已清除 / removed: {instance.home}")
        else:
            print(__doc__)
            return 2
    except CannotStart as error:
        print(error, file=sys.stderr)
        if verb == "up":
            stop(instance)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
