"""The page in a real browser: desktop and phone, with and without JavaScript, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Route, expect
from playwright.sync_api import Page as Tab

from dutyflow.calendars.roc import TAIPEI
from dutyflow.services.messaging import form_links
from dutyflow.web.security.limits import RateLimit
from dutyflow.web.upload import create_app
from tests.support.browser import DESKTOP, PHONE, axe_violations, browser
from tests.support.scene import filled, scene
from tests.support.serving import listening, served
from tests.web.conftest import Page

__all__ = ["browser"]

WIDTHS = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
pytestmark = pytest.mark.xdist_group("browser")


@dataclass(kw_only=True)
class Site(Page):
    """The app on a port of its own, in this process."""

    browser: Browser

    @contextmanager
    def tab(self, size: tuple[int, int] = DESKTOP, *, script: bool = True) -> Iterator[Tab]:
        context = self.context(size, script=script)
        yield context.new_page()
        context.close()

    def context(self, size: tuple[int, int] = DESKTOP, *, script: bool = True) -> BrowserContext:
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
            locale="zh-TW",
        )
        context.set_default_timeout(20_000)
        return context

    def url(self, section: str, number: int = 0) -> str:
        return form_links.link(self.case(section), self.person(section, number), self.scene.now)

    def first_rows(self, section: str) -> list[str]:
        return [row.id for row in self.case(section).rows]


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    morning = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
    home = tmp_path_factory.mktemp("site")
    with listening() as (taken, address), scene(home, morning, base_url=address) as it:
        app = create_app(it.workspace, now=it.clock)
        with served(app, taken):
            yield Site(scene=it, app=app, cycle=it.open(), browser=browser)


def fill_all(tab: Tab, text: str = "已辦理（樣本）", score: str = "90") -> None:
    for area in tab.get_by_label("執行情形").all():
        area.fill(text)
    for box in tab.get_by_label("自評分數").all():
        box.fill(score)


@WIDTHS
def test_with_a_script_one_click_opens_the_form(site: Site, size: tuple[int, int]) -> None:
    with site.tab(size) as tab:
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        url = site.url("business")
        tab.goto(url)
        expect(tab.get_by_role("heading", level=1)).to_have_text("107年上半年 半年自行考核")
        secret = url.partition("#")[2]
        assert "#" not in tab.url
        assert not any(secret in address.partition("#")[0] for address in asked)


@WIDTHS
def test_without_a_script_the_whole_way_is_gone_in_two_steps(
    site: Site, size: tuple[int, int]
) -> None:
    section = "general_affairs" if size == PHONE else "billing"
    with site.tab(size, script=False) as tab:
        tab.goto(site.url(section))
        tab.get_by_label("信中的填報網址").fill(site.url(section))
        tab.get_by_role("button", name="開啟填報表").click()
        tab.get_by_label("執行情形").first.fill("寫到一半（樣本）")
        tab.get_by_role("button", name="儲存草稿").click()
        expect(tab.get_by_role("status").first).to_contain_text("草稿已儲存")
        fill_all(tab)
        tab.get_by_label("附上檔案").set_input_files(
            {"name": "照片.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"}
        )
        tab.get_by_role("button", name="送出").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("已收到")
    (kept,) = site.scene.ledger.submissions.of(site.case(section).assignment.key)
    assert [file.name for file in kept.files] == ["照片.jpg"]


def test_what_is_typed_is_saved_by_itself_and_is_there_again(site: Site) -> None:
    with site.tab() as tab:
        tab.goto(site.url("business"))
        tab.get_by_label("執行情形").first.fill("寫到一半（樣本）")
        expect(tab.locator("#status")).to_contain_text("已自動儲存")
        tab.get_by_label("自評分數").first.fill("88")
        expect(tab.locator("#version")).to_have_value(re.compile("[2-9]"))
        tab.reload()
        expect(tab.get_by_label("執行情形").first).to_have_value("寫到一半（樣本）")
        expect(tab.get_by_label("自評分數").first).to_have_value("88")


@WIDTHS
def test_a_mistake_is_found_mended_and_sent_by_keyboard(site: Site, size: tuple[int, int]) -> None:
    section = "design" if size == PHONE else "human_resources"
    with site.tab(size) as tab:
        tab.goto(site.url(section))
        fill_all(tab)
        tab.get_by_label("自評分數").nth(1).fill("一百二十")
        tab.get_by_role("button", name="送出").focus()
        tab.keyboard.press("Enter")
        summary = tab.get_by_role("alert")
        expect(summary).to_contain_text("還需要修正 1 處")
        expect(summary).to_be_focused()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        wrong = tab.get_by_label("自評分數").nth(1)
        expect(wrong).to_be_focused()
        expect(wrong).to_have_attribute("aria-invalid", "true")
        expect(wrong).to_have_accessible_description(re.compile("應為：0 到 100 的數字"))
        assert axe_violations(tab) == []
        wrong.fill("92")
        tab.get_by_role("button", name="送出").focus()
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("heading", level=1)).to_have_text("已收到")
        assert axe_violations(tab) == []
        tab.goto(site.url(section) or f"{tab.url}")
        expect(tab.get_by_role("heading", level=1)).to_have_text("已收到")
    assert len(site.scene.ledger.submissions.of(site.case(section).assignment.key)) == 2


def test_a_key_pressed_just_before_sending_is_no_quarrel_with_oneself(site: Site) -> None:
    """What the page saves by itself may still be on its way when the button is pressed."""
    with site.tab() as tab:
        tab.goto(site.url("business"))
        on_its_way: list[Route] = []
        tab.route("**/draft", lambda route: on_its_way.append(route))
        with tab.expect_request("**/draft"):
            tab.get_by_label("執行情形").first.fill("剛剛打的（樣本）")
        tab.get_by_role("button", name="送出").click()
        on_its_way[0].continue_()
        expect(tab.get_by_role("alert")).to_contain_text("還需要修正")
        expect(tab.get_by_role("alert")).not_to_contain_text("尚未儲存")


def test_two_people_are_told_of_each_other(site: Site) -> None:
    with site.tab() as one, site.tab() as two:
        one.goto(site.url("business", 0))
        two.goto(site.url("business", 1))
        one.get_by_label("佐證").first.fill("甲（樣本）")
        one.get_by_role("button", name="儲存草稿").click()
        expect(one.get_by_role("status").first).to_contain_text("草稿已儲存")
        two.get_by_label("佐證").first.fill("乙（樣本）")
        expect(two.locator("#status")).to_contain_text("另一位同仁剛剛存過")
        two.get_by_role("button", name="儲存草稿").click()
        expect(two.get_by_role("alert")).to_contain_text("王小美（樣本） 已在")
        expect(two.get_by_text("另一位同仁存的是：甲（樣本）")).to_be_visible()
        expect(two.get_by_label("佐證").first).to_have_value("乙（樣本）")
        assert axe_violations(two) == []


PAGES = ("", "workbook", "nothing", "time", "deputy")


@WIDTHS
def test_no_page_has_anything_that_axe_finds_fault_with(site: Site, size: tuple[int, int]) -> None:
    with site.tab(size) as tab:
        tab.goto(site.url("business").partition("#")[0])
        assert axe_violations(tab) == [], "the door"
        tab.get_by_label("信中的填報網址").fill("x")
        tab.get_by_role("button", name="開啟填報表").click()
        assert axe_violations(tab) == [], "a wrong code"
        tab.goto(site.url("business"))
        tab.wait_for_url(re.compile(r"/fill/\w+/$"))
        form = tab.url
        for page in PAGES:
            tab.goto(form + page)
            assert axe_violations(tab) == [], page
        tab.goto(form + "time")
        tab.get_by_label("展期到哪一天").fill("107/6/20")
        tab.get_by_label("原因").fill("（樣本）")
        tab.get_by_role("button", name="送出申請").click()
        expect(tab.get_by_role("alert")).to_contain_text("展期申請未受理")
        assert axe_violations(tab) == [], "more time, refused"
        tab.goto(form + "deputy")
        tab.get_by_role("button", name="告知代理人").click()
        expect(tab.get_by_role("alert")).to_be_focused()
        assert axe_violations(tab) == [], "a deputy, not chosen"
        tab.goto(form + "nowhere")
        assert axe_violations(tab) == [], "no such page"


@WIDTHS
def test_no_answer_has_either(site: Site, size: tuple[int, int]) -> None:
    """What follows a button: said, refused, over."""
    with site.tab(size) as tab:
        form = opened(tab, site)
        tab.goto(form + "time")
        tab.get_by_label("展期到哪一天").fill("107/7/9")
        tab.get_by_label("原因").fill("（樣本）")
        tab.get_by_role("button", name="送出申請").click()
        found(tab, "展期申請已送核")
        for place, known in (("其他人（由計畫承辦人確認後加入通訊錄）", False), ("林", True)):
            tab.goto(form + "deputy")
            tab.get_by_label(place).first.check()
            if not known:
                tab.get_by_label("其他人的姓名").fill("外人（樣本）")
                tab.get_by_label("其他人的公務信箱").fill("outside@example.tw")
            tab.get_by_label("代理到哪一天").fill("107/6/20")
            tab.get_by_role("button", name="告知代理人").click()
            found(tab, "已登記代理人")
        tab.goto(form + "nothing")
        tab.evaluate("document.querySelector('#sure').required = false")
        tab.get_by_role("button", name="送出「無辦理事項」").click()
        found(tab, "本期無辦理事項")
        tab.goto(form + "workbook")
        tab.evaluate("document.querySelector('#workbook').required = false")
        tab.get_by_role("button", name="送出").click()
        found(tab, "上傳填好的 Excel")
        tab.goto(form)
        tab.get_by_label("附上檔案").set_input_files(program("裝.exe"))
        tab.get_by_role("button", name="儲存草稿").click()
        expect(tab.get_by_role("alert")).to_contain_text("可以執行的檔案")
        assert axe_violations(tab) == [], "a file that is refused"
        tab.goto(form + "time")
        tab.evaluate("document.querySelector('[name=csrf]').value = 'x'")
        tab.get_by_role("button", name="送出申請").click()
        found(tab, "這一頁已經過期")
        with pytest.MonkeyPatch.context() as patch:
            limits = site.app.state.context.limits
            patch.setattr(limits, "requests", RateLimit(burst=0, per_second=1))
            tab.goto(form)
            found(tab, "操作太頻繁")
        tab.goto(f"{form.partition('/fill')[0]}/fill")
        tab.get_by_label("您的公務信箱").fill("nobody@example.tw")
        tab.get_by_role("button", name="寄新的連結給我").click()
        found(tab, "已收到您的請求")


@WIDTHS
def test_no_end_has_either(site: Site, size: tuple[int, int]) -> None:
    before = site.scene.now
    url = site.url("business")
    with site.tab(size) as tab:
        form = opened(tab, site)
        try:
            site.scene.now = before + timedelta(hours=13)
            tab.goto(form)
            found(tab, "填報頁")
            site.scene.now = before + timedelta(days=60)
            tab.goto("about:blank")
            tab.goto(url)
            found(tab, "這個連結不再收件")
        finally:
            site.scene.now = before


def opened(tab: Tab, site: Site) -> str:
    """The address of the business section's form, opened by its link."""
    tab.goto(site.url("business"))
    tab.wait_for_url(re.compile(r"/fill/\w+/$"))
    return tab.url


