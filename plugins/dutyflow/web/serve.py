"""The command `dutyflow serve`: the page of sections, as a process of its own."""

from __future__ import annotations

import click
import uvicorn

from dutyflow.errors import DutyflowError
from dutyflow.infra.settings import Settings
from dutyflow.services.workspace import Workspace

from .upload import create_app

PORT = 8081
GRACE_SECONDS = 10  # for what is on its way when the process is told to stop


@click.command("serve", help="Serve the page on which sections fill in their forms.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.pass_obj
def serve_command(settings: Settings, host: str, port: int) -> None:
    """Run the app until it is stopped. A reverse proxy that DUTYFLOW_PROXIES names is believed when
    it says whom a request is from."""
    workspace = Workspace(settings)
    try:
        if not workspace.ledger.is_ready():
            raise DutyflowError("還沒有帳本；請先執行 dutyflow migrate")
        uvicorn.run(
            create_app(workspace),
            host=host,
            port=port,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies or None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    finally:
        workspace.close()
