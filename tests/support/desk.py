"""收件 over the real plan, ledger and store. Who is logged in, and Airflow, are stood in for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from fastapi import FastAPI, HTTPException, Request

from dutyflow.ledger import AssignmentRecord
from dutyflow.web.desk import Surroundings, Visitor, desk_app
from dutyflow.workspace import Workspace
from tests.support.scene import OFFICE, Scene

OFFICES = {"coordinator": {OFFICE}, "neighbour": {"lienchiang"}, "stranger": set()}


@dataclass
class Runs:
    """Airflow's runs, as far as the page reaches them."""

    at_rest: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    told: list[int | str] = field(default_factory=list)

    def stopped(self, assignments: Iterable[AssignmentRecord]) -> set[str]:
        return self.at_rest & {each.key for each in assignments}

    def collect_again(self, assignment: AssignmentRecord, *, who: str) -> None:
        self.asked.append((assignment.key, who))

    def tell_assigned(self, submission: int, *, who: str) -> None:
        self.told.append(submission)

    def tell_returned(self, assignment: AssignmentRecord, *, who: str) -> None:
        self.told.append(assignment.key)


def desk_of(scene: Scene, runs: Runs) -> FastAPI:
    @contextmanager
    def open_desk() -> Iterator[Workspace]:
        yield scene.desk

    return desk_app(Surroundings(admit=admit, runs=runs, open_desk=open_desk, clock=scene.clock))


def admit(request: Request) -> None:
    """As Airflow does it: by a cookie, else 401."""
    name = request.cookies.get("who")
    if name is None:
        raise HTTPException(401, "Not authenticated")
    request.state.visitor = Visitor(
        key=name, name=f"{name}（樣本）", may_edit=lambda office, _duties: office in OFFICES[name]
    )


def mail(
    text: str = "如附件。", *, files: Iterable[tuple[str, bytes]] = (), **headers: str
) -> bytes:
    """A mail to the office's mailbox, without a token."""
    message = EmailMessage()
    said = {"From": "somebody@example.tw", "To": "plan@pingtung.example.tw", "Subject": "自評表"}
    for name, value in {**said, **headers}.items():
        message[name] = value
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()
