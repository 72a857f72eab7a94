"""承辦人作業: what the coordinator changes by hand: a deadline, a duty to answer, who is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from dutyflow.calendars.roc import format_roc, in_zone, parse_date
from dutyflow.errors import DutyflowError
from dutyflow.ledger.event_types import EventType
from dutyflow.ledger.records import CycleRecord, ReportRecord
from dutyflow.mail.inbound.bodies import Wish
from dutyflow.mail.outbound.requests import Waived
from dutyflow.nagging.people import people_of
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.words import guess, listed
from dutyflow.services.extensions import request_mail, requests
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.reporting import corrections
from dutyflow.services.workspace import Case, Workspace

EXTEND, WAIVE, PAUSE, RESUME = "展期", "免報", "暫停稽催", "恢復稽催"
RETURN, DATE_RECEIPT = "退回補正", "認定收件日"
AWAY, BACK = "請假", "銷假"
ACTIONS = (EXTEND, WAIVE, RETURN, DATE_RECEIPT, PAUSE, RESUME, AWAY, BACK)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a person filled in. Office, duty, cycle and section by name or id, a person by name or
    address, a day as people write it; `source` tells one order from another."""

    action: str
    source: str
    office: str = ""
    duty: str = ""
    cycle: str = ""
    section: str = ""
    day: str = ""
    person: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was done, in words, the mails that tell of it, and what is to be collected again."""

    said: str
    office: OfficePlan
    mails: tuple[OutgoingMail, ...] = ()
    reopened: tuple[requests.Reopened, ...] = ()


def carry_out(workspace: Workspace, order: Order, *, who: str, now: datetime) -> Done:
    """Do what is asked and put it on record under `who`.

    Raises DutyflowError, before anything is changed, with a sentence that names what there is.
    """
    if order.action not in _DOING:
        raise DutyflowError(f"沒有作業「{order.action}」；有：{listed(ACTIONS)}")
    return _DOING[order.action](_ResolvedOrder(workspace=workspace, order=order, who=who, now=now))


@dataclass(frozen=True, kw_only=True)
class _ResolvedOrder:
    """An order, with what it names looked up."""

    workspace: Workspace
    order: Order
    who: str
    now: datetime

    @property
    def office(self) -> OfficePlan:
        offices = self.workspace.offices
        if not self.order.office.strip() and len(offices) == 1:
            return next(iter(offices.values()))
        names = {key: office.name for key, office in offices.items()}
        return offices[_chosen("機關", self.order.office, names)]

    @property
    def today(self) -> date:
        return in_zone(self.now, self.office.zone).date()

    @property
    def case(self) -> Case:
        cycle = self._cycle()
        plan = self.workspace.plan_of(cycle)
        assignments = self.workspace.ledger.assignments.of(cycle.key)
        names = {each.section: plan.section(each.section).name for each in assignments}
        return self.workspace.case(f"{cycle.key}/{_chosen('組室', self.order.section, names)}")

    def _cycle(self) -> CycleRecord:
        """Of the open ones; a day of receipt can be given after all is over, too."""
        after_all = self.order.action == DATE_RECEIPT
        which = "" if after_all else "開啟中的"
        cycles = self.workspace.ledger.cycles.all(
            office=self.office.office, state=None if after_all else "open"
        )
        duties = {each.duty: self.workspace.plan_of(each).duty(each.duty).name for each in cycles}
        duty = _chosen(f"{which}定期工作", self.order.duty, duties)
        own = {each.name: each for each in cycles if each.duty == duty}
        titles = {name: each.title for name, each in own.items()}
        running = [each for each in own.values() if each.state == "open"]
        if not self.order.cycle.strip() and len(running) == 1:
            return running[0]
        return own[_chosen(f"{which}期別", self.order.cycle, titles)]

    @property
    def person(self) -> Person:
        people = {each.key: each for each in self.office.contacts.everybody()}
        names = {address: each.name for address, each in people.items()}
        return people[_chosen("人員", self.order.person, names)]

    @property
    def day(self) -> date:
        if not self.order.day.strip():
            raise DutyflowError(f"{self.order.action}須填「日期」，例如 107-07-18")
        try:
            return parse_date(self.order.day)
        except ValueError as error:
            raise DutyflowError(str(error)) from None

    @property
    def day_to_come(self) -> date:
        if self.day < self.today:
            raise DutyflowError(
                f"{format_roc(self.day)}已經過去；應為今天（{format_roc(self.today)}）以後的日期"
            )
        return self.day

    @property
    def why(self) -> str:
        if not self.order.why.strip():
            raise DutyflowError(f"{self.order.action}須填「原因」，供日後查考")
        return self.order.why.strip()


def _chosen(what: str, written: str, names: Mapping[str, str]) -> str:
    """The key of what was written by key or by name. Raises DutyflowError naming what there is."""
    there = listed(f"{name}（{key}）" for key, name in names.items()) if names else "（沒有）"
    if not written.strip():
        raise DutyflowError(f"須填{what}；有：{there}")
    meant = guess(written, names, names)
    if meant is None:
        raise DutyflowError(f"沒有{what}「{written}」；有：{there}")
    key, certain = meant
    if not certain:
        raise DutyflowError(f"沒有{what}「{written}」；是不是 {names[key]}（{key}）？有：{there}")
    return key


def _extend(at: _ResolvedOrder) -> Done:
    case = at.case
    asking = requests.Asking(
        wish=Wish(until=at.day_to_come, why=at.why),
        by=at.office.contacts.coordinator,
        at=at.now,
        source=at.order.source,
    )
    request, mails = requests.grant_directly(case, asking, who=at.who, now=at.now)
    said = f"{_title(case)}展期至{format_roc(request.until, weekday=True)}"
    late = request_mail.was_late(case, request)
    return _done(at, said, mails, [requests.reopened_by(request)] if late else [])


def _waive(at: _ResolvedOrder) -> Done:
    case = at.case
    at.workspace.ledger.assignments.waive(case.assignment.key, now=at.now, who=at.who, why=at.why)
    paper = AssignmentMail(at.workspace.case(case.assignment.key))
    content = Waived(about=paper.about, by=at.who, why=at.why)
    rung = Rung(kind=RungKind.WAIVED, which=at.order.source)
    reason = Reason(ReasonCode.EXEMPTED)
    mails = tuple(
        replace(mail, attachments=(paper.appointment_over(at.now),))
        for mail in request_mail.to_section(case, content, rung=rung, reason=reason)
    )
    by = requests.Reopened(assignment=case.assignment.key, by=f"waived__{at.order.source}")
    return _done(at, f"{_title(case)}免報", mails, [by] if _was_late(case) else [])


def _return(at: _ResolvedOrder) -> Done:
    case = at.case
    report = at.workspace.ledger.reports.latest(case.cycle.key)
    if report is not None and report.state == "delivered":
        raise DutyflowError(
            f"{_title(case)}的彙整表第 {report.version} 版已經報送，不能再退回補正；"
            "請直接請組室再寄一次填報檔，收到後重新彙整為更正版"
        )
    corrections.send_back(case, at.why, who=at.who, now=at.now)
    case = at.workspace.case(case.assignment.key)
    until = AssignmentMail(case).deadline(at.now).title
    said = f"{_title(case)}退回補正，期限 {until}"
    return Done(
        said=f"{said}。系統會自動重新收件，收到補正後{_assembled_anew(report)}",
        office=at.office,
        mails=tuple(corrections.letters(case, at.now)),
        reopened=(_finished(at, "returned"),),
    )


def _date_receipt(at: _ResolvedOrder) -> Done:
    case, day = at.case, at.day
    if day > at.today:
        raise DutyflowError(
            f"{format_roc(day)}還沒有到；應為今天（{format_roc(at.today)}）以前的日期"
        )
    # A cut-off at a day's end is the next day's first moment, and one by the hour lies within it.
    moment = datetime.combine(day, time(second=1), case.zone)
    dated = at.workspace.ledger.submissions.date_receipt(
        case.assignment.key, moment, now=at.now, who=at.who, why=at.why
    )
    verdict = "如期" if at.workspace.case(case.assignment.key).assignment.on_time else "逾期"
    came = format_roc(in_zone(dated.received_at, case.zone), weekday=True)
    said = (
        f"{_title(case)}認定收件日為{format_roc(day, weekday=True)}，{verdict}；"
        f"系統收到的時間 {came} 仍保留在紀錄中"
    )
    report = at.workspace.ledger.reports.latest(case.cycle.key)
    if report is None:
        return Done(said=f"{said}。還沒有彙整，彙整時以此為準", office=at.office)
    if not _changed_since(case, report):
        return Done(said=f"{said}。是否如期沒有改變，彙整表不必重做", office=at.office)
    return Done(
        said=f"{said}。彙整表第 {report.version} 版還不是這樣：系統會自動{_assembled_anew(report)}",
        office=at.office,
        reopened=(_finished(at, "dated"),),
    )


def _changed_since(case: Case, report: ReportRecord) -> bool:
    """Whether a person has changed after a report was made what it says of being on time; also
    where that is done a second time."""
    events = case.workspace.ledger.events.of(case.assignment.key, EventType.DATED)
    told = [event.detail["on_time"] for event in events if event.at > report.made_at]
    return any(each["before"] != each["after"] for each in told)


def _assembled_anew(report: ReportRecord | None) -> str:
    """What follows once collecting has begun again, in words."""
    if report is None:
        return "彙整"
    amended = "（更正版）" if report.state == "delivered" else ""
    return f"重新彙整為第 {report.version + 1} 版{amended}，送請核定"


def _finished(at: _ResolvedOrder, why: str) -> requests.Reopened:
    """A collection that begins again though it had ended well."""
    key = at.case.assignment.key
    return requests.Reopened(assignment=key, by=f"{why}__{at.order.source}", finished=True)


def _pause(at: _ResolvedOrder) -> Done:
    case, until = at.case, at.day_to_come
    _set_pause(at, case, until, at.why)
    told = f"暫停稽催至{format_roc(until, weekday=True)}（含當日）；填報期限不變"
    return Done(said=f"{_title(case)}{told}", office=at.office)


def _resume(at: _ResolvedOrder) -> Done:
    case = at.case
    _set_pause(at, case, None, at.order.why.strip())
    return Done(said=f"{_title(case)}恢復稽催", office=at.office)


def _set_pause(at: _ResolvedOrder, case: Case, until: date | None, why: str) -> None:
    at.workspace.ledger.assignments.pause(
        case.assignment.key, until, now=at.now, who=at.who, why=why
    )


def _away(at: _ResolvedOrder) -> Done:
    person, until = at.person, at.day_to_come
    why = at.order.why.strip()
    at.workspace.ledger.people.set_away(person.email, until, now=at.now, who=at.who, why=why)
    said = f"{person.name}請假至{format_roc(until, weekday=True)}（含當日）"
    return Done(said=said + _nobody_left(at), office=at.office)


def _back(at: _ResolvedOrder) -> Done:
    person = at.person
    at.workspace.ledger.people.set_back(person.email, now=at.now, who=at.who)
    until = person.away_until(at.today)
    noted = f"；通訊錄另登記請假至{format_roc(until)}，請一併更正" if until else ""
    return Done(said=f"{person.name}已銷假{noted}", office=at.office)


def _nobody_left(at: _ResolvedOrder) -> str:
    """The sections of which nobody who is asked can be reached today."""
    contacts, reach = at.office.contacts, at.workspace.reachability(at.office, at.today)
    names = {each.id: each.name for plan in at.office.plans for each in plan.sections}
    left = [
        names.get(section, section)
        for section in contacts.sections
        if not people_of("owner", section, contacts, at.today, reach).told
    ]
    if not left:
        return ""
    return f"。注意：{listed(left)}的承辦人與代理人今天都無法收信，提醒將改寄計畫承辦人"


def _done(
    at: _ResolvedOrder,
    said: str,
    mails: Iterable[OutgoingMail],
    reopened: Iterable[requests.Reopened],
) -> Done:
    """With the words for what Airflow does next, where collecting had ended."""
    again = tuple(reopened)
    if again:
        said += "。這一期的「收件」已因逾期停止，系統會自動重新收件，再重新彙整、送請核定"
    return Done(said=said, office=at.office, mails=tuple(mails), reopened=again)


def _was_late(case: Case) -> bool:
    """Whether it was late when it was waived, also where that is done a second time."""
    events = case.workspace.ledger.events.of(case.assignment.key, EventType.WAIVED)
    return bool(events) and events[-1].detail["before"] == "late"


def _title(case: Case) -> str:
    return f"{case.section_name}「{case.cycle.title} {case.duty.name}」"


_DOING: dict[str, Callable[[_ResolvedOrder], Done]] = {
    EXTEND: _extend,
    WAIVE: _waive,
    RETURN: _return,
    DATE_RECEIPT: _date_receipt,
    PAUSE: _pause,
    RESUME: _resume,
    AWAY: _away,
    BACK: _back,
}
