"""Evidence on the page: taken out again, and what is in an archive."""

from __future__ import annotations

import io
import zipfile

import pytest

from dutyflow.infra.mime_types import XLSX
from dutyflow.ledger import DraftRecord
from tests.support.archives import zipped
from tests.support.scene import filled
from tests.web.conftest import Page, Visitor, answers, fields_of

JPEG = b"\xff\xd8\xff sample"
PHOTO = ("files", ("現場.jpg", JPEG, "image/jpeg"))
WRONG = ("files", ("別組的.pdf", b"%PDF-1.4 sample", "application/pdf"))


def draft(page: Page, section: str = "design") -> DraftRecord:
    found = page.scene.ledger.drafts.of(page.case(section).assignment.key)
    assert found is not None
    return found


def names(page: Page, section: str = "design") -> list[str]:
    return [file.name for file in draft(page, section).files]


def attach(visitor: Visitor, name: str, data: bytes, field: str = "files"):
    return visitor.post("draft", files=[(field, (name, data, "application/zip"))])


def test_a_file_that_was_attached_by_mistake_is_taken_out(page: Page) -> None:
    visitor = page.visitor("design")
    visitor.post("draft", files=[PHOTO, WRONG])
    row = page.case("design").rows[0].id
    answer = visitor.post("draft", remove="別組的.pdf", **{f"t:{row}:text": "寫到一半（樣本）"})
    assert "檔案已移除，草稿已儲存" in answer.text
    assert "別組的.pdf" not in answer.text
    assert names(page) == ["現場.jpg"]
    assert fields_of(answer)[f"t:{row}:text"] == "寫到一半（樣本）", "what was typed is kept"
    assert "已收到" in visitor.post("send", **answers(page)).text
    (kept,) = page.scene.ledger.submissions.of(page.case("design").assignment.key)
    assert [file.name for file in kept.files] == ["現場.jpg"]


def test_a_removal_over_somebody_else_s_draft_is_shown_first(page: Page) -> None:
    one, two = page.visitor("design", 0), page.visitor("design", 1)
    one.post("draft", files=[PHOTO, WRONG])
    stale = fields_of(two.show())
    one.post("draft", **{f"t:{page.case('design').rows[0].id}:text": "新的（樣本）"})
    answer = two.client.post(two.path + "draft", data={**stale, "remove": "現場.jpg"})
    assert answer.status_code == 409
    assert names(page) == ["現場.jpg", "別組的.pdf"]


@pytest.mark.parametrize("name", ["沒有這個.pdf", "../現場.jpg", "x" * 5000])
def test_a_name_that_is_none_takes_nothing_out(page: Page, name: str) -> None:
    visitor = page.visitor("design")
    visitor.post("draft", files=[PHOTO])
    assert visitor.post("draft", remove=name).status_code == 200
    assert names(page) == ["現場.jpg"]


def test_nothing_is_taken_out_by_looking(page: Page) -> None:
    visitor = page.visitor("design")
    visitor.post("draft", files=[PHOTO])
    visitor.client.get(visitor.path + "?remove=現場.jpg")
    visitor.client.get(visitor.path + "draft?remove=現場.jpg")
    assert names(page) == ["現場.jpg"]


def test_what_is_in_a_zip_is_attached_file_by_file(page: Page) -> None:
    visitor = page.visitor("design")
    packed = zipped({"照片/1.jpg": JPEG, "公文/1.jpg": JPEG + b"2", "__MACOSX/._1.jpg": b"x"})
    answer = attach(visitor, "佐證.zip", packed)
    assert names(page) == ["1.jpg", "1 (2).jpg"]
    assert "佐證.zip" not in answer.text


def test_what_cannot_be_evidence_in_a_zip_is_named(page: Page) -> None:
    answer = attach(page.visitor("design"), "佐證.zip", zipped({"a.jpg": JPEG, "b.exe": b"MZ"}))
    assert answer.status_code == 422
    assert "佐證檔案「b.exe」" in answer.text
    assert names(page) == ["a.jpg"]


def locked() -> bytes:
    """A zip whose member says that it is encrypted."""
    data = bytearray(zipped({"a.jpg": JPEG}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("0.txt", b"0" * 60 * 2**20)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (locked(), "設有密碼的壓縮檔"),
        (bomb(), "請解壓縮後，改附裡面的檔案"),
        (zipped({"裡面.zip": zipped({"a.jpg": JPEG})}), "請解壓縮後，改附裡面的檔案"),
        (zipped({"a.jpg": JPEG})[:-30], "檔案損毀或不完整"),
        (b"Rar!\x1a\x07\x00", "RAR 壓縮檔"),
    ],
    ids=["locked", "bomb", "nested", "damaged", "rar"],
)
def test_an_archive_that_cannot_be_opened_is_refused_in_words(
    page: Page, data: bytes, told: str
) -> None:
    answer = attach(page.visitor("design"), "佐證.zip", data)
    assert answer.status_code == 422
    assert told in answer.text
    assert names(page) == []


def test_a_zip_that_is_larger_than_all_may_be_is_told(page: Page) -> None:
    heavy = zipped({f"{number}.jpg": JPEG + bytes(14 * 2**20) for number in range(2)})
    answer = attach(page.visitor("design"), "佐證.zip", heavy)
    assert (answer.status_code, "28 MB" in answer.text) == (422, True)
    assert names(page) == []


def test_so_many_files_are_told(page: Page) -> None:
    visitor = page.visitor("design")
    many = zipped({f"{number}.jpg": JPEG + bytes([number]) for number in range(60)})
    attach(visitor, "一.zip", many)
    assert len(names(page)) == 60
    more = zipped({f"再{number}.jpg": JPEG + bytes([number]) for number in range(60)})
    answer = attach(visitor, "二.zip", more)
    assert "120 個檔案" in answer.text
    assert len(names(page)) == 60


def test_a_form_in_a_zip_counts_as_by_mail(page: Page) -> None:
    visitor = page.visitor("design")
    visitor.post("draft", files=[PHOTO])
    book = filled(visitor.show("form.xlsx").content)
    packed = zipped({"填報.xlsx": book, "公文.pdf": b"%PDF-1.4", "現場.jpg": JPEG + b"new"})
    assert "現場.jpg" in visitor.show("workbook").text, "what goes along is said"
    files = [("workbook", ("全部.zip", packed, "application/zip"))]
    assert "已收到" in visitor.post("workbook", at="workbook", files=files).text
    (kept,) = page.scene.ledger.submissions.of(page.case("design").assignment.key)
    assert [file.name for file in kept.files] == ["填報.xlsx", "公文.pdf", "現場.jpg"]


def test_two_workbooks_in_a_zip_are_one_too_many(page: Page) -> None:
    visitor = page.visitor("design")
    book = visitor.show("form.xlsx").content
    packed = zipped({"一.xlsx": book, "二.xlsx": book + b" "})
    files = [("workbook", ("全部.zip", packed, XLSX))]
    answer = visitor.post("workbook", at="workbook", files=files)
    assert answer.status_code == 422
    assert "2 個檔案可能是填報檔" in answer.text
    assert page.scene.ledger.submissions.of(page.case("design").assignment.key) == ()
