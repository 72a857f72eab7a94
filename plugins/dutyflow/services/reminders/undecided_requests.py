"""催核: requests for more time that nobody has decided on, and who is reminded of them.

Whoever decides is asked at once. Afterwards the ladder of the section's duty holds for them as it
does for the section: on each of its steps they are asked again, until they have decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import format_roc, in_zone
from dutyflow.ledger.records import RequestRecord
from dutyflow.nagging.asked import step_for_decision
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.states import SETTLED
from dutyflow.nagging.steps import Step
from dutyflow.services.extensions.request_mail import decider_of, to_decide
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case

from .office_status import Watch


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """A request that waits, as it stands this morning."""

    watch: Watch
    request: RequestRecord
    case: Case

    @property
    def is_needed(self) -> bool:
        """Whether an answer is still waited for."""
        return self.case.cycle.state == "open" and self.case.assignment.state not in SETTLED

    @cached_property
    def step(self) -> Step | None:
        case, zone = self.case, self.case.zone
        return step_for_decision(
            case.plan.ladder_of(case.duty),
            case.office.calendar,
            asked=in_zone(self.request.asked_at, zone).date(),
            deadline=last_day(case.assignment.collect_by, zone),
            today=self.watch.today,
        )

    @property
    def line(self) -> str:
        """`電費組 107年上半年 半年自行考核：申請展至 107年7月13日（五），等候組長 謝麗珠核示`."""
        title = f"{self.case.section_name} {self.watch.title(self.case.cycle.key)}"
        until = format_roc(self.request.until, weekday=True)
        return f"{title}：申請展至 {until}，等候{decider_of(self.case, self.request)}核示"

    def to_decider(self, step: Step) -> OutgoingMail:
        asking = to_decide(self.case, self.request, self.watch.now)
        deadline = last_day(self.case.assignment.collect_by, self.case.zone)
        reason = Reason.of(
            ReasonCode.EXTENSION_UNDECIDED,
            **asking.reason.parameters,
            step=step.name,
            after=step.gives_up_after,
        )
        return replace(
            asking, rung=replace(asking.rung, step=step.id, deadline=deadline), reason=reason
        )


def undecided(watch: Watch) -> tuple[Undecided, ...]:
    """An office's requests that wait, the earliest first; not those that nobody needs any more."""
    found = (
        Undecided(watch=watch, request=request, case=watch.workspace.case(request.assignment))
        for request in watch.workspace.ledger.requests.pending()
        if request.assignment.split("/")[0] == watch.office.office
    )
    return tuple(each for each in found if each.is_needed)


def letters(watch: Watch) -> Iterator[OutgoingMail]:
    """The mails of this morning to those who decide."""
    if watch.works:
        for each in undecided(watch):
            if each.step is not None:
                yield each.to_decider(each.step)
