"""展期: a section asks for more time, the right person decides, and both are told.

What is asked for is judged at once, by the rules of the plan that the cycle opened under, and again
when it is decided: the deadline may have moved meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dutyflow.calendars.cycles import cut_off
from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import in_zone
from dutyflow.errors import DutyflowError
from dutyflow.ledger.errors import NotPossible
from dutyflow.ledger.records import NewRequest, RequestRecord
from dutyflow.ledger.requests import Limits
from dutyflow.mail.addresses import new_token
from dutyflow.mail.inbound.bodies import Decision, Wish
from dutyflow.mail.outbound.requests import DecisionNoted, ShortMail
from dutyflow.nagging.lateness import is_late
from dutyflow.plan.extensions import Allowed, Extensions, Position, TooMuch, judge
from dutyflow.plan.model import Person
from dutyflow.plan.roles import Decider
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case, Workspace

from .request_mail import (
    COORDINATOR,
    not_taken,
    noted,
    person_of,
    sent,
    titled,
    to_decide,
    told,
    was_late,
)

_STATES = {"granted": "同意", "refused": "不同意", "void": "作廢"}


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A wish for more time as it came: from whom, when, and what tells it from others."""

    wish: Wish
    by: Person
    at: datetime
    source: str


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """An assignment whose collection had ended, and what begins it again, told from all others.
    With `finished` it is begun again also where it had ended well."""

    assignment: str
    by: str
    finished: bool = False


def pending(case: Case) -> tuple[RequestRecord, ...]:
    """The assignment's requests that wait for a decision."""
    return case.workspace.ledger.requests.of(case.assignment.key, "pending")


def ask(case: Case, asking: Asking, *, now: datetime) -> tuple[ShortMail, tuple[OutgoingMail, ...]]:
    """Take a section's wish: what it is told, and the mail to the person who decides.

    Asked once more with the same source, or in the same words, it is the same request.
    """
    known = case.workspace.ledger.requests.by_source(case.assignment.key, asking.source)
    known = known or same_pending(case, asking)
    if known is None:
        found = _judged(case, asking)
        if isinstance(found, TooMuch):
            return not_taken(case, found.sentence, now), ()
        known = _recorded(case, asking, found, now)
    return sent(case, known, now), (to_decide(case, known, now),)


def same_pending(case: Case, asking: Asking) -> RequestRecord | None:
    """The same, as the same person has asked for it in another message: a robot repeats itself, and
    who decides need not hear it twice."""
    found = _judged(case, asking)
    if isinstance(found, TooMuch):
        return None
    return next(
        (
            request
            for request in pending(case)
            if request.until == found.until
            and request.asked_by.lower() == asking.by.email.lower()
            and request.why == asking.wish.why
            and request.source != asking.source
        ),
        None,
    )


def grant_directly(
    case: Case, asking: Asking, *, who: str, now: datetime
) -> tuple[RequestRecord, tuple[OutgoingMail, ...]]:
    """The coordinator grants more time themselves, within the same limits, and owners are told.

    One who was late already stays late: it was no excuse that it could be asked for in time.
    Raises DutyflowError with a sentence that says what can be granted.
    """
    requests = case.workspace.ledger.requests
    request = requests.by_source(case.assignment.key, asking.source)
    if request is None:
        found = _allowed(case, asking)
        if isinstance(found, TooMuch):
            raise DutyflowError(found.sentence)
        new = _new_request(case, asking, found, COORDINATOR)
        request = requests.ask(new, now=now)
        request = _granted(case, request, found, who=who, now=now)
    if request.state == "void":
        raise DutyflowError(request.note)
    return request, tuple(told(_as_it_stands(case), request, now))


def to_collect_again(
    workspace: Workspace, office_id: str, *, since: datetime
) -> tuple[Reopened, ...]:
    """What was granted more time from a moment on, when its collection had ended already."""
    granted = workspace.ledger.requests.granted_since(since)
    cases = ((workspace.case(request.assignment), request) for request in granted)
    return tuple(
        reopened_by(request)
        for case, request in cases
        if case.cycle.office == office_id and was_late(case, request)
    )


def reopened_by(request: RequestRecord) -> Reopened:
    return Reopened(assignment=request.assignment, by=f"extended__{request.id}")


def may_decide(case: Case, request: RequestRecord, sender: str) -> str:
    """In which role a sender may decide a request, with the name; "" where they may not.

    The person of the approver's role may, and the coordinator for them; never who asked for it.
    """
    written = sender.lower()
    for role in (request.approver, COORDINATOR):
        person = person_of(case, role)
        own = person.email.lower() == request.asked_by.lower()
        if person.email.lower() == written and (not own or role == COORDINATOR):
            return titled(case, role)
    return ""


