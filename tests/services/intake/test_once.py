"""What comes is opened once: the child is asked for each file of a message a single time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dutyflow.forms.reader import Workbook
from dutyflow.infra.mime_types import XLSX
from dutyflow.infra.sandbox.runner import _Child
from dutyflow.mail.attachment import Attachment
from dutyflow.services.coordinator import quarantine
from dutyflow.services.intake import folder, judgement, web_form
from dutyflow.services.intake.incoming import Workbooks
from dutyflow.services.messaging.form_links import Visit
from tests.mail import reports
from tests.services.intake.test_matching import send
from tests.support.archives import zipped
from tests.support.scene import OFFICE, Scene, filled, form_in, good, scene

MESSAGE, WORKBOOK, ARCHIVE = "message", "workbook", "archive"
NAMES = {
    "dutyflow.mail.inbound.dissecting:job": MESSAGE,
    "dutyflow.infra.sandbox.sheets:read": WORKBOOK,
    "dutyflow.infra.sandbox.archives:read": ARCHIVE,
}
Jobs = Counter[str]


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """How often the child was asked for what."""
    count: Jobs = Counter()
    ask: Callable[..., Any] = _Child.ask

    def counted(child: _Child, order: bytes, *rest: Any) -> Any:
        count[NAMES[json.loads(order)["job"]]] += 1
        return ask(child, order, *rest)

    monkeypatch.setattr(_Child, "ask", counted)
    return count


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Workbook]:
    """Every workbook that was judged, each time."""
    found: list[Workbook] = []
    judge = judgement.judge

    def noted(workbook: Workbook, **given: Any) -> Any:
        found.append(workbook)
        return judge(workbook, **given)

    monkeypatch.setattr(judgement, "judge", noted)
    return found


@pytest.fixture
def letters(office: Scene) -> dict[str, EmailMessage]:
    return office.announce(office.open())


def test_a_form_by_mail(
    office: Scene, letters: dict[str, EmailMessage], jobs: Jobs, judged: list[Workbook]
) -> None:
    office.reply(letters["design"], filled(form_in(letters["design"])))
    (receipt,) = office.take_in()
    assert "已收到" in receipt["Subject"]
    assert jobs == {MESSAGE: 1, WORKBOOK: 1}
    assert len(judged) == 1


def test_several_forms_by_mail_and_one_that_belongs_elsewhere(
    office: Scene, letters: dict[str, EmailMessage], jobs: Jobs, judged: list[Workbook]
) -> None:
    letter = letters["design"]
    message = EmailMessage()
    message["From"], message["To"] = letter["To"], letter["Reply-To"]
    message["Message-ID"] = "<several@example.tw>"
    message.set_content("如附件（樣本）。")
    blank, stray = form_in(letter), filled(form_in(letters["billing"]))
    archive = zipped({"填好.xlsx": filled(form_in(letter)), "照片.jpg": b"\xff\xd8\xff photo"})
    for name, data in {"空白.xlsx": blank, "他組.xlsx": stray, "填報.zip": archive}.items():
        message.add_attachment(data, "application", "octet-stream", filename=name)
    office.put(message.as_bytes())
    assert len(office.take_in()) == 2
    assert office.state("pingtung/self_assessment/107H1/design") == "accepted"
    assert jobs == {MESSAGE: 1, ARCHIVE: 1, WORKBOOK: 3}
    assert len(judged) == 2, "the one that belongs elsewhere is not judged"


def test_a_stranger_s_form_and_what_the_coordinator_makes_of_it(
    office: Scene, letters: dict[str, EmailMessage], jobs: Jobs
) -> None:
    letter = letters["design"]
    to = str(letter["Reply-To"].addresses[0].addr_spec)
    send(office, filled(form_in(letter)), to=to, sender="ming@personal.example.com")
    assert office.take_in() == []
    assert jobs == {MESSAGE: 1, WORKBOOK: 1}
    (kept,) = office.ledger.submissions.quarantined()
    jobs.clear()
    quarantine.assign(office.workspace, kept.id, kept.suggested, "曾秀英", "已電話確認", office.now)
    assert jobs == {MESSAGE: 1, WORKBOOK: 1}


def test_a_delivery_report(office: Scene, letters: dict[str, EmailMessage], jobs: Jobs) -> None:
    letter = letters["billing"]
    report = reports.OFFICE_365.replace(reports.OURS.encode(), str(letter["Message-ID"]).encode())
    office.put(report)
    office.take_in()
    assert office.ledger.people.undeliverable()
    assert jobs == {MESSAGE: 1}


def test_an_automatic_reply(office: Scene, letters: dict[str, EmailMessage], jobs: Jobs) -> None:
    form = filled(form_in(letters["design"]))
    office.reply(letters["design"], form, Auto_Submitted="auto-replied")
    assert office.take_in() == []
    assert jobs == {MESSAGE: 1}, "its form is not even opened"


def test_a_workbook_on_the_page(
    office: Scene, letters: dict[str, EmailMessage], jobs: Jobs, judged: list[Workbook]
) -> None:
    case = office.workspace.case("pingtung/self_assessment/107H1/design")
    visit = Visit(case=case, person=case.people.owners[0], returns=0)
    book = Attachment(name="表.xlsx", content_type=XLSX, data=filled(form_in(letters["design"])))
    assert web_form.hand_in_workbook(visit, book, (), now=office.now).accepted
    assert jobs == {WORKBOOK: 1}
    assert len(judged) == 1


def test_forms_in_the_shared_folder_that_lie_beside_each_other(
    tmp_path: Path, jobs: Jobs, judged: list[Workbook]
) -> None:
    """Each may name any of the others: it is looked into once for all of them."""
    with scene(tmp_path, datetime.now(UTC)) as office:
        cycle = office.open("115H1", collect_by=office.now + timedelta(days=3))
        letters = office.announce(cycle)
        place = office.workspace.settings.folders / OFFICE
        place.mkdir(parents=True)
        for section, letter in letters.items():
            (place / f"{section}.xlsx").write_bytes(filled(form_in(letter)))
        naming = filled(
            form_in(letters["design"]), lambda number: {**good(number), "佐證": "如附 紀錄.pdf"}
        )
        (place / "design.xlsx").write_bytes(naming)
        (place / "紀錄.pdf").write_bytes(b"%PDF-1.7 (sample) %%EOF\n")
        openpyxl.Workbook().save(place / "別的.xlsx")
        folder.empty_folder(office.workspace, OFFICE, clock=office.clock, pause=lambda _: None)
        states = {each.state for each in office.ledger.assignments.of(cycle.key)}
        (named,) = office.ledger.submissions.of(f"{cycle.key}/design")
    assert states == {"accepted"}
    assert [file.name for file in named.files] == ["design.xlsx", "紀錄.pdf"]
    assert jobs == {WORKBOOK: len(letters) + 1}, "what is no form of ours is opened once, too"
    assert len(judged) == len(letters)


def test_what_is_beyond_the_limit_is_opened_again_and_judged_the_same(
    letters: dict[str, EmailMessage], jobs: Jobs
) -> None:
    form = Attachment(name="表.xlsx", content_type=XLSX, data=form_in(letters["design"]))
    few = Workbooks(limit=100)
    assert few.read(form) == few.read(form) == Workbooks().read(form)
    assert jobs == {WORKBOOK: 3}
