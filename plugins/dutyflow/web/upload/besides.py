"""What a section may say instead of, or before, filling in: nothing done, more time, a deputy."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError
from starlette.responses import Response

from dutyflow.calendars.roc import parse_date
from dutyflow.errors import Finding
from dutyflow.mail.inbound.bodies import Wish
from dutyflow.mail.outbound.requests import ExtensionSent
from dutyflow.plan.model import Person
from dutyflow.services.intake.web_form import ask_for_time, hand_in_nothing, name_deputy

from . import tickets
from .guard import allow
from .reception import Call

SOMEBODY_ELSE = "other"


def nothing(call: Call, *, wrong: tuple[Finding, ...] = ()) -> Response:
    status = 422 if wrong else 200
    return call.page("nothing", status=status, wrong=wrong)


def send_nothing(call: Call) -> Response:
    allow(call.reception.sends, call.link)
    if not call.case.form.nothing:
        return call.go_to()
    if not call.sent.text("sure"):
        expected = "勾選「本期確實沒有辦理事項」"
        return nothing(call, wrong=(Finding(where="確認", found="沒有勾選", expected=expected),))
    handed = hand_in_nothing(call.visit, now=call.now)
    return call.go_to("done") if handed.accepted else call.go_to()


def time(call: Call, *, wrong: tuple[Finding, ...] = (), word: object = None) -> Response:
    return call.page(
        "time",
        status=422 if wrong or word else 200,
        wrong=wrong,
        word=word,
        source=call.sent.line("source") if wrong else tickets.new_nonce(),
        day=call.sent.line("day"),
        why=call.sent.text("why"),
        deadline=call.paper.deadline(call.now),
    )


def ask_time(call: Call) -> Response:
    allow(call.reception.sends, call.link)
    day = _day(call.sent.line("day"), "展期到哪一天")
    if isinstance(day, Finding):
        return time(call, wrong=(day,))
    why = call.sent.line("why")
    if not why:
        missing = Finding(where="原因", found="空白", expected="一兩句話，供核示的人判斷")
        return time(call, wrong=(missing,))
    wish = Wish(until=day, why=why, written=call.sent.line("day"))
    word = ask_for_time(call.visit, wish, source=call.sent.line("source")[:64], now=call.now)
    if isinstance(word, ExtensionSent):
        return call.page("told", word=word)
    return time(call, word=word)


def deputy(call: Call, *, wrong: tuple[Finding, ...] = ()) -> Response:
    return call.page(
        "deputy",
        status=422 if wrong else 200,
        wrong=wrong,
        sent=call.sent,
        deputies=_candidates(call),
    )


def tell_deputy(call: Call) -> Response:
    allow(call.reception.sends, call.link)
    found = _deputy(call), _day(call.sent.line("day"), "代理到哪一天")
    wrong = tuple(each for each in found if isinstance(each, Finding))
    who, day = found
    if isinstance(who, Person) and isinstance(day, date):
        wrong = name_deputy(call.visit, who, day, today=call.today, now=call.now)
    if wrong:
        return deputy(call, wrong=wrong)
    known = any(who == each for each in _candidates(call))
    return call.page("deputised", deputy=who, day=day, known=known)


def _candidates(call: Call) -> tuple[Person, ...]:
    """The section's other people, the deputies first."""
    own = call.visit.person.email.lower()
    people = (*call.case.people.deputies, *call.case.people.owners)
    return tuple(each for each in people if each.email.lower() != own)


def _deputy(call: Call) -> Person | Finding:
    chosen = call.sent.line("deputy")
    for each in _candidates(call):
        if each.email == chosen:
            return each
    if chosen != SOMEBODY_ELSE:
        return Finding(where="代理人", found="沒有選擇", expected="選一位代理人")
    try:
        return Person(name=call.sent.line("name"), email=call.sent.line("email"))
    except ValidationError:
        written = f"{call.sent.line('name')} {call.sent.line('email')}".strip()
        expected = "姓名，與公務電子郵件信箱（例如 name@example.tw）"
        return Finding(where="其他代理人", found=written or "空白", expected=expected)


def _day(written: str, where: str) -> date | Finding:
    try:
        return parse_date(written)
    except ValueError:
        return Finding(where=where, found=written or "空白", expected="民國年月日，例如 107/7/20")
