"""`dutyflow undeliverable`: the addresses that mail comes back from, and that one works again."""

from __future__ import annotations

import click

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.ledger import Ledger
from dutyflow.plan.words import listed

from .common import Refused


@click.command(
    "undeliverable", help="List the addresses that mail comes back from, or say that one works."
)
@click.option("--works", metavar="EMAIL", help="This address works again: write to it once more.")
@click.pass_obj
def undeliverable_command(settings: Settings, works: str | None) -> None:
    with Ledger(settings.ledger) as ledger:
        known = ledger.people.undeliverable()
        if works is None:
            for each in known.values():
                click.echo(f"{each.email}  {format_roc_moment(each.since)}  {each.why}")
            if not known:
                click.echo("沒有退信的信箱")
            return
        if not ledger.people.mark_deliverable(works, now=clock.now(), who="計畫承辦人"):
            raise Refused(
                f"信箱「{works}」沒有退信的紀錄；退信的信箱有：{listed(known) or '（沒有）'}"
            )
    click.echo(f"{works} 已恢復，下一次通知起照常寄信")
