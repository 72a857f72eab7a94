"""每週狀態: once a week the director is told how each section stands.

On the week's first working day; where that was missed, on the next one of the same week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from dutyflow.calendars.roc import format_roc
from dutyflow.infra.mime_types import XLSX
from dutyflow.ledger.records import Part
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.summaries import SectionWeek, Week
from dutyflow.nagging.lateness import is_late, is_over
from dutyflow.nagging.watchers import WEEK, week_rung
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Workspace

from .office_status import Watch, post_for_each

A_YEAR = timedelta(days=365)


def report_week(workspace: Workspace, offices: Iterable[str], *, now: datetime) -> None:
    """Send each office's state of this week, once.

    Raises UnknownOffice; MailDeferred or MailRefused, after every one has been tried.
    """
    post_for_each(workspace, offices, letters, now=now)


def letters(watch: Watch) -> Iterator[OutgoingMail]:
    """The week's mail, where it has not been sent and there is something that it could be about."""
    office, ledger = watch.office, watch.workspace.ledger
    rung = week_rung(watch.today)
    if not watch.works or ledger.lately.was_sent(office.office, rung):
        return
    content = week_of(watch)
    if content.sections:
        sheet = attached(content, watch)
        yield OutgoingMail(
            about=office.office,
            rung=rung,
            to=office.contacts.director,
            reason=WEEK,
            content=replace(content, sheet_name=sheet.name),
            thread=f"{office.office}/week",
            attachments=(sheet,),
        )


def attached(week: Week, watch: Watch) -> Attachment:
    """The same on one page, with a chart."""
    from dutyflow.reports.week_sheet import (  # openpyxl: only where there is a week
        WeekSheet,
        week_xlsx,
    )

    sheet = WeekSheet(
        office=week.office,
        title=week.title,
        headline="".join(week.headline),
        span=f"準時率與完成率：{week.span}，免報者不計。",
        made_on=watch.today,
        sections=week.sections,
        whole=week.whole,
        late=[each.line for each in week.late],
        waiting=[each.line for each in week.waiting],
    )
    name = f"每週狀態_{format_roc(week.monday)}.xlsx"
    return Attachment(name=name, content_type=XLSX, data=week_xlsx(sheet))


def week_of(watch: Watch) -> Week:
    """The state as of now, of what was due in the last 12 months."""
    since = watch.today - A_YEAR
    return Week(
        office=watch.office.name,
        monday=watch.today - timedelta(days=watch.today.weekday()),
        since=since,
        sections=tuple(_sections(watch, since)),
        late=watch.late,
        waiting=tuple(pending.line for pending in watch.pending),
        coordinator=watch.office.contacts.coordinator,
    )


def _sections(watch: Watch, since: date) -> Iterator[SectionWeek]:
    """In the order of the plans. An open cycle's late answers count, however old it is."""
    start = datetime.combine(since, time.min, watch.office.zone)
    own: dict[str, list[Part]] = defaultdict(list)
    for part in watch.workspace.ledger.lately.parts(watch.office.office, start):
        own[watch.section(part.plan_hash, part.section)].append(part)
    order = [section.name for section in watch.office.plans[-1].sections]
    for name in sorted(own, key=lambda name: order.index(name) if name in order else len(order)):
        yield _section(name, own[name], watch.now)


def _section(name: str, parts: list[Part], now: datetime) -> SectionWeek:
    """What is answered before its day counts from then on: it is settled."""
    expected = [part for part in parts if part.state != "waived"]
    due = [part for part in expected if part.on_time is not None or is_over(part.collect_by, now)]
    late = [part for part in expected if is_late(part.state, part.collect_by, now)]
    unanswered = [part for part in expected if part.state != "accepted"]
    return SectionWeek(
        name=name,
        due=len(due),
        on_time=sum(part.on_time is True for part in due),
        answered=sum(part.state == "accepted" for part in due),
        open_now=len(unanswered) - len(late),
        late_now=len(late),
    )
