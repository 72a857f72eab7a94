"""`dutyflow migrate`: bring the ledger's tables up to date."""

from __future__ import annotations

import click

from dutyflow.infra.settings import Settings
from dutyflow.ledger import Ledger


@click.command("migrate", help="Create the ledger, or bring its tables up to this version's.")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    with Ledger(settings.ledger) as ledger:
        ledger.migrate()
    click.echo("帳本已是最新版")
