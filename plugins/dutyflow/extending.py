"""展期: a section asks for more time, the right person decides, and both are told.

What is asked for is judged at once, by the rules of the plan that the cycle opened under, and again
when it is decided: the deadline may have moved meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from .calendars.cycles import cut_off
from .calendars.moments import last_day
from .calendars.roc import in_zone
from .casework import Stationery
from .errors import DutyflowError
from .ledger.errors import NotPossible
from .ledger.records import NewRequest, RequestRecord
from .ledger.requests import Limits
from .ledger.what import What
from .mail.addresses import new_token
from .mail.bodies import Decision, Wish
from .mail.requests import (
    CollectAgain,
    DecisionNoted,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionNotTaken,
    ExtensionRefused,
    ExtensionSent,
    Word,
)
from .plan.extensions import APPROVER_TITLES, Allowed, Extensions, Position, TooMuch, judge
from .plan.model import Person
from .posting import Dispatch
from .workspace import Case, Workspace

COORDINATOR = "coordinator"
_TITLES: dict[str, str] = {COORDINATOR: "計畫承辦人", **dict(APPROVER_TITLES.items())}
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
    return case.desk.ledger.requests.of(case.assignment.key, "pending")


def ask(case: Case, asking: Asking, *, now: datetime) -> tuple[Word, tuple[Dispatch, ...]]:
    """Take a section's wish: what it is told, and the mail to the person who decides.

    Asked once more with the same source, or in the same words, it is the same request.
    """
    known = case.desk.ledger.requests.by_source(case.assignment.key, asking.source)
    known = known or same_pending(case, asking)
    if known is None:
        found = _judged(case, asking)
        if isinstance(found, TooMuch):
            return _not_taken(case, found.sentence, now), ()
        known = _recorded(case, asking, found, now)
    return _sent(case, known, now), (to_decide(case, known, now),)


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
) -> tuple[RequestRecord, tuple[Dispatch, ...]]:
    """The coordinator grants more time themselves, within the same limits, and owners are told.

    One who was late already stays late: it was no excuse that it could be asked for in time.
    Raises DutyflowError with a sentence that says what can be granted.
    """
    requests = case.desk.ledger.requests
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
    return request, tuple(_told(_as_it_stands(case), request, now))


def to_collect_again(desk: Workspace, office_id: str, *, since: datetime) -> tuple[Reopened, ...]:
    """What was granted more time from a moment on, when its collection had ended already."""
    granted = desk.ledger.requests.granted_since(since)
    cases = ((desk.case(request.assignment), request) for request in granted)
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
        person = _person(case, role)
        own = person.email.lower() == request.asked_by.lower()
        if person.email.lower() == written and (not own or role == COORDINATOR):
            return f"{_TITLES[role]} {person.name}"
    return ""


def decide(
    case: Case, request: RequestRecord, decision: Decision | None, *, who: str, now: datetime
) -> tuple[Word, tuple[Dispatch, ...]]:
    """What the one who decided is told, and the mails to those who asked."""
    if request.state != "pending":
        sentence = f"這件申請已經{_STATES[request.state]}，不再變更"
        return _noted(case, sentence), tuple(_told(case, request, now))
    if decision is None:
        sentence = "請在第一行單獨寫「同意」，或「不同意」與原因"
        return _noted(case, sentence, unclear=True), ()
    if not decision.agrees and not decision.why:
        sentence = "不同意時請寫上原因，例如：不同意 原因：已到彙整期限"
        return _noted(case, sentence, unclear=True), ()
    settled = _settled(case, request, decision, who=who, now=now)
    said = f"已登記為{_STATES[settled.state]}，並通知{case.section_name}"
    if settled.state == "void":
        said = f"這件申請已作廢：{settled.note}"
    return _noted(case, said), tuple(_told(_as_it_stands(case), settled, now))


def _settled(
    case: Case, request: RequestRecord, decision: Decision, *, who: str, now: datetime
) -> RequestRecord:
    requests = case.desk.ledger.requests
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
    requests = case.desk.ledger.requests
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
    ended = asking.at >= case.assignment.collect_by
    if ended and case.assignment.state not in ("accepted", "waived"):
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
    before = case.desk.ledger.requests.of(case.assignment.key, "granted")
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
    return case.desk.ledger.requests.ask(_new_request(case, asking, found, role), now=now)


def _new_request(case: Case, asking: Asking, found: Allowed, role: str) -> NewRequest:
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


def _role(case: Case, rules: Extensions, level: int, asker: Person) -> str:
    """Who decides: the level's own, or the next above where the asker would decide themselves."""
    for each in rules.levels[level:]:
        if _person(case, each.by).email.lower() != asker.email.lower():
            return each.by
    return COORDINATOR


def _person(case: Case, role: str) -> Person:
    contacts = case.office.contacts
    if role == "head":
        return case.people.head
    return {
        "director": contacts.director,
        "head_office": contacts.head_office,
        COORDINATOR: contacts.coordinator,
    }[role]


