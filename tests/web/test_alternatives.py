"""無辦理事項, 展期, 代理人: what a section may say instead of filling in."""

from __future__ import annotations

from datetime import date

import pytest

from dutyflow.plan.answers import from_json
from tests.support.scene import text_of
from tests.web.conftest import Page


def test_nothing_to_report_is_an_answer(page: Page) -> None:
    visitor = page.visitor("design")
    unsure = visitor.post("nothing", at="nothing")
    assert (unsure.status_code, "沒有勾選" in unsure.text) == (422, True)
    assert page.case("design").assignment.state == "open"
    done = visitor.post("nothing", at="nothing", sure="1")
    assert "已收到，檢查無誤" in done.text
    (kept,) = page.scene.ledger.submissions.of(page.case("design").assignment.key)
    assert all(answer.nothing for answer in from_json(kept.answers))
    assert len(page.confirm()) == 1


def test_more_time_is_asked_for_and_put_before_who_decides(page: Page) -> None:
    visitor = page.visitor("design")
    told = visitor.post("time", at="time", day="107/7/9", why="資料尚待彙整（樣本）")
    assert "展期申請已送核" in told.text
    assert "組長 楊俊傑（樣本）" in told.text
    assert "期限仍為" in told.text
    (request,) = page.scene.ledger.requests.pending()
    assert (request.until, request.asked_by) == (date(2018, 7, 9), page.person("design").email)
    (mail,) = page.confirm()
    assert mail["To"].addresses[0].addr_spec == page.case("design").people.head.email
    assert "資料尚待彙整（樣本）" in text_of(mail)
    assert page.confirm() == []
    page.scene.write(mail, "同意")
    page.scene.take_in()
    assert "107年7月9日（一）前送出" in page.visitor("design").page.text


def test_the_same_request_sent_twice_is_one(page: Page) -> None:
    visitor = page.visitor("design")
    said = {"day": "107/7/9", "why": "（樣本）", "source": "once"}
    for _ in range(2):
        visitor.post("time", at="time", **said)
    assert len(page.scene.ledger.requests.of(page.case("design").assignment.key)) == 1
    assert len(page.confirm()) == 1


@pytest.mark.parametrize(
    ("day", "why", "told"),
    [
        ("", "（樣本）", "民國年月日"),
        ("七月", "（樣本）", "民國年月日"),
        ("107/7/9", "", "一兩句話"),
        ("107/6/20", "（樣本）", "沒有晚於現在的期限"),
        ("107/12/28", "（樣本）", "工作天"),
        ("8088/12/31", "（樣本）", "太久以後"),
    ],
)
def test_what_cannot_be_asked_for_is_told_and_kept(page: Page, day: str, why: str, told: str):
    answer = page.visitor("design").post("time", at="time", day=day, why=why)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert f'value="{day}"' in answer.text
    assert page.scene.ledger.requests.pending() == ()
    assert page.confirm() == []


def test_a_deputy_on_record_gets_the_link_and_the_reminders(page: Page) -> None:
    own, deputy = page.person("design", 0), page.person("design", 1)
    visitor = page.visitor("design")
    told = visitor.post("deputy", at="deputy", deputy=deputy.email, day="107/6/29")
    assert "107年6月29日（五）（含當日），由" + deputy.name in told.text
    assert page.scene.ledger.people.away() == {own.email: date(2018, 6, 29)}
    (mail,) = page.confirm()
    assert mail["To"].addresses[0].addr_spec == deputy.email
    assert str(mail["Subject"]).startswith("請代理填報：1 件")
    assert own.name in text_of(mail)
    url = next(line for line in text_of(mail).splitlines() if "#" in line).partition("：")[2]
    assert deputy.name in page.browser().open(url).text
    assert page.confirm() == []


def test_a_deputy_that_nobody_knows_is_told_to_the_coordinator_alone(page: Page) -> None:
    said = {"deputy": "other", "name": "新同仁（樣本）", "email": "new@pingtung.example.tw"}
    told = page.visitor("design").post("deputy", at="deputy", day="107/6/29", **said)
    assert "已請計畫承辦人確認" in told.text
    (mail,) = page.confirm()
    assert mail["To"].addresses[0].addr_spec == "coordinator@pingtung.example.tw"
    assert "new@pingtung.example.tw" in text_of(mail)
    assert "#" not in text_of(mail).replace("contacts", "")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"day": "107/6/29"}, "選一位代理人"),
        ({"deputy": "other", "name": "某人", "email": "壞", "day": "107/6/29"}, "公務電子郵件信箱"),
        ({"deputy": "chosen", "day": "107/6/1"}, "一年以內的日期"),
        ({"deputy": "chosen", "day": "999/1/1"}, "一年以內的日期"),
        ({"deputy": "chosen", "day": "明天"}, "民國年月日"),
    ],
)
def test_a_deputy_told_wrongly_changes_nothing(page: Page, said: dict[str, str], told: str) -> None:
    deputy = page.person("design", 1).email
    sent = {name: deputy if value == "chosen" else value for name, value in said.items()}
    answer = page.visitor("design").post("deputy", at="deputy", **sent)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert page.scene.ledger.people.away() == {}
    assert page.confirm() == []
