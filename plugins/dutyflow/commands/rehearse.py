"""`dutyflow rehearse`: every mail of a year, or of the next round, before any is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

import click

from dutyflow.calendars.cycles import opening_moment
from dutyflow.calendars.roc import TAIPEI, format_roc, format_roc_moment, in_zone
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.mail.text import file_name
from dutyflow.nagging import wording
from dutyflow.plan.cycles import require_duty
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.words import did_you_mean, listed
from dutyflow.services.rehearsal.crowding import CrowdedWeek, Load, crowded_weeks, loads
from dutyflow.services.rehearsal.days import planned_days
from dutyflow.services.rehearsal.mails import ForeseenMail
from dutyflow.services.rehearsal.play import Rehearsal, Unreached, Wish, rehearse

from .common import Day, Refused, echo_json, echo_table, json_option, near, save
from .cycles import check_range
from .ledger_access import opened_workspace
from .offices import load_offices_with_people, office_option

Near = Literal["today", "tomorrow"]
MOST_CROWDED = 10  # days that the table names; JSON has all
HEADING = ("#", "日期", "收件人", "身分", "階段與原因", "機關", "應辦事項", "主旨")
LOAD_HEADING = ("日期", "機關", "組室", "信件", "應辦事項", "當日截止")
WEEK_HEADING = ("週", "機關", "工作天", "放假", "截止的應辦事項", "期別")
UNREACHED_HEADING = ("日期", "組室", "定期工作", "期別", "原因")
# What a year's rehearsal, and the next round, cannot know.
LEFT_OUT = (
    "未列入：回條、補正、展期與改期的往來；這些要看屆時收到什麼。"
    "晨間摘要、待核定與每週狀態以各期於報送期限日核定推演，有組室未報者於稽催結束之日；"
    "指定 --duty 或 --section 時不列。明日的可用 --from tomorrow 預覽"
)
LEFT_OUT_OF_TOMORROW = "未列入：回條、補正、展期與退信的回覆；這些在收到來信時才寄"


class StartDay(Day):
    """A date, or `today`, `tomorrow`: the next round."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value in ("today", "tomorrow") else super().convert(value, param, ctx)


