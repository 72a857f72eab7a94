"""Pages for what a section may send besides the form: nothing to report, a request for an
extension, a deputy."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError
from starlette.responses import Response

from dutyflow.calendars.roc import parse_date
from dutyflow.errors import Finding
from dutyflow.mail.inbound.bodies import Wish
from dutyflow.mail.outbound.requests import ExtensionSent
from dutyflow.nagging.people import person_key
from dutyflow.plan.model import Person
from dutyflow.services.intake.web_form import ask_for_time, hand_in_nothing, name_deputy

from .requests import SectionRequest
from .session import new_nonce

SOMEBODY_ELSE = "other"


def nothing_to_report(request: SectionRequest, *, wrong: tuple[Finding, ...] = ()) -> Response:
    """The page on which a section confirms that it has nothing to report (無辦理事項)."""
    status = 422 if wrong else 200
    return request.page("nothing_to_report", status=status, wrong=wrong)


def submit_nothing(request: SectionRequest) -> Response:
    """Submit that there is nothing to report, once it is confirmed."""
    request.context.limits.submissions.check(request.link)
    if not request.case.form.nothing:
        return request.go_to()
    if not request.posted.text("sure"):
        expected = "勾選「本期確實沒有辦理事項」"
        return nothing_to_report(
            request, wrong=(Finding(where="確認", found="沒有勾選", expected=expected),)
        )
    handed = hand_in_nothing(request.visit, now=request.now)
    return request.go_to("done") if handed.accepted else request.go_to()


def extension(
    request: SectionRequest, *, wrong: tuple[Finding, ...] = (), answer: object = None
) -> Response:
    """The page on which a section asks for more time (展期); `answer` says why it was not taken."""
    return request.page(
        "extension",
        status=422 if wrong or answer else 200,
        wrong=wrong,
        answer=answer,
        source=request.posted.line("source") if wrong else new_nonce(),
        day=request.posted.line("day"),
        why=request.posted.text("why"),
        deadline=request.mail.deadline(request.now),
    )


def request_extension(request: SectionRequest) -> Response:
    """Put a request for more time before whoever decides it."""
    request.context.limits.submissions.check(request.link)
    day = _day(request.posted.line("day"), "展期到哪一天")
    if isinstance(day, Finding):
        return extension(request, wrong=(day,))
    why = request.posted.line("why")
    if not why:
        missing = Finding(where="原因", found="空白", expected="一兩句話，供核示的人判斷")
        return extension(request, wrong=(missing,))
    wish = Wish(until=day, why=why, written=request.posted.line("day"))
    answer = ask_for_time(
        request.visit, wish, source=request.posted.line("source")[:64], now=request.now
    )
    if isinstance(answer, ExtensionSent):
        return request.page("extension_requested", answer=answer)
    return extension(request, answer=answer)


def deputy(request: SectionRequest, *, wrong: tuple[Finding, ...] = ()) -> Response:
    """The page on which a person names their deputy (代理人)."""
    return request.page(
        "deputy",
        status=422 if wrong else 200,
        wrong=wrong,
        posted=request.posted,
        deputies=_candidates(request),
    )


def submit_deputy(request: SectionRequest) -> Response:
    """Take down who is whose deputy, and until when."""
    request.context.limits.submissions.check(request.link)
    found = _deputy(request), _day(request.posted.line("day"), "代理到哪一天")
    wrong = tuple(each for each in found if isinstance(each, Finding))
    who, day = found
    if isinstance(who, Person) and isinstance(day, date):
        wrong = name_deputy(request.visit, who, day, today=request.today, now=request.now)
    if wrong:
        return deputy(request, wrong=wrong)
    known = any(who == each for each in _candidates(request))
    return request.page("deputy_named", deputy=who, day=day, known=known)


def _candidates(request: SectionRequest) -> tuple[Person, ...]:
    """The section's other people, the deputies first."""
    own = person_key(request.visit.person)
    people = (*request.case.people.deputies, *request.case.people.owners)
    return tuple(each for each in people if person_key(each) != own)


def _deputy(request: SectionRequest) -> Person | Finding:
    chosen = request.posted.line("deputy")
    for each in _candidates(request):
        if each.email == chosen:
            return each
    if chosen != SOMEBODY_ELSE:
        return Finding(where="代理人", found="沒有選擇", expected="選一位代理人")
    try:
        return Person(name=request.posted.line("name"), email=request.posted.line("email"))
    except ValidationError:
        written = f"{request.posted.line('name')} {request.posted.line('email')}".strip()
        expected = "姓名，與公務電子郵件信箱（例如 name@example.tw）"
        return Finding(where="其他代理人", found=written or "空白", expected=expected)


def _day(written: str, where: str) -> date | Finding:
    try:
        return parse_date(written)
    except ValueError:
        return Finding(where=where, found=written or "空白", expected="民國年月日，例如 107/7/20")
