"""晨間摘要: each working morning the coordinator is told how things stand; all quiet, nothing.

A report that waits for a decision is in it. On the days of its duty's ladder, counted to the day on
which the report is due, that is a notice of its own on record, and the director may hear of it.
What the ladder's gap, or the day's mails, hold back is a silence on record. A request for more time
that waits is in it too, and whoever decides on it is asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import starmap

from dutyflow.calendars.roc import format_roc
from dutyflow.ledger.claims import UNKNOWNS_ALLOWED
from dutyflow.ledger.records import Came, NewSilence, NoticeRecord, number_of
from dutyflow.mail.outbound.rendering import brief
from dutyflow.mail.outbound.summaries import Summary, Undecided, silent, went_out
from dutyflow.nagging import wording
from dutyflow.nagging.decisions import Nag, Silence
from dutyflow.nagging.people import person_key
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung
from dutyflow.nagging.watchers import SUMMARY, summary_rung
from dutyflow.plan.answers import confirms_nothing, from_json
from dutyflow.plan.model import Person
from dutyflow.plan.senders import OWNER
from dutyflow.services.messaging.mailbox_health import unreached
from dutyflow.services.messaging.post import OutgoingMail, Point
from dutyflow.services.workspace import Workspace

from . import undecided_requests
from .office_status import Pending, Watch, post_for_each

FIRST_LOOK_BACK = timedelta(days=1)
STRAYS_NAMED = 50
# Silences that say nothing new.
_COMMON = frozenset(
    {
        ReasonCode.ANSWERED,
        ReasonCode.WAIVED,
        ReasonCode.DAILY_MAXIMUM,
        ReasonCode.OUT_OF_HOURS,
    }
)
# What is counted as sent; an alarm that nobody could be told stands among the troubles.
_COUNTED = frozenset({ReasonCode.OPENING, ReasonCode.REMINDER, ReasonCode.EXTENSION_UNDECIDED})


def summarise(
    workspace: Workspace,
    offices: Iterable[str],
    *,
    now: datetime,
    page: str = "",
) -> None:
    """Send each office's summary of today, once. An office that does not work today has none.

    `page` is the address at which the coordinator sees to what came in, "" where there is none.
    Raises UnknownOffice; MailDeferred or MailRefused, after every one has been tried.
    """
    offices = list(offices)
    for office in offices:
        _keep_silences(Watch(workspace=workspace, office=workspace.office(office), now=now))
    post_for_each(workspace, offices, partial(letters, page=page), now=now)


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a round would do before the summary, where both are told beforehand."""

    nags: tuple[Nag, ...] = ()
    silences: tuple[Silence, ...] = ()


NOTHING = Expected()


def letters(
    watch: Watch, expected: Expected = NOTHING, *, page: str = ""
) -> Iterator[OutgoingMail]:
    """Today's mails about an office: to its coordinator, and where a step says so its director."""
    if not watch.works:
        return
    morning = _Morning(watch, expected, page)
    summary = morning.summary
    if morning.has_news(summary) and not morning.is_told:
        yield morning.to_coordinator(summary)
    yield from morning.to_director()
    yield from undecided_requests.letters(watch)


def _keep_silences(watch: Watch) -> None:
    """Put on record who is not urged today of a report that waits, and why."""
    if not watch.works:
        return
    found = [
        NewSilence(
            about=pending.cycle.key,
            cycle=pending.cycle.key,
            rung=rung.key,
            reason=wording.worded_silence(reason, watch.office.titles),
            why=reason,
            recipient=person.email,
        )
        for pending, rung, person, reason in _Morning(watch, NOTHING, "").held
    ]
    watch.workspace.ledger.silences.keep(found, now=watch.now)


