"""From the first word typed to the receipt: the form, its draft, its mistakes, its workbook."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.errors import MailDeferred
from dutyflow.plan.answers import from_json
from tests.support.scene import filled, form_in, text_of
from tests.web.conftest import Page, answers, fields_of

PHOTO = ("files", ("現場.jpg", b"\xff\xd8\xff sample", "image/jpeg"))


def accepted(page: Page, section: str = "design"):
    (*_, last) = page.scene.ledger.submissions.of(page.case(section).assignment.key)
    assert last.verdict == "accepted"
    return last


def test_a_form_that_is_filled_well_is_accepted_at_once(page: Page) -> None:
    visitor = page.visitor("design")
    done = visitor.post("send", files=[PHOTO], **answers(page))
    assert "已收到，檢查無誤" in done.text
    kept = accepted(page)
    assert f"S{kept.id:05}" in done.text
    assert (kept.channel, kept.sender) == ("upload", page.person("design").email)
    assert [file.name for file in kept.files] == ["現場.jpg"]
    assert page.scene.workspace.store.get(kept.files[0].blob) == PHOTO[1][1]
    assert len(from_json(kept.answers)) == len(page.case("design").rows)
    assert page.case("design").assignment.state == "accepted"


def test_the_bytes_of_what_was_typed_are_in_the_store(page: Page) -> None:
    page.visitor("design").post("send", **answers(page))
    document = json.loads(page.scene.workspace.store.get(accepted(page).raw_blob))
    row = page.case("design").rows[0].id
    assert document["typed"][row] == {"text": f"（樣本）{row} 已辦理", "score": "90"}
    assert document["plan_hash"] == page.cycle.plan_hash


def test_the_receipt_goes_out_once_with_a_copy(page: Page) -> None:
    page.visitor("design").post("send", **answers(page))
    (mail,) = page.confirm()
    assert mail["To"].addresses[0].addr_spec == page.person("design").email
    assert str(mail["Subject"]).startswith("已收到")
    sheet = load_workbook(BytesIO(form_in(mail))).worksheets[0]
    assert any("已辦理" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert page.confirm() == []


def test_a_receipt_that_cannot_go_out_now_goes_later(page: Page) -> None:
    page.visitor("design").post("send", **answers(page))
    page.scene.answers.mail = "451 4.3.0 try later"
    with pytest.raises(MailDeferred, match="稍後"):
        page.confirm()
    page.scene.answers.mail = ""
    assert len(page.confirm()) == 1


def test_mistakes_are_told_at_their_fields_in_the_words_of_a_mail(page: Page) -> None:
    rows = [row.id for row in page.case("design").rows]
    bad = answers(page, **{f"t:{rows[0]}:score": "一百二十", f"t:{rows[1]}:text": ""})
    visitor = page.visitor("design")
    answer = visitor.post("send", files=[PHOTO], **bad)
    assert answer.status_code == 422
    assert "還需要修正 2 處" in answer.text
    assert f"編號 {rows[0]}「自評分數」" in answer.text
    assert "0 到 100 的數字" in answer.text
    assert 'href="#c1-score"' in answer.text
    assert 'aria-describedby="c1-score-help c1-score-error" aria-invalid="true"' in answer.text
    kept = fields_of(answer)
    assert kept[f"t:{rows[0]}:score"] == "一百二十"
    assert "現場.jpg" in answer.text, "a file that came stays"
    good = {f"t:{rows[0]}:score": "95", f"t:{rows[1]}:text": "補上（樣本）"}
    assert "已收到" in visitor.post("send", **good).text
    assert [file.name for file in accepted(page).files] == ["現場.jpg"]


def test_the_page_and_the_workbook_find_the_same_mistakes(page: Page) -> None:
    """One validator: what differs is only where the mistake is said to be."""
    rows = [row.id for row in page.case("design").rows]
    wrong = {
        rows[0]: {"執行情形": "", "自評分數": "120"},
        rows[1]: {"執行情形": "有", "自評分數": "九十", "無辦理事項": "無辦理事項"},
        rows[2]: {"執行情形": "", "自評分數": ""},
    }
    good = {"執行情形": "有（樣本）", "自評分數": 90}
    visitor = page.visitor("design")
    ids = {"執行情形": "text", "自評分數": "score", "無辦理事項": "nothing"}
    said = {
        f"t:{row}:{ids[title]}": str(value)
        for row in rows
        for title, value in wrong.get(row, good).items()
    }
    visitor.post("send", **said)
    book = filled(visitor.show("form.xlsx").content, lambda row: wrong.get(row, good))
    visitor.post("workbook", at="workbook", files=[("workbook", ("填報.xlsx", book, XLSX))])
    typed, written = page.scene.ledger.submissions.of(page.case("design").assignment.key)

    def told(submission):
        return [(each["row"], each["column"], each["expected"]) for each in submission.problems]

    assert told(typed) == told(written)
    assert len(typed.problems) == 5


def test_a_workbook_can_be_sent_instead(page: Page) -> None:
    visitor = page.visitor("design")
    book = filled(visitor.show("form.xlsx").content)
    files = [("workbook", ("填報.xlsx", book, XLSX)), PHOTO]
    done = visitor.post("workbook", at="workbook", files=files)
    assert "已收到，檢查無誤" in done.text
    kept = accepted(page)
    assert {file.name for file in kept.files} == {"填報.xlsx", "現場.jpg"}
    assert page.scene.workspace.store.get(kept.raw_blob) == book
    assert len(page.confirm()) == 1


def test_a_workbook_with_mistakes_is_told_by_cell_and_carried_over(page: Page) -> None:
    visitor = page.visitor("design")
    rows = [row.id for row in page.case("design").rows]

    def answer(row: str):
        return {"執行情形": f"{row} 已辦理（樣本）", "自評分數": 120 if row == rows[0] else 88}

    book = filled(visitor.show("form.xlsx").content, answer)
    told = visitor.post("workbook", at="workbook", files=[("workbook", ("a.xlsx", book, XLSX))])
    assert told.status_code == 422
    assert "「自評表」" in told.text
    form = fields_of(visitor.show())
    assert form[f"t:{rows[1]}:score"] == "88"


def test_what_is_no_workbook_is_told_what_it_is(page: Page) -> None:
    visitor = page.visitor("design")
    told = visitor.post("workbook", at="workbook", files=[("workbook", ("a.xlsx", b"%PDF-1", ""))])
    assert "這是PDF 檔" in told.text
    empty = visitor.post("workbook", at="workbook")
    assert "還沒有選檔案" in empty.text


def test_a_draft_is_kept_and_dropped_on_acceptance(page: Page) -> None:
    visitor = page.visitor("design")
    row = page.case("design").rows[0].id
    saved = visitor.post("draft", files=[PHOTO], **{f"t:{row}:text": "寫到一半（樣本）\r\n第二行"})
    assert "草稿已儲存" in saved.text
    again = page.visitor("design", 1).page
    assert fields_of(again)[f"t:{row}:text"] == "寫到一半（樣本）\n第二行"
    assert "現場.jpg" in again.text
    assert page.scene.ledger.submissions.of(page.case("design").assignment.key) == ()
    visitor.post("send", **answers(page))
    assert page.scene.ledger.drafts.of(page.case("design").assignment.key) is None


def test_an_answer_by_mail_drops_the_draft_too(page: Page) -> None:
    page.visitor("design").post("draft", **answers(page))
    mails = page.scene.announce(page.cycle)
    page.scene.reply(mails["design"], filled(form_in(mails["design"])))
    page.scene.take_in()
    assert page.scene.ledger.drafts.of(page.case("design").assignment.key) is None


def test_two_people_do_not_write_over_each_other_unseen(page: Page) -> None:
    row = page.case("design").rows[0].id
    one, two = page.visitor("design", 0), page.visitor("design", 1)
    before = fields_of(two.show())
    one.post("draft", **{f"t:{row}:text": "甲寫的（樣本）"})
    mine = {**before, f"t:{row}:text": "乙寫的（樣本）"}
    told = two.client.post(two.path + "draft", data=mine)
    assert told.status_code == 409
    assert f"{page.person('design').name} 已在" in told.text
    assert "甲寫的（樣本）" in told.text, "theirs is shown"
    assert fields_of(told)[f"t:{row}:text"] == "乙寫的（樣本）", "mine is not lost"
    assert page.scene.ledger.drafts.of(page.case("design").assignment.key).typed[row] == {
        "text": "甲寫的（樣本）"
    }
    knowingly = two.client.post(two.path + "draft", data=fields_of(told))
    assert "草稿已儲存" in knowingly.text
    assert fields_of(one.show())[f"t:{row}:text"] == "乙寫的（樣本）"


def test_the_script_saves_in_short_and_is_told_of_others(page: Page) -> None:
    visitor, row = page.visitor("design"), page.case("design").rows[0].id
    form = fields_of(visitor.show())
    wants = {"Accept": "application/json"}
    path = visitor.path + "draft"
    first = visitor.client.post(path, data={**form, f"t:{row}:text": "一"}, headers=wants)
    assert (first.json()["state"], first.json()["version"]) == ("saved", 1)
    stale = visitor.client.post(path, data={**form, f"t:{row}:text": "二"}, headers=wants)
    assert (stale.status_code, stale.json()["state"]) == (409, "overtaken")
    visitor.post("send", **answers(page))
    closed = visitor.client.post(path, data=form, headers=wants)
    assert (closed.status_code, closed.json()["state"]) == (409, "closed")


def test_a_late_answer_is_taken_and_marked(page: Page) -> None:
    visitor = page.visitor("design")
    page.scene.now = page.case("design").assignment.collect_by + timedelta(minutes=1)
    page.scene.ledger.assignments.mark_late(
        page.case("design").assignment.key, now=page.scene.now, who="系統", why=""
    )
    visitor = page.visitor("design")
    done = visitor.post("send", **answers(page))
    assert "逾期送達，已收件並記錄" in done.text
    assert page.case("design").assignment.on_time is False
    assert "逾期送達" in str(page.confirm()[0]["Subject"])


def test_what_looks_like_markup_stays_text(page: Page) -> None:
    visitor, row = page.visitor("design"), page.case("design").rows[0].id
    evil = '</textarea><script>alert(1)</script>"><img src=x>'
    page_ = visitor.post("draft", **{f"t:{row}:text": evil, f"t:{row}:score": evil})
    assert "<script>alert" not in page_.text
    assert "<img" not in page_.text
    assert fields_of(page_)[f"t:{row}:text"] == evil


def test_a_row_that_nobody_asked_about_is_not_kept(page: Page) -> None:
    visitor = page.visitor("design")
    form = fields_of(visitor.show())
    visitor.client.post(
        visitor.path + "draft", data={**form, "t:9.9.9:text": "x", "t::text": "y", "t:": "z"}
    )
    draft = page.scene.ledger.drafts.of(page.case("design").assignment.key)
    assert draft.typed == {}


def test_the_receipt_page_says_what_the_mail_says(page: Page) -> None:
    done = page.visitor("design").post("send", **answers(page))
    (mail,) = page.confirm()
    for line in text_of(mail).splitlines():
        if line.startswith(("受理編號：", "已填項數：", "平均自評分數：")):
            assert line.partition("：")[2] in done.text


def test_a_file_that_is_no_evidence_is_told_at_once_and_not_kept(page: Page) -> None:
    visitor, key = page.visitor("design"), page.case("design").assignment.key
    some = [("files", ("點我.exe", b"MZ x", "")), PHOTO]
    told = visitor.post("send", files=some, **answers(page))
    assert told.status_code == 422
    assert "佐證檔案「點我.exe」" in told.text
    assert "這是可以執行的檔案" in told.text
    assert [file.name for file in page.scene.ledger.drafts.of(key).files] == ["現場.jpg"]
    assert page.scene.ledger.submissions.of(key) == ()
    assert "已收到" in visitor.post("send").text, "what was typed was kept"


def test_what_is_odd_is_said_beside_the_receipt(page: Page) -> None:
    """It stops nothing; the mail says the same."""
    same = {name: "照計畫辦理（樣本）" for name in answers(page) if name.endswith(":text")}
    done = page.visitor("design").post("send", **answers(page, **same))
    assert "已收到，檢查無誤" in done.text
    assert "「執行情形」各列文字相同" in done.text
    assert "「執行情形」各列文字相同" in text_of(page.confirm()[0])


def test_a_correction_after_a_return_says_what_it_changes(page: Page) -> None:
    page.visitor("design").post("send", **answers(page))
    key, scene, row = page.case("design").assignment.key, page.scene, page.case("design").rows[0].id
    scene.ledger.assignments.return_for_correction(
        key, note="（樣本）", until=scene.now + timedelta(days=3), now=scene.now, who="曾秀英"
    )
    again = page.visitor("design").post("send")
    assert (again.status_code, "與退回補正前送來的" in again.text) == (422, True)
    done = page.visitor("design").post("send", **{f"t:{row}:score": "95"})
    assert "這一份已取代先前的" in done.text
    assert "變更 1 格" in done.text