def found(tab: Tab, heading: str) -> None:
    expect(tab.get_by_role("heading", level=1)).to_have_text(heading)
    assert axe_violations(tab) == [], heading


def program(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": b"MZ"}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_file_is_taken_out_with_a_click_and_never_by_enter(site: Site, script: bool) -> None:
    photo: FilePayload = {"name": "別組.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff"}
    with site.tab(PHONE, script=script) as tab:
        tab.goto(site.url("business"))
        if not script:
            tab.get_by_label("信中的填報網址").fill(site.url("business"))
            tab.get_by_role("button", name="開啟填報表").click()
        tab.get_by_label("附上檔案").set_input_files(photo)
        tab.get_by_role("button", name="儲存草稿").click()
        remove = tab.get_by_role("button", name="移除 別組.jpg")
        expect(remove).to_be_visible()
        tab.get_by_label("自評分數").first.press("Enter")
        expect(tab.get_by_role("status").first).to_contain_text("草稿已儲存")
        expect(remove).to_be_visible()
        remove.click()
        told = tab.get_by_role("status").filter(has_text="檔案已移除")
        expect(told).to_be_in_viewport()
        expect(remove).to_have_count(0)
        assert not script or axe_violations(tab) == []


def test_what_is_too_large_stays_here_with_all_that_was_typed(site: Site, tmp_path: Path) -> None:
    heavy = tmp_path / "全部照片.jpg"
    with heavy.open("wb") as file:
        file.truncate(26 * 2**20)
    with site.tab() as tab:
        form = opened(tab, site)
        tab.get_by_label("執行情形").first.fill("不能不見（樣本）")
        tab.get_by_label("附上檔案").set_input_files(heavy)
        sent: list[str] = []
        tab.on("request", lambda it: sent.append(it.url) if it.url.endswith("/send") else None)
        tab.get_by_role("button", name="送出").click()
        told = tab.get_by_label("附上檔案").evaluate("it => it.validationMessage")
        assert told == "選的檔案共 26 MB，應在 25 MB 以內"
        tab.get_by_label("附上檔案").set_input_files([])
        tab.get_by_role("button", name="儲存草稿").click()
        expect(tab.get_by_role("status").first).to_contain_text("草稿已儲存")
        expect(tab.get_by_label("執行情形").first).to_have_value("不能不見（樣本）")
        assert (sent, tab.url.partition("?")[0]) == ([], form)


@pytest.mark.parametrize("page", PAGES)
def test_at_320_pixels_nothing_is_cut_off_and_all_can_be_touched(site: Site, page: str) -> None:
    """WCAG 2.1, 1.4.10 (reflow) and 2.5.5 (44 pixels)."""
    with site.tab((320, 640)) as tab:
        tab.goto(site.url("business"))
        tab.wait_for_url(re.compile(r"/fill/\w+/$"))
        tab.goto(tab.url + page)
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= 320
        small = tab.evaluate(
            """() => [...document.querySelectorAll(
                "button:not([aria-hidden]), select, textarea, summary, nav a, "
                + "input[name]:not([type=hidden], .check *)"
            )].filter((it) => it.getBoundingClientRect().height < 44).map((it) => it.outerHTML)"""
        )
        assert small == []


def test_the_focus_is_never_under_the_bar(site: Site) -> None:
    """WCAG 2.2, 2.4.11: what has the focus can be seen, however far one tabs."""
    with site.tab(PHONE) as tab:
        tab.goto(site.url("business"))
        tab.get_by_label("執行情形").first.focus()
        for _ in range(25):
            tab.keyboard.press("Tab")
            hidden = tab.evaluate(
                """() => { const it = document.activeElement.getBoundingClientRect();
                  const bar = document.querySelector(".bar");
                  return !bar.contains(document.activeElement)
                    && it.top >= bar.getBoundingClientRect().top; }"""
            )
            assert not hidden


def test_a_workbook_goes_up_and_its_mistakes_come_back(site: Site, tmp_path: Path) -> None:
    with site.tab() as tab:
        tab.goto(site.url("business"))
        tab.get_by_role("link", name="上傳 Excel").click()
        with tab.expect_download() as download:
            tab.get_by_role("link", name="下載填報檔").click()
        name = tmp_path / "填報.xlsx"
        bad = {"執行情形": "有（樣本）", "自評分數": 120}
        name.write_bytes(filled(Path(download.value.path()).read_bytes(), lambda _: bad))
        assert download.value.suggested_filename == "107年上半年半年自行考核_業務組.xlsx"
        tab.get_by_label("填好的填報檔").set_input_files(name)
        tab.get_by_role("button", name="送出").click()
        expect(tab.get_by_role("alert")).to_contain_text("「自評表」")
        assert axe_violations(tab) == []
