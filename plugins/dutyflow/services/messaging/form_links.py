"""填報連結: what lets one person fill in one assignment on the page, without a login.

The code is in the mail alone, in the fragment of an address, which no server and no proxy is sent.
Its first characters find the assignment, the rest is a seal over (assignment, person, how often it
was returned) that nobody makes without our secret. It is not kept anywhere: the same for the same
person each time, and dead once its time is over.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dutyflow.nagging.lateness import is_over
from dutyflow.nagging.states import SETTLED
from dutyflow.plan.model import Person
from dutyflow.services.workspace import Case, Workspace

GRACE = timedelta(days=14)  # after the cut-off, in which what is late is still taken on the page
PAGE = "/fill"

_FINDS, _SEALS, _GROUP = 8, 16, 4  # characters of base32: 40 and 80 bits
_PURPOSE = b"dutyflow.links\0"
_TYPED = str.maketrans("01", "ol", "- \t\r\n－　")  # base32 has no 0 and no 1

Closed = Literal["", "accepted", "waived", "expired", "replaced"]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A person at the door of an assignment. `returns` is how often it had been returned when the
    link was made."""

    case: Case
    person: Person
    returns: int

    def closed(self, now: datetime) -> Closed:
        """Why nothing more is taken by this link; "" while it is alive."""
        if self.returns != self.case.assignment.returns:
            return "replaced"
        return closed(self.case, now)


def closed(case: Case, now: datetime) -> Closed:
    """Why an assignment takes nothing more on the page; "" while it does."""
    state = case.assignment.state
    if state in SETTLED:
        return "accepted" if state == "accepted" else "waived"
    return "expired" if is_over(case.assignment.collect_by + GRACE, now) else ""


def link(case: Case, person: Person, now: datetime) -> str:
    """The address that opens a person's form; "" where there is no page, or none for them."""
    base = case.workspace.settings.base_url
    asked = any(person.email.lower() == each.email.lower() for each in people(case))
    if not base or not asked or closed(case, now):
        return ""
    return f"{base}{PAGE}#{code(case, person.email, case.assignment.returns)}"


def code(case: Case, email: str, returns: int) -> str:
    """`k7qm-2xtf-…`: six groups, fit to be typed."""
    whole = case.assignment.token[:_FINDS] + _seal(case, email, returns)
    return "-".join(whole[start : start + _GROUP] for start in range(0, len(whole), _GROUP))


def visit_by_code(workspace: Workspace, typed: str) -> Visit | None:
    """Who comes with a code, or with the whole address that ends in it; None for no code of ours.

    A person who is none of the section's owners and deputies any more is not let in.
    """
    bare = typed.rpartition("#")[2].translate(_TYPED).lower()
    finds, seals = bare[:_FINDS], bare[_FINDS:]
    if len(seals) != _SEALS or not bare.isascii() or not bare.isalnum():
        return None
    for assignment in workspace.ledger.assignments.by_token_start(finds):
        case = workspace.case(assignment.key)
        for person in people(case):
            for returns in range(assignment.returns + 1):
                if hmac.compare_digest(_seal(case, person.email, returns), seals):
                    return Visit(case=case, person=person, returns=returns)
    return None


def visit_of(workspace: Workspace, assignment: str, email: str, returns: int) -> Visit | None:
    """A visit that goes on; None where the person is none of the section's any more."""
    case = workspace.case(assignment)
    found = (each for each in people(case) if each.email.lower() == email.lower())
    person = next(found, None)
    return Visit(case=case, person=person, returns=returns) if person else None


def people(case: Case) -> Iterator[Person]:
    """Who may fill in the section's form: 承辦人 and 代理人."""
    of_section = case.office.contacts.sections.get(case.assignment.section)
    if of_section is not None:
        yield from of_section.owners
        yield from of_section.deputies


def _seal(case: Case, email: str, returns: int) -> str:
    content = json.dumps([case.assignment.key, email.lower(), returns]).encode()
    digest = hmac.digest(case.workspace.secret, _PURPOSE + content, "sha256")
    return base64.b32encode(digest[:10]).decode().lower()
