"""收件 as the coordinator sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from dutyflow.services.coordinator.quarantine import answers_to
from dutyflow.services.intake import web_form_mail
from dutyflow.services.messaging.post import post
from tests.support.coordinator_page import mail
from tests.support.scene import OFFICE, filled, form_in, later, text_of
from tests.web.coordinator.conftest import Page

PART = f"/{OFFICE}/assignments/self_assessment/107H1/design"
OTHER = "self_assessment/107H1/business"


def test_a_quiet_office_says_so(page: Page) -> None:
    said = page.get()
    assert "沒有待認領的收件" in said
    assert "目前沒有開啟中的期別" in said
    assert 'lang="zh-Hant-TW"' in said


def test_who_has_one_office_is_led_to_it(page: Page) -> None:
    answer = page.client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/{OFFICE}")


def test_a_stray_shows_who_when_why_and_what(page: Page) -> None:
    page.scene.now = datetime(2018, 6, 29, 1, 5, tzinfo=UTC)
    page.scene.put(mail("第一行\n第二行", files=[("佐證.pdf", b"x" * 3000)]))
    page.scene.take_in()
    said = page.get()
    for words in (
        "自評表",
        "somebody@example.tw",
        "寄件人不在通訊錄：somebody@example.tw",
        "107年6月29日（五）09:05",
        "第一行\n第二行",
        "佐證.pdf",
        "3 KB",
    ):
        assert words in said


def test_the_newest_stands_first_and_a_page_is_not_endless(page: Page) -> None:
    for number in range(23):
        page.scene.now = later(page.scene.now, minutes=1)
        page.scene.put(mail(Subject=f"第{number:02}封"))
    page.scene.take_in()
    first, second = page.get(), page.get(f"/{OFFICE}?page=2")
    assert first.index("第22封") < first.index("第21封")
    assert "第02封" not in first
    assert "第02封" in second
    assert "待認領（23）" in first


def test_its_files_come_as_they_were_sent(page: Page) -> None:
    page.scene.put(mail(files=[("佐證.pdf", b"%PDF-sample")]))
    page.scene.take_in()
    (stray,) = page.waiting()
    answer = page.client.get(f"/{OFFICE}/items/{stray.id}/files/0")
    assert answer.content == b"%PDF-sample"
    original = page.client.get(f"/{OFFICE}/items/{stray.id}/original")
    assert b"somebody@example.tw" in original.content


def test_whose_it_probably_is_stands_chosen(page: Page) -> None:
    cycle = page.scene.open()
    owner = page.scene.workspace.office(OFFICE).contacts.sections["design"].owners[0]
    page.stray(From=owner.email, Subject="半年自行考核的附件")
    said = page.get()
    assert f'<option value="{cycle.key}/design" selected>' in said
    assert "寄件人是設計組的人；主旨或檔名提到「半年自行考核」" in said
    assert said.count(" selected>") == 1


def test_where_nothing_points_to_a_section_none_is_chosen(page: Page) -> None:
    page.scene.open()
    page.stray()
    said = page.get()
    assert " selected>" not in said
    assert '<option value="">請選擇</option>' in said


def test_one_click_assigns_a_form_that_a_stranger_sent(page: Page) -> None:
    cycle = page.scene.open()
    form = filled(form_in(page.scene.announce(cycle)["design"]))
    page.scene.put(mail(files=[("設計組自評.xlsx", form)]))
    page.scene.take_in()
    (stray,) = page.waiting()
    fields = form_of(page.get(), f"/{OFFICE}/items/{stray.id}/assign")
    assert fields["assignment"] == f"{cycle.key}/design"
    answer = page.post(f"/{OFFICE}/items/{stray.id}/assign", **fields)
    assert "已歸入設計組「107年上半年 半年自行考核」：已受理" in answer.text
    assert "回覆信由系統辦理中" in answer.text
    assert page.scene.state(f"{cycle.key}/design") == "accepted"
    assert page.runs.told == [stray.id]
    assert page.waiting() == ()
    (event, _) = page.scene.ledger.events.of(what="認領")
    assert event.who == "coordinator（樣本）"


def test_its_answer_goes_out_however_often_it_is_tried(page: Page) -> None:
    cycle = page.scene.open()
    form = filled(form_in(page.scene.announce(cycle)["design"]))
    page.scene.put(mail(files=[("設計組自評.xlsx", form)]))
    page.scene.take_in()
    (stray,) = page.waiting()
    fields = form_of(page.get(), f"/{OFFICE}/items/{stray.id}/assign")
    page.post(f"/{OFFICE}/items/{stray.id}/assign", **fields)
    told = []
    for _ in range(2):
        mails = answers_to(page.scene.workspace, stray.id, page.scene.now)
        mailbox = page.scene.workspace.office(OFFICE).contacts.mailbox
        for each in mails:
            post(page.scene.workspace, each, mailbox=mailbox, now=page.scene.now)
        told.append([str(each["To"]) for each in page.scene.new_mails()])
    owners = page.scene.workspace.office(OFFICE).contacts.sections["design"].owners
    assert len(told[0]) == len(owners)
    assert told[1] == []


def test_where_nothing_is_chosen_nothing_is_assigned(page: Page) -> None:
    page.scene.open()
    stray = page.stray()
    fields = form_of(page.get(), f"/{OFFICE}/items/{stray.id}/assign")
    answer = page.post(f"/{OFFICE}/items/{stray.id}/assign", **fields)
    assert (answer.status_code, "請先選擇" in answer.text) == (409, True)
    assert page.waiting() == (stray,)


def test_what_is_assigned_to_a_late_section_tells_of_collecting_again(page: Page) -> None:
    cycle = page.scene.open()
    form = filled(form_in(page.scene.announce(cycle)["design"]))
    page.scene.now = datetime(2018, 7, 5, 0, 1, tzinfo=UTC)
    page.scene.wait(f"{cycle.key}/design")
    page.runs.at_rest = {f"{cycle.key}/design"}
    page.scene.put(mail(files=[("設計組自評.xlsx", form)]))
    page.scene.take_in()
    (stray,) = page.waiting()
    fields = form_of(page.get(), f"/{OFFICE}/items/{stray.id}/assign")
    answer = page.post(f"/{OFFICE}/items/{stray.id}/assign", **fields)
    assert "請再按「重新收件」" in answer.text
    assert "逾期補報" in row_of(answer.text, "設計組")
    assert "設計組重新收件" in row_of(answer.text, "設計組")


def test_an_assignment_of_another_office_is_none_to_choose(page: Page) -> None:
    stray = page.stray()
    answer = page.post(
        f"/{OFFICE}/items/{stray.id}/assign",
        seal=page.seal(),
        assignment="lienchiang/ferry_check/115Q1/dock",
        why="x",
    )
    assert answer.status_code == 404
    assert page.waiting() == (stray,)


def test_putting_aside_takes_it_from_the_list_and_stays_on_record(page: Page) -> None:
    stray = page.stray()
    answer = page.post(f"/{OFFICE}/items/{stray.id}/aside", seal=page.seal(), why="廣告信")
    assert "已註記" in answer.text
    assert page.waiting() == ()
    (event,) = page.scene.ledger.events.of(what="不採計")
    assert (event.who, event.why) == ("coordinator（樣本）", "廣告信")
    assert "不採計：廣告信" in page.get(f"/{OFFICE}/items/{stray.id}")


def test_putting_aside_wants_a_reason(page: Page) -> None:
    stray = page.stray()
    answer = page.post(f"/{OFFICE}/items/{stray.id}/aside", seal=page.seal(), why="  ")
    assert (answer.status_code, "原因" in answer.text) == (409, True)
    assert page.waiting() == (stray,)


def test_putting_aside_twice_is_told(page: Page) -> None:
    stray, seal = page.stray(), page.seal()
    page.post(f"/{OFFICE}/items/{stray.id}/aside", seal=seal, why="廣告信")
    answer = page.post(f"/{OFFICE}/items/{stray.id}/aside", seal=seal, why="重複")
    assert answer.status_code == 409
    assert "已經處理過了" in answer.text


def test_words_without_a_form_wait_to_be_read(page: Page) -> None:
    letters = page.scene.announce(page.scene.open())
    page.scene.write(letters["design"], "表格裡的項目和我們無關，請問要填嗎？")
    page.scene.take_in()
    said = page.get()
    assert "信中文字（1）" in said
    assert "請問要填嗎" in said
    (wrote,) = page.scene.ledger.arrivals.words(OFFICE, limit=50)
    page.post(f"/{OFFICE}/items/{wrote.id}/aside", seal=page.seal(), why="已電話說明")
    assert "信中文字（0）" in page.get()


def test_words_wait_no_more_once_the_form_has_come(page: Page) -> None:
    letters = page.scene.announce(page.scene.open())
    page.scene.write(letters["design"], "表格稍後補上。")
    page.scene.take_in()
    page.scene.reply(letters["design"], filled(form_in(letters["design"])))
    page.scene.take_in()
    assert "信中文字（0）" in page.get()


def test_answered_nothing_to_do_and_missing_are_three_things(page: Page) -> None:
    letters = page.scene.announce(page.scene.open())
    page.scene.reply(letters["design"], filled(form_in(letters["design"])))
    page.scene.write(letters["billing"], "本期無辦理事項。")
    page.scene.take_in()
    said = page.get()
    standings = {
        name: standing
        for name in ("設計組", "電費組", "業務組")
        for standing in ("已填報", "確認無辦理事項", "未填報")
        if f">{standing}</span>" in row_of(said, name)
    }
    assert standings == {"設計組": "已填報", "電費組": "確認無辦理事項", "業務組": "未填報"}
    assert "準時" in row_of(said, "設計組")
    assert "107年7月4日（三）截止" in row_of(said, "業務組")


def test_what_counts_names_what_it_replaces(page: Page) -> None:
    letters = page.scene.announce(page.scene.open())
    for evidence in ("（樣本）甲", "（樣本）乙"):
        answer = {"執行情形": "已辦理", "自評分數": 90, "佐證": evidence}
        page.scene.reply(
            letters["design"], filled(form_in(letters["design"]), lambda _, it=answer: it)
        )
        page.scene.take_in()
    assert "S00002" in row_of(page.get(), "設計組")
    assert "取代" in row_of(page.get(), "設計組")
    assert "S00001" in row_of(page.get(), "設計組")


def test_a_late_section_is_collected_again_by_a_button(page: Page) -> None:
    cycle = page.scene.open()
    page.scene.announce(cycle)
    page.scene.now = datetime(2018, 7, 5, 0, 1, tzinfo=UTC)
    page.scene.wait(f"{cycle.key}/design")
    assert "重新收件" not in page.get()
    page.runs.at_rest = {f"{cycle.key}/design"}
    assert "設計組重新收件" in row_of(page.get(), "設計組")
    assert "逾期" in row_of(page.get(), "設計組")
    path = f"/{OFFICE}/assignments/self_assessment/107H1/design"
    answer = page.post(f"{path}/again", seal=page.seal())
    assert "重新收件中" in answer.text
    assert page.runs.asked == [(f"{cycle.key}/design", "coordinator（樣本）")]


def answered(page: Page) -> str:
    """The key of an assignment that was answered after its cut-off."""
    cycle = page.scene.open()
    letters = page.scene.announce(cycle)
    page.scene.now = datetime(2018, 7, 5, 1, tzinfo=UTC)
    page.scene.wait(f"{cycle.key}/design")
    page.scene.reply(letters["design"], filled(form_in(letters["design"])))
    page.scene.take_in()
    return f"{cycle.key}/design"


def test_one_section_is_asked_to_correct(page: Page) -> None:
    key = answered(page)
    answer = page.post(f"{PART}/return", seal=page.seal(PART), why="請補標章文號")
    assert "已退回補正" in answer.text
    assert "退回補正：請補標章文號" in answer.text
    assert page.scene.state(key) == "returned"
    assert page.runs.told == [key]
    assert page.runs.asked == [(key, "coordinator（樣本）")]
    (event,) = page.scene.ledger.events.of(what="退回補正")
    assert (event.who, event.why) == ("coordinator（樣本）", "請補標章文號")


def test_a_return_without_words_is_refused(page: Page) -> None:
    key = answered(page)
    answer = page.post(f"{PART}/return", seal=page.seal(PART), why=" ")
    assert answer.status_code == 409
    assert page.scene.state(key) == "accepted"
    assert page.runs.told == page.runs.asked == []


def test_paper_that_came_in_time_makes_it_on_time(page: Page) -> None:
    key = answered(page)
    assert "逾期補報" in page.get(PART)
    answer = page.post(
        f"{PART}/receipt", seal=page.seal(PART), day="107-07-04", why="紙本於 7 月 4 日送達"
    )
    assert "認定收件日" in answer.text
    assert "準時" in page.get(PART)
    assert "認定收件日：107年7月4日（三）" in page.get(PART)
    assert page.scene.ledger.assignments.get(key).on_time is True


@pytest.mark.parametrize(("day", "why"), [("107-13-45", "紙本"), ("107-07-04", ""), ("", "紙本")])
def test_a_day_that_is_none_is_told(page: Page, day: str, why: str) -> None:
    key = answered(page)
    answer = page.post(f"{PART}/receipt", seal=page.seal(PART), day=day, why=why)
    assert answer.status_code == 409
    assert page.scene.ledger.assignments.get(key).on_time is False


def test_a_section_gets_its_link_once_more(page: Page) -> None:
    page.scene.announce(page.scene.open())
    page.scene.new_mails()
    answer = page.post(f"{PART}/link", seal=page.seal(PART))
    owners = page.scene.workspace.office(OFFICE).contacts.sections["design"].owners
    assert f"稍後會寄填報連結給{owners[0].name}" in answer.text
    web_form_mail.confirm(page.scene.workspace, OFFICE, clock=page.scene.clock)
    mails = page.scene.new_mails()
    assert [str(mail["To"].addresses[0].addr_spec) for mail in mails] == [o.email for o in owners]
    assert "http://plan.example.tw/fill#" in text_of(mails[0])
    assert "計畫承辦人請系統重寄填報連結給您" in text_of(mails[0])
    (event, *_) = page.scene.ledger.events.of(what="重寄填報連結")
    assert event.who == "coordinator（樣本）"


def test_who_has_answered_needs_no_link(page: Page) -> None:
    letters = page.scene.announce(page.scene.open())
    page.scene.reply(letters["design"], filled(form_in(letters["design"])))
    page.scene.take_in()
    assert "重寄填報連結" not in page.get(PART)
    answer = page.post(f"{PART}/link", seal=page.seal(f"/{OFFICE}/assignments/{OTHER}"))
    assert answer.status_code == 409
    assert "無須寄送連結" in answer.text


def test_all_that_came_for_an_assignment_is_listed(page: Page) -> None:
    letters = page.scene.announce(page.scene.open())
    page.scene.reply(letters["design"], form_in(letters["design"]))
    page.scene.reply(letters["design"], filled(form_in(letters["design"])))
    page.scene.take_in()
    said = page.get(f"/{OFFICE}/assignments/self_assessment/107H1/design")
    assert "未受理" in said
    assert "已受理" in said
    assert said.index("S00002") < said.index("S00001")


def form_of(said: str, action: str) -> dict[str, str]:
    """What a browser sends of a form as it stands."""
    form = said.split(f'action="{action}"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    chosen = re.search(r'<option value="([^"]*)"(?: selected>|>請選擇)', form)
    return {**fields, "assignment": chosen[1] if chosen else ""}


def row_of(said: str, section: str) -> str:
    """A section's row in the record."""
    rows = said.split("<tr>")
    return next(row for row in rows if f">{section}</a></div></th>" in row)