@dataclass(frozen=True)
class _Morning:
    watch: Watch
    expected: Expected
    page: str

    @property
    def office(self) -> str:
        return self.watch.office.office

    @property
    def rung(self) -> Rung:
        return summary_rung(self.watch.today)

    @property
    def is_told(self) -> bool:
        return self.watch.workspace.ledger.lately.was_sent(self.office, self.rung)

    @cached_property
    def since(self) -> datetime:
        """The summary before; at first, a day ago."""
        last = self.watch.workspace.ledger.lately.last_sent(self.office, SUMMARY.code)
        return last or self.watch.now - FIRST_LOOK_BACK

    @cached_property
    def notices(self) -> tuple[NoticeRecord, ...]:
        return self.watch.workspace.ledger.lately.notices(self.office, self.since)

    @property
    def summary(self) -> Summary:
        came = self.watch.workspace.ledger.lately.came(self.office, self.since)
        return Summary(
            office=self.watch.office.name,
            day=self.watch.today,
            waiting=tuple(each.line for each in self.watch.pending),
            asked=tuple(each.line for each in undecided_requests.undecided(self.watch)),
            granted=tuple(self._granted()),
            late=self.watch.late,
            unreached=tuple(unreached(self.watch.workspace, self.watch.office, self.watch.now)),
            troubles=tuple(self._troubles()),
            strays=tuple(self._strays()),
            page=self.page,
            came_in=tuple(self._came_in(came)),
            doubts=tuple(self._doubts(came)),
            went_out=tuple(self._went_out()),
            silent=tuple(self._silent()),
        )

    def has_news(self, summary: Summary) -> bool:
        """A report of which the ladder spares whoever decides makes no summary by itself."""
        if not self.watch.pending:
            return bool(summary.parts)
        return len(summary.parts) > 1 or not all(map(self._spares_coordinator, self.watch.pending))

    def _spares_coordinator(self, pending: Pending) -> Reason | None:
        return self.watch.held_back(pending, self.watch.office.contacts.coordinator)

    @property
    def held(self) -> Iterator[tuple[Pending, Rung, Person, Reason]]:
        """Who is spared today, of what, and why."""
        contacts = self.watch.office.contacts
        for pending in self.watch.pending:
            rung = pending.urging.rung
            if rung is None:
                continue
            if reason := self._spares_coordinator(pending):
                yield pending, rung, contacts.coordinator, reason
            if pending.urging.director and (reason := self._spares_director(pending)):
                yield pending, rung, contacts.director, reason

    def _spares_director(self, pending: Pending) -> Reason | None:
        return self.watch.held_back(pending, self.watch.office.contacts.director, had=self._had)

    @cached_property
    def _had(self) -> int:
        """What the round is expected to send is one mail more."""
        director = self.watch.office.contacts.director
        own = person_key(director)
        expected = any(person_key(nag.to.person) == own for nag in self.expected.nags)
        return self.watch.reminders_today(director) + expected

    def to_coordinator(self, summary: Summary) -> OutgoingMail:
        points = [
            point
            for each in self.watch.pending
            if (point := _point(each)) and not self._spares_coordinator(each)
        ]
        return OutgoingMail(
            about=self.office,
            rung=self.rung,
            to=self.watch.office.contacts.coordinator,
            reason=SUMMARY,
            content=summary,
            thread=f"{self.office}/summary",
            more=tuple(points),
        )

    def to_director(self) -> Iterator[OutgoingMail]:
        """What the director has not been told of the reports that wait, in one mail."""
        contacts = self.watch.office.contacts
        waiting = [
            each
            for each in self.watch.pending
            if each.urging.director and not self._spares_director(each)
        ]
        if waiting:
            first, *more = filter(None, map(_point, waiting))
            yield OutgoingMail(
                **vars(first),
                more=tuple(more),
                to=contacts.director,
                content=Undecided(
                    office=self.watch.office.name,
                    waiting=tuple(each.line for each in waiting),
                    coordinator=contacts.coordinator,
                ),
                thread=f"{self.office}/undecided",
            )

    def _troubles(self) -> Iterator[str]:
        for notice in self.notices:
            alarm = notice.reason_code == ReasonCode.NOBODY_REACHABLE
            if alarm and notice.state == "sent":
                yield f"{self._whose(notice.about)}：{notice.reason}"
            elif notice.state == "deferred":
                yield f"{_who(notice)}：還沒寄出（{notice.detail}）"
            elif notice.state == "refused":
                yield f"{_who(notice)}：被拒收（{notice.detail}），請更正通訊錄"
            elif notice.state == "unknown" and notice.unknowns >= UNKNOWNS_ALLOWED:
                yield f"{_who(notice)}：是否寄達無法確定，請以電話確認"
        for nag in self.expected.nags:
            if nag.is_alarm:
                yield f"{self._whose(nag.assignment)}：{self._said(nag.reason)}"
        bounced = self.watch.workspace.ledger.people.undeliverable()
        known = {person.email.lower(): person for person in self._people()}
        for address in sorted(bounced.keys() & known.keys()):
            why = bounced[address].why
            yield f"{known[address].name}（{address}）：退信（{why}），請更正通訊錄"

    def _people(self) -> Iterable[Person]:
        return self.watch.office.contacts.everybody()

    def _strays(self) -> Iterator[str]:
        """What nobody has seen to yet, also where a summary before has named it."""
        waiting = self.watch.workspace.ledger.arrivals.waiting(self.office, limit=STRAYS_NAMED)
        for each in waiting:
            number, sender = number_of(each.id), each.sender or "（寄件人不明）"
            subject = f"「{brief(each.subject)}」" if each.subject else ""
            meant = f"（似為{self._whose(each.suggested)}）" if each.suggested else ""
            yield f"{number} {sender}{subject}：{each.reason}{meant}"

    def _came_in(self, came: Iterable[Came]) -> Iterator[str]:
        for each in came:
            yield f"{self._whose(each.assignment)}：{self._made_of(each)}"

    def _made_of(self, came: Came) -> str:
        """`已受理，由代理人寄來`."""
        if came.verdict != "accepted":
            return f"有 {came.problems} 處待修正" if came.problems else came.reason
        said = "已受理"
        if confirms_nothing(from_json(came.answers)):
            said += "，確認無辦理事項"
        if came.role not in ("", OWNER):
            said += f"，由{came.role}寄來"
        cycle = self.watch.workspace.ledger.cycles.get(came.assignment.rpartition("/")[0])
        return said if cycle.state == "open" else f"{said}；已結案，未列入彙整表"

    def _granted(self) -> Iterator[str]:
        """Which deadlines have moved since, by whom."""
        for request in self.watch.workspace.ledger.requests.granted_since(self.since):
            if request.assignment.split("/")[0] == self.office:
                until = format_roc(request.until, weekday=True)
                yield f"{self._whose(request.assignment)}：展至 {until}，{request.decided_by}"

    def _doubts(self, came: Iterable[Came]) -> Iterator[str]:
        for each in came:
            if each.doubts:
                told = "；".join(doubt["said"] for doubt in each.doubts)
                yield f"{self._whose(each.assignment)}：{told}"

    def _went_out(self) -> Iterator[str]:
        """By section, how many of which step."""
        counts: dict[str, Counter[str]] = {}
        for notice in self.notices:
            if notice.state == "sent" and notice.reason_code in _COUNTED:
                section = self.watch.workspace.section_name(notice.about)
                step = wording.counted_step(notice.why, Rung.parse(notice.rung))
                counts.setdefault(section, Counter())[step] += 1
        for nag in self.expected.nags:
            if not nag.is_alarm:
                section = self.watch.workspace.section_name(nag.assignment)
                step = wording.counted_step(nag.reason, nag.rung)
                counts.setdefault(section, Counter())[step] += 1
        yield from starmap(went_out, counts.items())

    def _silent(self) -> Iterator[str]:
        """Of sections; the reports that wait stand above in any case."""
        kept = self.watch.workspace.ledger.lately.silences(self.office, self.since)
        for each in kept:
            if each.about != each.cycle and each.reason_code not in _COMMON:
                told = wording.without_prefix(each.reason)
                yield silent(self._whose(each.about), each.recipient, told)
        for expected in self.expected.silences:
            if expected.reason.code not in _COMMON:
                told = self._said(expected.reason)
                yield silent(self._whose(expected.assignment), expected.person, told)

    def _said(self, reason: Reason) -> str:
        return wording.worded(reason, self.watch.office.titles)

    def _whose(self, assignment: str) -> str:
        cycle = assignment.rpartition("/")[0]
        return f"{self.watch.workspace.section_name(assignment)} {self.watch.title(cycle)}"


def _point(pending: Pending) -> Point | None:
    """The notice of today's step; None before the first."""
    key, urging = pending.cycle.key, pending.urging
    if urging.rung is None:
        return None
    return Point(about=key, cycle=key, rung=urging.rung, reason=urging.reason)


def _who(notice: NoticeRecord) -> str:
    return f"給{notice.recipient_name}（{notice.recipient}）的「{notice.subject}」"