def to_decide(case: Case, request: RequestRecord, now: datetime) -> Dispatch:
    """The request, to the person who decides; to the coordinator for one who cannot be reached."""
    today = in_zone(now, case.zone).date()
    approver = _person(case, request.approver)
    why_not = case.desk.reachability(case.office, today).why_not(approver, today)
    before = case.desk.ledger.requests.of(case.assignment.key, "granted")
    acting_for = approver.name if why_not else ""
    return Dispatch(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=f"request:{request.id}:ask",
        to=case.office.contacts.coordinator if why_not else approver,
        reason=f"請核示展期，代理 {acting_for}（{why_not}）" if why_not else "請核示展期",
        content=ExtensionAsked(
            about=Stationery(case).about,
            asked_by=f"{request.asked_name}（{request.asked_by}）",
            asked_on=in_zone(request.asked_at, case.zone).date(),
            deadline=Stationery(case).deadline(now),
            until=request.until,
            days=request.days,
            why=request.why,
            before=(len(before), sum(each.days for each in before)),
            acting_for=acting_for,
        ),
        thread=f"{case.assignment.key}/request/{request.id}",
        token=request.token,
        acting_for=acting_for,
    )


def decider_of(case: Case, request: RequestRecord) -> str:
    """`組長 謝麗珠`: whose the decision is, reachable or not."""
    return f"{_TITLES[request.approver]} {_person(case, request.approver).name}"


def _sent(case: Case, request: RequestRecord, now: datetime) -> ExtensionSent:
    return ExtensionSent(
        about=Stationery(case).about,
        until=request.until,
        days=request.days,
        why=request.why,
        approver=decider_of(case, request),
        deadline=Stationery(case).deadline(now),
    )


def _not_taken(case: Case, sentence: str, now: datetime) -> ExtensionNotTaken:
    paper = Stationery(case)
    return ExtensionNotTaken(about=paper.about, sentence=sentence, deadline=paper.deadline(now))


def _noted(case: Case, sentence: str, *, unclear: bool = False) -> DecisionNoted:
    return DecisionNoted(about=Stationery(case).about, sentence=sentence, unclear=unclear)


def _told(case: Case, request: RequestRecord, now: datetime) -> Iterator[Dispatch]:
    """What a section is told of a decision; the coordinator too, where collecting begins again."""
    if request.state == "void" and request.decided_by not in _deciders(case, request):
        return  # replaced by a later one: that one is told of
    paper = Stationery(case)
    content: Word
    if request.state == "granted":
        content = ExtensionGranted(
            about=paper.about, deadline=paper.deadline(now), by=request.decided_by
        )
    else:
        content = ExtensionRefused(
            about=paper.about,
            deadline=paper.deadline(now),
            by=request.decided_by,
            why=request.note,
        )
    moved = (paper.appointment(now),) if request.state == "granted" else ()
    rung = f"request:{request.id}:{request.state}"
    for mail in to_section(case, content, rung=rung, also=request):
        yield replace(mail, attachments=moved)
    if request.state == "granted" and was_late(case, request):
        yield _collect_again(case, request, now)


def _deciders(case: Case, request: RequestRecord) -> set[str]:
    roles = (request.approver, COORDINATOR)
    return {f"{_TITLES[role]} {_person(case, role).name}" for role in roles}


def to_section(
    case: Case, content: Word, *, rung: str, also: RequestRecord | None = None
) -> Iterator[Dispatch]:
    """A mail to each of the section's owners, and to whoever asked, if they are none of them."""
    people = {person.email.lower(): person for person in case.people.owners}
    coordinator = case.office.contacts.coordinator.email.lower()
    if also is not None and also.asked_by.lower() != coordinator:
        asker = Person(name=also.asked_name, email=also.asked_by)
        people.setdefault(asker.email.lower(), asker)
    for person in people.values():
        yield Dispatch(
            about=case.assignment.key,
            cycle=case.cycle.key,
            rung=rung,
            to=person,
            reason=content.headline,
            content=content,
            thread=case.assignment.key,
            token=case.assignment.token,
        )


def _collect_again(case: Case, request: RequestRecord, now: datetime) -> Dispatch:
    paper = Stationery(case)
    content = CollectAgain(about=paper.about, deadline=paper.deadline(now))
    return Dispatch(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=f"request:{request.id}:collect_again",
        to=case.office.contacts.coordinator,
        reason=content.headline,
        content=content,
        thread=case.assignment.key,
    )


def was_late(case: Case, request: RequestRecord) -> bool:
    """Whether the assignment was late when the request was granted, as the ledger tells it."""
    events = case.desk.ledger.events.of(case.assignment.key, What.EXTENDED)
    return any(
        event.detail.get("request") == request.id and event.detail["before"] == "late"
        for event in events
    )


def _as_it_stands(case: Case) -> Case:
    return case.desk.case(case.assignment.key)