@click.command("rehearse")
@click.option(
    "--from",
    "start",
    type=StartDay(),
    required=True,
    help="First day (107-01-01); or today, tomorrow: the round of the next working day, with the "
    "ledger as it stands.",
)
@click.option("--to", "end", type=Day(), help="Last day (107-12-31).")
@office_option
@click.option("--duty", metavar="ID", help="Only this duty's.")
@click.option("--section", "sections", metavar="ID", multiple=True, help="Only this section's.")
@click.option("--answered-on-time", is_flag=True, help="Play that every section answers in time.")
@click.option(
    "--late", metavar="ID", multiple=True, help="Play that only this section does not answer."
)
@json_option
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write a calendar.")
@click.option("--xlsx", type=click.Path(path_type=Path), metavar="FILE", help="Write a workbook.")
@click.option("--show", type=int, metavar="N", help="Print mail number N as it would be sent.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write every mail into a folder, as .eml, .txt and .html.",
)
@click.pass_obj
def rehearse_command(settings: Settings, /, **given: Any) -> None:
    """Tell every mail of FROM..TO, before any is sent: nothing is changed, nobody is mailed.

    Unless something else is played, nobody answers. With --from today or tomorrow (and no --to):
    what the round of the next working day would send, with the ledger as it stands.
    """
    asked = Asked(**given)
    offices = load_offices_with_people(near(settings.plans), asked.office)
    asked.check_sections(offices)
    if not isinstance(asked.start, date):
        _tell_next_round(settings, asked, asked.start)
        return
    having = asked.having_duty(offices)
    wish = asked.wish(asked.start)
    _refuse_before_any_plan(having, wish)
    played = rehearse(having, wish)
    if asked.ics is not None:
        _save_ics(played, asked.ics)
    if asked.xlsx is not None:
        _save_xlsx(played, having, asked.xlsx)
    if asked.wants_mails:
        _hand_out(played.mails, asked, at=None)
    elif asked.as_json:
        echo_json(_as_json(played))
    elif asked.ics is None and asked.xlsx is None:
        _echo(played)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command, as they were given."""

    start: date | Near
    end: date | None
    office: str | None
    duty: str | None
    sections: tuple[str, ...]
    answered_on_time: bool
    late: tuple[str, ...]
    as_json: bool
    ics: Path | None
    xlsx: Path | None
    show: int | None
    output: Path | None

    @property
    def wants_mails(self) -> bool:
        return self.show is not None or self.output is not None

    def wish(self, start: date) -> Wish:
        if self.end is None:
            raise Refused("請以 --to 指定迄日，例如 --to 107-12-31")
        check_range(start, self.end)
        return Wish(
            start=start,
            end=self.end,
            duty=self.duty or "",
            sections=frozenset(self.sections),
            answered_on_time=self.answered_on_time or bool(self.late),
            late=frozenset(self.late),
        )

    def having_duty(self, offices: Sequence[OfficePlan]) -> list[OfficePlan]:
        if self.duty is None:
            return list(offices)
        having = {each.office for each in require_duty(offices, self.duty)}
        return [office for office in offices if office.office in having]

    def check_sections(self, offices: Sequence[OfficePlan]) -> None:
        known = {s.id: s.name for o in offices for plan in o.plans for s in plan.sections}
        for wanted in (*self.sections, *self.late):
            if wanted not in known and wanted not in known.values():
                hint = did_you_mean(wanted, known, known) or f"有 {listed(known)}"
                raise Refused(f"沒有組室「{wanted}」；{hint}")

    def refuse_what_is_played(self) -> None:
        """The next round goes by the ledger."""
        given = {
            "--to": self.end,
            "--ics": self.ics,
            "--xlsx": self.xlsx,
            "--late": self.late,
            "--answered-on-time": self.answered_on_time,
        }
        wrong = [option for option, value in given.items() if value]
        if wrong:
            raise Refused(
                f"--from {self.start} 依帳本預覽下一次稽催，不能與 {'、'.join(wrong)} 併用；"
                "要預演一段期間，請以 --from 指定日期"
            )


def _refuse_before_any_plan(offices: Sequence[OfficePlan], wish: Wish) -> None:
    first = min((plan.effective_from for office in offices for plan in office.plans), default=None)
    if first is not None and wish.end < first:
        raise Refused(
            f"{format_roc(wish.start)}至{format_roc(wish.end)}沒有生效的計畫；"
            f"最早的計畫自{format_roc(first)}生效"
        )


def _tell_next_round(settings: Settings, asked: Asked, start: Near) -> None:
    from dutyflow.services.rehearsal.next_round import (
        foresee,  # with the ledger, which a year's rehearsal needs not
    )
    from dutyflow.services.reminders.daily_round import Wanted

    asked.refuse_what_is_played()
    wanted = Wanted(
        office=asked.office or "", duty=asked.duty or "", sections=tuple(asked.sections)
    )
    with opened_workspace(settings) as workspace:
        found = foresee(workspace, wanted, now=clock.now(), days_ahead=0 if start == "today" else 1)
        if asked.wants_mails:
            _hand_out(found.everything, asked, at=found.at)
        elif asked.as_json:
            echo_json(
                {
                    "at": in_zone(found.at).isoformat(),
                    "mails": _mails_as_json(found.everything),
                    "left_out": LEFT_OUT_OF_TOMORROW,
                }
            )
        else:
            count = len(found.everything)
            click.echo(f"下一次稽催：{format_roc_moment(found.at)}，共 {count} 封信")
            if count:
                echo_table(HEADING, _mail_rows(found.everything))
            click.echo(LEFT_OUT_OF_TOMORROW)


def _hand_out(mails: Sequence[ForeseenMail], asked: Asked, *, at: datetime | None) -> None:
    """Print one mail, or write all of them into a folder, as they would be sent."""
    if asked.show is not None:
        if not 1 <= asked.show <= len(mails):
            raise Refused(f"沒有第 {asked.show} 封信；共 {len(mails)} 封，請由 1 起算")
        click.echo(_readable(_message(mails[asked.show - 1], at)))
    if asked.output is not None:
        for number, mail in enumerate(mails, 1):
            name = f"{number:04}_{mail.day.isoformat()}_{mail.to.email}"
            _write(asked.output / file_name(name), _message(mail, at))
        click.echo(f"已將 {len(mails)} 封信寫入 {asked.output}")


def _message(mail: ForeseenMail, at: datetime | None) -> EmailMessage:
    return mail.message(at or opening_moment(mail.day, TAIPEI))


def _write(stem: Path, message: EmailMessage) -> None:
    save(stem.with_name(f"{stem.name}.eml"), message.as_bytes())
    for kind, ending in (("plain", "txt"), ("html", "html")):
        save(stem.with_name(f"{stem.name}.{ending}"), _body(message, kind).encode())


def _readable(message: EmailMessage) -> str:
    heads = [f"{name}: {message[name]}" for name in ("From", "To", "Reply-To", "Subject", "Date")]
    names = [str(part.get_filename()) for part in message.iter_attachments()]
    attached = [f"附件：{'、'.join(names)}"] if names else []
    shown = [head for head in heads if not head.endswith(": None")]
    return "\n".join([*shown, *attached, "", _body(message, "plain")])


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _save_ics(played: Rehearsal, path: Path) -> None:
    from dutyflow.services.rehearsal.calendar_file import ics

    days = planned_days(played)
    save(path, ics(days, made_at=clock.now()))
    click.echo(f"已寫入 {path}：{len(days)} 個日程", err=True)


def _save_xlsx(played: Rehearsal, offices: Sequence[OfficePlan], path: Path) -> None:
    from dutyflow.services.rehearsal.workbook import year_xlsx

    today = in_zone(clock.now(), TAIPEI).date()
    save(path, year_xlsx(played, offices, made_on=today))
    click.echo(f"已寫入 {path}", err=True)


def _as_json(played: Rehearsal) -> dict[str, Any]:
    return {
        "from": played.start.isoformat(),
        "to": played.end.isoformat(),
        "mails": _mails_as_json(played.mails),
        "left_out": LEFT_OUT,
        "load": [_load_as_json(each) for each in loads(played)],
        "crowded_weeks": [_week_as_json(each) for each in crowded_weeks(played)],
        "unreached": [_unreached_as_json(each) for each in played.unreached],
    }


def _mails_as_json(mails: Sequence[ForeseenMail]) -> list[dict[str, Any]]:
    return [
        {
            "date": mail.day.isoformat(),
            "to": mail.to.email,
            "name": mail.to.name,
            "role": mail.first.role,
            "office": ",".join(mail.offices),
            "assignments": [point.assignment for point in mail.points if point.section],
            "rung": mail.first.rung.key,
            "reason": wording.worded(mail.first.reason, mail.titles),
            "subject": mail.subject,
            "notices": [
                {
                    "assignment": point.assignment,
                    "rung": point.rung.key,
                    "role": point.role,
                    "reason": wording.worded(point.reason, mail.titles),
                    "acting_for": point.acting_for,
                }
                for point in mail.points
            ],
        }
        for mail in mails
    ]


def _load_as_json(load: Load) -> dict[str, Any]:
    return {
        "date": load.day.isoformat(),
        "office": load.office,
        "section": load.section,
        "mails": load.mails,
        "assignments": load.assignments,
        "deadlines": load.deadlines,
    }


def _week_as_json(week: CrowdedWeek) -> dict[str, Any]:
    return {
        "office": week.office,
        "start": week.start.isoformat(),
        "end": week.end.isoformat(),
        "working_days": week.working_days,
        "off": [day.isoformat() for day in week.off],
        "cycles": list(week.cycles),
        "assignments": [part.key for part in week.parts],
    }


def _unreached_as_json(each: Unreached) -> dict[str, Any]:
    return {"date": each.day.isoformat(), "assignment": each.part.key, "reason": each.said}


def _echo(played: Rehearsal) -> None:
    between = f"{format_roc(played.start)}至{format_roc(played.end)}"
    people = len({mail.to.email.lower() for mail in played.mails})
    click.echo(f"預演 {between}：寄給 {people} 人，共 {len(played.mails)} 封信")
    if played.mails:
        echo_table(HEADING, _mail_rows(played.mails))
    click.echo(LEFT_OUT)
    names = {(part.cycle.office, part.section.id): part.section.name for part in played.parts}
    crowded = loads(played)[:MOST_CROWDED]
    if crowded:
        click.echo(f"\n■ 最擁擠的日子（每組室每日；前 {MOST_CROWDED} 名）")
        echo_table(LOAD_HEADING, (_load_row(each, names) for each in crowded))
    if weeks := crowded_weeks(played):
        click.echo("\n■ 放假而截止集中的週")
        echo_table(WEEK_HEADING, map(_week_row, weeks))
    if played.unreached:
        click.echo("\n■ 組室無人可收信")
        echo_table(UNREACHED_HEADING, map(_unreached_row, played.unreached))


def _mail_rows(mails: Sequence[ForeseenMail]) -> Iterator[tuple[str, ...]]:
    for number, mail in enumerate(mails, 1):
        yield (
            str(number),
            format_roc(mail.day, weekday=True),
            f"{mail.to.name} {mail.to.email}",
            mail.titles.of(mail.first.role),
            wording.worded(mail.first.reason, mail.titles),
            ",".join(mail.offices),
            _about(mail),
            mail.subject,
        )


def _about(mail: ForeseenMail) -> str:
    """The first of the assignments or cycles, and how many there are."""
    own = [key for p in mail.points if (key := p.assignment.partition("/")[2])]
    first = own[0] if own else "—"
    return first if len(own) <= 1 else f"{first} 等 {len(own)} 件"


def _load_row(load: Load, names: dict[tuple[str, str], str]) -> tuple[str, ...]:
    return (
        format_roc(load.day, weekday=True),
        load.office,
        names.get((load.office, load.section), load.section),
        f"{load.mails} 封",
        f"{load.assignments} 件",
        f"{load.deadlines} 件",
    )


def _week_row(week: CrowdedWeek) -> tuple[str, ...]:
    return (
        f"{format_roc(week.start)}起",
        week.office,
        f"{week.working_days} 天",
        listed(format_roc(day, weekday=True) for day in week.off),
        f"{len(week.parts)} 件",
        listed(key.partition("/")[2] for key in week.cycles),
    )


def _unreached_row(each: Unreached) -> tuple[str, ...]:
    part = each.part
    day = format_roc(each.day, weekday=True)
    return (day, part.section.name, part.duty.name, part.cycle.name, each.said)
