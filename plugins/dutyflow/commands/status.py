"""`dutyflow status`: how the open cycles stand, and whether the ladder works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

import click

from dutyflow.calendars.roc import format_roc, format_roc_moment
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.ledger.records import MailboxRecord
from dutyflow.nagging.states import STATE_TITLES
from dutyflow.plan.office import OfficePlan
from dutyflow.services.audit.status import CycleStatus, Effect, SectionStatus, Survey, survey
from dutyflow.services.messaging.mailbox_health import last_read
from dutyflow.services.workspace import Workspace

from .common import echo_json, echo_table, json_option
from .ledger_access import cycles_in, opened_workspace
from .offices import office_option

HEADING = ("組室", "狀態", "期限", "餘日", "最近一封信", "下一次稽催")
MAILBOX_HEADING = ("機關", "信箱", "讀取", "狀態")
LADDER_HEADING = ("階段", "寄出信件", "提醒件數", "次一工作日前填報", "比率")


@click.command("status")
@office_option
@click.option("--duty", metavar="ID", help="Only this duty's.")
@click.option("--cycle", metavar="NAME", help="Only the cycle of that name (107H1).")
@json_option
@click.pass_obj
def status_command(
    settings: Settings, office: str | None, duty: str | None, cycle: str | None, as_json: bool
) -> None:
    """Tell of each open cycle's sections their state, deadline, last mail and next reminder.

    And whether the ladder works: for each rung, how many mails went out, and how many answers came
    by the end of the working day after it. That counts closed cycles too. And when each mailbox
    on a mail server was read last, and since when one cannot be.
    """
    with opened_workspace(settings) as workspace:
        wanted = cycles_in(workspace, office=office, duty=duty, name=cycle)
        found = survey(workspace, wanted, now=clock.now())
        mailboxes = tuple(_mailboxes(workspace, office))
    if as_json:
        echo_json({**_as_json(found), "mailboxes": [_mailbox_as_json(each) for each in mailboxes]})
        return
    for each in found.cycles:
        _echo_cycle(each)
    if not found.cycles:
        click.echo("目前沒有開啟的期別")
    if found.effects:
        click.echo("\n■ 稽催成效（每次填報計入其前最近一封信）")
        echo_table(LADDER_HEADING, map(_effect_row, found.effects))
    if mailboxes:
        click.echo("\n■ 收件信箱")
        echo_table(MAILBOX_HEADING, map(_mailbox_row, mailboxes))


def _mailboxes(
    workspace: Workspace, wanted: str | None
) -> Iterator[tuple[OfficePlan, MailboxRecord]]:
    for key, office in workspace.offices.items():
        if wanted in (None, key):
            for each in workspace.ledger.mailboxes.of(key):
                yield office, each


def _mailbox_row(mailbox: tuple[OfficePlan, MailboxRecord]) -> tuple[str, ...]:
    office, each = mailbox
    if each.away_since is None:
        return office.name, each.name, last_read(each, office), "正常"
    since = format_roc_moment(each.away_since, office.zone)
    return office.name, each.name, last_read(each, office), f"自{since}起：{each.why}"


def _mailbox_as_json(mailbox: tuple[OfficePlan, MailboxRecord]) -> dict[str, Any]:
    _, each = mailbox
    moments = {"read_at": each.read_at, "away_since": each.away_since}
    return {**asdict(each), **{key: at and at.isoformat() for key, at in moments.items()}}


def _echo_cycle(status: CycleStatus) -> None:
    cycle = status.cycle
    due = format_roc(cycle.report_due, weekday=True)
    title = f"{cycle.title} {status.duty_name}（{cycle.name}）"
    click.echo(f"\n■ {status.office_name}　{title}　彙整表期限 {due}")
    echo_table(HEADING, _rows(status))


def _rows(status: CycleStatus) -> Iterator[tuple[str, ...]]:
    for each in status.sections:
        yield (
            each.name,
            _state(each),
            format_roc(each.deadline, weekday=True),
            _remaining(each),
            _last_mail(each, status.zone),
            _next_rung(each),
        )


def _state(status: SectionStatus) -> str:
    said = STATE_TITLES[status.state]
    if status.state == "accepted" and status.nothing:
        said += "（無辦理事項）"
    return f"{said}，{len(status.doubts)} 處存疑" if status.doubts else said


def _remaining(status: SectionStatus) -> str:
    if status.is_done:
        return ""
    if status.days_left < 0:
        return f"逾期 {-status.days_left} 天"
    return f"{status.days_left} 天" if status.days_left else "今天"


def _last_mail(status: SectionStatus, zone: ZoneInfo) -> str:
    mail = status.last_mail
    return f"{format_roc_moment(mail.at, zone)} {mail.name}：{mail.reason}" if mail else "—"


def _next_rung(status: SectionStatus) -> str:
    coming = status.next_rung
    if coming is None:
        return status.silence or "—"
    return f"{format_roc(coming.day, weekday=True)} {coming.title}"


def _effect_row(effect: Effect) -> tuple[str, ...]:
    rate = "—" if effect.rate is None else f"{effect.rate:.0%}"
    return effect.title, str(effect.mails), str(effect.reminded), str(effect.answered), rate


def _as_json(found: Survey) -> dict[str, Any]:
    return {
        "cycles": [_cycle_as_json(each) for each in found.cycles],
        "ladder": [
            {
                "rung": effect.rung,
                "title": effect.title,
                "mails": effect.mails,
                "reminded": effect.reminded,
                "answered": effect.answered,
                "rate": effect.rate,
            }
            for effect in found.effects
        ],
    }


def _cycle_as_json(status: CycleStatus) -> dict[str, Any]:
    cycle = status.cycle
    return {
        "office": cycle.office,
        "duty": cycle.duty,
        "cycle": cycle.name,
        "title": cycle.title,
        "report_due": cycle.report_due.isoformat(),
        "sections": [_section_as_json(each) for each in status.sections],
    }


def _section_as_json(each: SectionStatus) -> dict[str, Any]:
    mail, coming = each.last_mail, each.next_rung
    return {
        "section": each.section,
        "name": each.name,
        "state": each.state,
        "nothing": each.nothing,
        "doubts": list(each.doubts),
        "silence": each.silence,
        "deadline": each.deadline.isoformat(),
        "days_left": each.days_left,
        "last_mail": mail and {**asdict(mail), "at": mail.at.isoformat()},
        "next_rung": coming and {**asdict(coming), "day": coming.day.isoformat()},
    }
