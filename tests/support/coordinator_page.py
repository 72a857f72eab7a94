"""收件 over the real plan, ledger and store. Who is logged in, and Airflow, are stood in for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from fastapi import FastAPI, HTTPException, Request

from dutyflow.calendars.roc import TAIPEI
from dutyflow.ledger import AssignmentRecord
from dutyflow.services.workspace import Workspace
from dutyflow.web.coordinator import CoordinatorContext, Visitor, coordinator_app
from tests.support.scene import OFFICE, Scene, filled, form_in

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


def app_on(scene: Scene, runs: Runs) -> FastAPI:
    @contextmanager
    def open_workspace() -> Iterator[Workspace]:
        yield scene.workspace

    return coordinator_app(
        CoordinatorContext(admit=admit, runs=runs, open_workspace=open_workspace, clock=scene.clock)
    )


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


def what_came_in(office: Scene) -> set[str]:
    """On the day after the cut-off; the assignments that are late."""
    cycle = office.open()
    letters = office.announce(cycle)
    office.answer_all(letters, but=("human_resources", "billing", "general_affairs"))
    office.write(letters["billing"], "本期無辦理事項。")
    office.take_in()
    office.now = datetime(2018, 7, 5, 9, 5, tzinfo=TAIPEI)
    late = [f"{cycle.key}/human_resources", f"{cycle.key}/general_affairs"]
    for assignment in late:
        office.wait(assignment)
    question = "1.2.2.8 這一項本組改由業務組辦理，表格是否改由業務組填？請回覆，謝謝。（樣本）"
    office.write(letters["general_affairs"], question)
    form = filled(form_in(letters["human_resources"]))
    office.put(
        mail(
            "公務信箱今天無法使用，改由私人信箱寄送人資組的自評表。\n謝謝。（樣本）",
            From="somebody@elsewhere.example.tw",
            Subject="補送自評表（人資組）",
            files=[("107年上半年半年自行考核_人資組.xlsx", form)],
        )
    )
    office.take_in()
    return set(late)