def decide(
    case: Case, request: RequestRecord, decision: Decision | None, *, who: str, now: datetime
) -> tuple[DecisionNoted, tuple[OutgoingMail, ...]]:
    """What the one who decided is told, and the mails to those who asked."""
    if request.state != "pending":
        sentence = f"這件申請已經{_STATES[request.state]}，不再變更"
        return noted(case, sentence), tuple(told(case, request, now))
    if decision is None:
        sentence = "請在第一行單獨寫「同意」，或「不同意」與原因"
        return noted(case, sentence, unclear=True), ()
    if not decision.agrees and not decision.why:
        sentence = "不同意時請寫上原因，例如：不同意 原因：已到彙整期限"
        return noted(case, sentence, unclear=True), ()
    settled = _settled(case, request, decision, who=who, now=now)
    said = f"已登記為{_STATES[settled.state]}，並通知{case.section_name}"
    if settled.state == "void":
        said = f"這件申請已作廢：{settled.note}"
    return noted(case, said), tuple(told(_as_it_stands(case), settled, now))


def _settled(
    case: Case, request: RequestRecord, decision: Decision, *, who: str, now: datetime
) -> RequestRecord:
    requests = case.workspace.ledger.requests
    if not decision.agrees:
        return requests.refuse(request.id, now=now, who=who, note=decision.why)
    found = _still_allowed(case, request, now)
    if isinstance(found, TooMuch):
        return requests.void(request.id, now=now, who=who, note=found.sentence)
    return _granted(case, request, found, who=who, now=now)


def _granted(
    case: Case, request: RequestRecord, found: Allowed, *, who: str, now: datetime
) -> RequestRecord:
    rules = case.plan.extensions
    requests = case.workspace.ledger.requests
    try:
        return requests.grant(
            request.id,
            cut_off(found.until, case.zone),
            days=found.days,
            limits=Limits(times=rules.times, most=rules.reach),
            now=now,
            who=who,
        )
    except NotPossible as reason:  # something else came first
        return requests.void(request.id, now=now, who=who, note=str(reason))


def _judged(case: Case, asking: Asking) -> Allowed | TooMuch:
    """As a section may ask: before its time is up."""
    if is_late(case.assignment.state, case.assignment.collect_by, asking.at):
        return TooMuch(sentence="期限已過，不能再申請展期；請儘速填報，或洽計畫承辦人")
    if not asking.wish.readable:
        line = asking.wish.written[:40]
        return TooMuch(sentence=f"看不出「{line}」要展期到哪一天；請寫成 展期 107/7/20 的樣子")
    return _allowed(case, asking)


def _allowed(case: Case, asking: Asking) -> Allowed | TooMuch:
    wish, deadline = asking.wish, _deadline(case)
    until = wish.until
    if until is None:
        until = case.office.calendar.shift(deadline, min(wish.working_days or 0, 250))
    return _judge(case, until, asking.at)


def _still_allowed(case: Case, request: RequestRecord, now: datetime) -> Allowed | TooMuch:
    """As of now; and whether whoever was asked may still decide that much."""
    found = _judge(case, request.until, now)
    levels = [level.by for level in case.plan.extensions.levels]
    if isinstance(found, Allowed) and request.approver in levels[: found.level]:
        return TooMuch(sentence="期限已變動，天數超過原核示人的權限，請組室重新申請")
    return found


def _judge(case: Case, until: date, at: datetime) -> Allowed | TooMuch:
    state = case.assignment.state
    if state == "accepted":
        return TooMuch(sentence="這一期已經完成填報，不必展期；要更正請直接再寄一次填報檔")
    if state == "waived":
        return TooMuch(sentence="這一期已經免報，不必展期")
    before = case.workspace.ledger.requests.of(case.assignment.key, "granted")
    position = Position(
        today=in_zone(at, case.zone).date(),
        deadline=_deadline(case),
        granted=[each.days for each in before],
    )
    return judge(until, position, case.plan.extensions, case.office.calendar)


def _deadline(case: Case) -> date:
    return last_day(case.assignment.collect_by, case.zone)


def _recorded(case: Case, asking: Asking, found: Allowed, now: datetime) -> RequestRecord:
    role = _role(case, case.plan.extensions, found.level, asking.by)
    return case.workspace.ledger.requests.ask(_new_request(case, asking, found, role), now=now)


def _new_request(case: Case, asking: Asking, found: Allowed, role: Decider) -> NewRequest:
    return NewRequest(
        assignment=case.assignment.key,
        until=found.until,
        days=found.days,
        why=asking.wish.why,
        asked_by=asking.by.email,
        asked_name=asking.by.name,
        asked_at=asking.at,
        source=asking.source,
        approver=role,
        token=new_token(),
    )


def _role(case: Case, rules: Extensions, level: int, asker: Person) -> Decider:
    """Who decides: the level's own, or the next above where the asker would decide themselves."""
    for each in rules.levels[level:]:
        if person_of(case, each.by).email.lower() != asker.email.lower():
            return each.by
    return COORDINATOR


def _as_it_stands(case: Case) -> Case:
    return case.workspace.case(case.assignment.key)
