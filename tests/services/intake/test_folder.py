"""A section puts its workbook into the shared folder: judged by the same door, its owner told."""

from __future__ import annotations

import os
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from dutyflow.infra import shared_folder
from dutyflow.infra.shared_folder import FILE_LIMIT, TAKEN, UNKNOWN, FolderAway, SharedFolder
from dutyflow.ledger import CycleRecord
from dutyflow.mail.errors import MailDeferred
from dutyflow.services.intake import folder
from dutyflow.services.intake.matching import BY_STAMP
from tests.support.archives import zipped
from tests.support.scene import OFFICE, Scene, filled, form_in, good, scene


@pytest.fixture
def office(office: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """With a folder on a file system whose clock shows the office's time, not today's: `put`
    stamps each file with it."""
    monkeypatch.setattr(shared_folder, "changed_at", shared_folder.written_at)
    place(office).mkdir(parents=True)
    return office


@pytest.fixture
def cycle(office: Scene) -> CycleRecord:
    return office.open(collect_by=office.now + timedelta(days=3))


@pytest.fixture
def letters(office: Scene, cycle: CycleRecord) -> dict[str, EmailMessage]:
    return office.announce(cycle)


def place(office: Scene) -> Path:
    return office.workspace.settings.folders / OFFICE


def put(office: Scene, name: str, data: bytes) -> None:
    (place(office) / name).write_bytes(data)
    stamp(office, name)


def stamp(office: Scene, name: str) -> None:
    now = office.now.timestamp()
    os.utime(place(office) / name, (now, now))


def take_in(office: Scene) -> list[EmailMessage]:
    """Run the intake; the mails that it sent."""
    office.new_mails()
    folder.empty_folder(office.workspace, OFFICE, clock=office.clock, pause=lambda seconds: None)
    return office.new_mails()


def lying(office: Scene) -> dict[str, list[str]]:
    """The names of the files in the folder, "", and in those beside it, whatever the day."""
    found: dict[str, list[str]] = {}
    for path in sorted(place(office).rglob("*")):
        if path.is_file():
            way = path.relative_to(place(office)).parts
            found.setdefault(way[0] if len(way) > 1 else "", []).append(path.name)
    return found


def state(office: Scene, cycle: CycleRecord, section: str = "business") -> str:
    return office.state(f"{cycle.key}/{section}")


def test_a_workbook_of_any_name_is_matched_by_its_stamp_and_its_owner_told(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put(office, "隨便取的名字 (最終版).xlsx", filled(form_in(letters["business"])))
    (receipt,) = take_in(office)
    assert "已收到" in receipt["Subject"]
    owners = office.workspace.office(OFFICE).contacts.sections["business"].owners
    assert receipt["To"].addresses[0].addr_spec == owners[0].email
    assert state(office, cycle) == "accepted"
    (kept,) = office.ledger.submissions.of(f"{cycle.key}/business")
    assert (kept.channel, kept.sender, kept.matched_by) == ("folder", "", BY_STAMP)
    assert kept.received_at == office.now
    assert office.ledger.assignments.get(f"{cycle.key}/business").on_time is True
    assert lying(office) == {TAKEN: ["隨便取的名字 (最終版).xlsx"]}


def test_mistakes_are_told_to_the_owner_with_a_form_to_mend_them_in(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put(office, "a.xlsx", form_in(letters["business"]))
    (problems,) = take_in(office)
    assert "修正" in problems["Subject"]
    assert form_in(problems)
    assert state(office, cycle) == "submitted"
    put(office, "a.xlsx", filled(form_in(problems)))
    (receipt,) = take_in(office)
    assert "已收到" in receipt["Subject"]
    assert lying(office) == {TAKEN: ["a.xlsx", "a（2）.xlsx"]}


def test_an_owner_who_is_away_is_passed_over(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    first, second, *_ = office.workspace.office(OFFICE).contacts.sections["business"].owners
    office.ledger.people.mark_undeliverable(first.email, now=office.now, why="550", who="測試")
    put(office, "a.xlsx", filled(form_in(letters["business"])))
    (receipt,) = take_in(office)
    assert receipt["To"].addresses[0].addr_spec == second.email


def test_the_same_workbook_once_more_counts_once(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    data = filled(form_in(letters["business"]))
    put(office, "a.xlsx", data)
    put(office, "b.xlsx", data)
    take_in(office)
    put(office, "a.xlsx", data)
    take_in(office)
    assert len(office.ledger.submissions.of(f"{cycle.key}/business")) == 1
    assert lying(office)[TAKEN] == ["a.xlsx", "a（2）.xlsx", "b.xlsx"]


def test_by_mail_and_by_folder_is_one_submission(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    letter = letters["business"]
    data = filled(form_in(letter))
    office.reply(letter, data)
    office.take_in()
    put(office, "a.xlsx", data)
    take_in(office)
    (kept,) = office.ledger.submissions.of(f"{cycle.key}/business")
    assert kept.channel == "mail"


@pytest.mark.parametrize("name", ["掃描.pdf", "通訊錄.xlsx", "=cmd|' .csv"])
def test_what_cannot_be_matched_is_kept_apart_for_the_coordinator(
    office: Scene, cycle: CycleRecord, name: str
) -> None:
    put(office, name, b"PK no form of ours")
    office.now += timedelta(minutes=11)  # nobody has touched it since
    assert take_in(office) == []
    (apart,) = office.ledger.submissions.quarantined()
    assert apart.channel == "folder"
    assert "沒有可以辨認的識別資料" in apart.reason
    assert office.workspace.store.get(apart.files[0].blob) == b"PK no form of ours"
    assert lying(office) == {UNKNOWN: [name]}


def test_a_form_with_somebody_elses_signature_is_not_believed(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], tmp_path: Path
) -> None:
    with scene(tmp_path / "other", office.now) as other:
        other.workspace.settings.secret_file.write_bytes(b"somebody else's, and long enough")
        theirs = other.announce(other.open())
        put(office, "a.xlsx", filled(form_in(theirs["business"])))
    assert take_in(office) == []
    assert state(office, cycle) == "open"
    assert lying(office) == {UNKNOWN: ["a.xlsx"]}


def test_a_file_that_is_too_large_is_not_read(office: Scene, cycle: CycleRecord) -> None:
    with (place(office) / "a.xlsx").open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    stamp(office, "a.xlsx")
    office.now += timedelta(minutes=11)
    assert take_in(office) == []
    (apart,) = office.ledger.submissions.quarantined()
    assert "太大" in apart.reason
    assert lying(office) == {UNKNOWN: ["a.xlsx"]}


def test_who_dies_before_a_file_is_put_away_tells_nobody_twice(
    office: Scene,
    cycle: CycleRecord,
    letters: dict[str, EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(office, "a.xlsx", filled(form_in(letters["business"])))
    with monkeypatch.context() as dying:
        dying.setattr(SharedFolder, "put_away", lambda *given, **named: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_in(office)
    assert take_in(office) == []
    assert len(office.ledger.submissions.of(f"{cycle.key}/business")) == 1
    assert lying(office) == {TAKEN: ["a.xlsx"]}


def test_a_file_waits_while_its_receipt_cannot_be_sent(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put(office, "a.xlsx", filled(form_in(letters["business"])))
    office.answers.data = "451 4.3.0 try again"
    with pytest.raises(MailDeferred):
        take_in(office)
    assert lying(office) == {"": ["a.xlsx"]}
    office.answers.data = ""
    assert len(take_in(office)) == 1
    assert lying(office) == {TAKEN: ["a.xlsx"]}


def test_a_workbook_that_is_saved_anew_while_it_is_read_is_read_again(
    office: Scene,
    cycle: CycleRecord,
    letters: dict[str, EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody corrects a mistake just as the intake takes in what was there."""
    put(office, "a.xlsx", form_in(letters["business"]))
    put_away = SharedFolder.put_away

    def corrected_meanwhile(folder: SharedFolder, found, **named) -> None:
        (place(office) / "a.xlsx").unlink()
        put(office, "a.xlsx", filled(form_in(letters["business"])))
        put_away(folder, found, **named)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(SharedFolder, "put_away", corrected_meanwhile)
        take_in(office)
    assert state(office, cycle) == "submitted"
    assert lying(office) == {"": ["a.xlsx"]}
    take_in(office)
    assert state(office, cycle) == "accepted"


def test_a_folder_that_is_away_is_told_of(office: Scene, cycle: CycleRecord) -> None:
    place(office).rmdir()
    place(office).write_bytes(b"no folder")
    with pytest.raises(FolderAway, match="共用資料夾"):
        take_in(office)


PDF = b"%PDF-1.7 (sample) %%EOF\n"
PHOTO = b"\xff\xd8\xff\xe0 JFIF \xff\xd9"


def put_within(office: Scene, folder: str, name: str, data: bytes) -> None:
    (place(office) / folder).mkdir(exist_ok=True)
    put(office, f"{folder}/{name}", data)


def files_of(office: Scene, cycle: CycleRecord) -> list[list[str]]:
    kept = office.ledger.submissions.of(f"{cycle.key}/business")
    return [[file.name for file in each.files] for each in kept]


def naming(form: bytes, *names: str) -> bytes:
    return filled(form, lambda number: {**good(number), "佐證": f"如附 {'、'.join(names)}"})


def test_evidence_in_a_folder_beside_its_form_comes_with_it(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put_within(office, "業務組", "a.xlsx", filled(form_in(letters["business"])))
    put_within(office, "業務組", "紀錄.pdf", PDF)
    put_within(office, "業務組", "照片.zip", zipped({"一.jpg": PHOTO, "二.jpg": PHOTO}))
    (receipt,) = take_in(office)
    assert "已收到" in receipt["Subject"]
    assert files_of(office, cycle) == [["a.xlsx", "照片.zip", "一.jpg", "二.jpg", "紀錄.pdf"]]
    assert lying(office) == {TAKEN: ["a.xlsx", "照片.zip", "紀錄.pdf"]}
    assert (place(office) / "業務組").is_dir(), "the section's folder stays"


def test_a_zip_of_form_and_evidence_is_unpacked_wherever_it_lies(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    form = filled(form_in(letters["business"]))
    put(office, "填報.zip", zipped({"表.xlsx": form, "紀錄.pdf": PDF}))
    (receipt,) = take_in(office)
    assert "已收到" in receipt["Subject"]
    assert files_of(office, cycle) == [["填報.zip", "表.xlsx", "紀錄.pdf"]]


def test_in_the_folder_that_all_share_a_form_takes_what_it_names(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put(office, "紀錄.pdf", PDF)
    put(office, "別人的.pdf", PDF + b" ")
    put(office, "z.xlsx", naming(form_in(letters["business"]), "紀錄.pdf"))
    (receipt,) = take_in(office)
    assert "已收到" in receipt["Subject"]
    assert files_of(office, cycle) == [["z.xlsx", "紀錄.pdf"]]
    assert lying(office) == {"": ["別人的.pdf"], TAKEN: ["z.xlsx", "紀錄.pdf"]}


def test_evidence_alone_goes_to_the_only_thing_that_its_section_has_to_answer(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put_within(office, "business", "紀錄.pdf", PDF)
    (told,) = take_in(office)
    assert "沒有填報檔" in told["Subject"]
    put_within(office, "business", "紀錄二.pdf", PDF + b" ")
    assert take_in(office) == [], "the owner is told of it once a day"
    assert files_of(office, cycle) == [["紀錄.pdf"], ["紀錄二.pdf"]]
    (kept, _) = office.ledger.submissions.of(f"{cycle.key}/business")
    assert kept.matched_by == "共用資料夾的位置"


def test_where_a_section_has_two_things_to_answer_evidence_alone_waits(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    office.open(duty="web_accessibility", collect_by=office.now + timedelta(days=3))
    put_within(office, "設計組", "紀錄.pdf", PDF)
    assert take_in(office) == []
    (apart,) = office.ledger.submissions.quarantined()
    assert "請與填報檔一起放入" in apart.reason


def test_a_folder_is_taken_once_all_in_it_is_whole(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage]
) -> None:
    put_within(office, "業務組", "a.xlsx", filled(form_in(letters["business"])))
    put_within(office, "業務組", "紀錄.pdf", PDF[:9])
    assert take_in(office) == []
    assert state(office, cycle) == "open"
    put_within(office, "業務組", "紀錄.pdf", PDF)
    assert len(take_in(office)) == 1
    assert files_of(office, cycle) == [["a.xlsx", "紀錄.pdf"]]


def test_a_link_to_another_folder_leads_nowhere(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    form = tmp_path / "elsewhere" / "a.xlsx"
    form.write_bytes(filled(form_in(letters["business"])))
    (place(office) / "業務組").symlink_to(tmp_path / "elsewhere")
    assert take_in(office) == []
    assert form.exists()
    assert state(office, cycle) == "open"
