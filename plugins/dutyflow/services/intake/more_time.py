"""展期: a message that asks for more time, or decides on who asked."""

from __future__ import annotations

from datetime import datetime

from dutyflow.ledger.records import RequestRecord
from dutyflow.mail.inbound.bodies import decision_in, new_text
from dutyflow.mail.outbound.requests import ExtensionSent
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.services.extensions import requests
from dutyflow.services.workspace import Case, Workspace

from .incoming import Incoming
from .reasons import QuarantineReason
from .record import quarantine
from .replies import Reply, Throttle, Told, reason_of


def ask_for_time(case: Case, incoming: Incoming, asking: requests.Asking, now: datetime) -> Reply:
    """Put what a section asks for before whoever decides. The same once more is told once a day."""
    again = requests.same_pending(case, asking) is not None
    content, others = requests.ask(case, asking, now=now)
    return Reply(
        incoming=incoming,
        content=content,
        reason=reason_of(content, Told.EXTENSION, taken=isinstance(content, ExtensionSent)),
        case=case,
        others=others,
        throttle=Throttle.SAME_TODAY if again else Throttle.TOO_MANY,
    )


def decide_request(
    workspace: Workspace, incoming: Incoming, request: RequestRecord, now: datetime
) -> Reply | None:
    """Decide a request for more time as a message says. None for whoever may not decide: they are
    told nothing, not even that there is something to decide."""
    case = workspace.case(request.assignment)
    who = requests.may_decide(case, request, incoming.message.sender)
    if not who:
        reason = QuarantineReason.of(ReasonCode.MAY_NOT_DECIDE)
        quarantine(workspace, incoming, reason, now=now)
        return None
    decision = decision_in(new_text(incoming.message.text))
    content, others = requests.decide(case, request, decision, who=who, now=now)
    is_settled = workspace.ledger.requests.get(request.id).state != request.state
    return Reply(
        incoming=incoming,
        content=content,
        reason=reason_of(content, Told.DECISION, unclear=content.unclear),
        case=case,
        others=others,
        throttle=Throttle.NEVER if is_settled else Throttle.SAME_TODAY,
        token=request.token,
    )
