"""收件 in a real browser, desktop and phone: what only one of them can tell of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from tests.support.browser import DESKTOP, PHONE, axe_violations, browser
from tests.support.coordinator_page import Runs, app_on, mail, what_came_in
from tests.support.scene import OFFICE, Scene, scene
from tests.support.serving import listening, served

__all__ = ["browser"]

WIDTHS = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
pytestmark = pytest.mark.xdist_group("browser")
PARTS = f"/{OFFICE}/assignments/self_assessment/107H1"


@dataclass(kw_only=True)
class Site:
    """The pages on a port of their own; the address, and the office behind them."""

    scene: Scene
    runs: Runs
    browser: Browser
    url: str

    @contextmanager
    def tab(
        self, size: tuple[int, int] = DESKTOP, *, who: str = "coordinator", **looks: object
    ) -> Iterator[Tab]:
        """Somebody's who is logged in; "" for who is not."""
        width, height = size
        viewport = {"width": width, "height": height}
        context = self.browser.new_context(viewport=viewport, java_script_enabled=True, **looks)
        if who:
            context.add_cookies([{"name": "who", "value": who, "url": self.url}])
        yield context.new_page()
        context.close()


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The day after the cut-off: what waits, what was written, who is late."""
    opens = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
    home = tmp_path_factory.mktemp("desk")
    with listening() as (taken, url), scene(home, opens, base_url=url) as office:
        runs = Runs(at_rest=what_came_in(office))
        with served(app_on(office, runs), taken):
            yield Site(scene=office, runs=runs, browser=browser, url=url)


def something_waits(site: Site, subject: str) -> int:
    """A mail from nobody that is known; its number."""
    site.scene.put(mail(Subject=subject, files=[("佐證.pdf", b"%PDF-1.4")]))
    site.scene.take_in()
    return site.scene.ledger.arrivals.waiting(OFFICE, limit=1)[0].id


@WIDTHS
def test_no_page_has_anything_that_axe_finds_fault_with(site: Site, size: tuple[int, int]) -> None:
    came = something_waits(site, "沒有人認得的信")
    with site.tab(size) as tab:
        for path in (f"/{OFFICE}", f"/{OFFICE}/items/{came}", *_parts(), *_counting(site)):
            tab.goto(site.url + path)
            for folded in tab.locator("summary").all():
                folded.click()
            assert axe_violations(tab) == [], path


def _parts() -> list[str]:
    return [f"{PARTS}/{section}" for section in ("design", "billing", "human_resources")]


def _counting(site: Site) -> list[str]:
    counting = site.scene.ledger.submissions.accepted(f"{OFFICE}/self_assessment/107H1")
    return [f"/{OFFICE}/items/{next(iter(counting.values())).id}"]


def test_in_a_dark_airflow_it_is_dark_and_can_be_read(site: Site) -> None:
    with site.tab(color_scheme="dark") as tab:
        for path in (f"/{OFFICE}", *_parts()):
            tab.goto(site.url + path)
            for folded in tab.locator("summary").all():
                folded.click()
            ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
            assert max(map(int, re.findall(r"\d+", ground))) < 64
            assert axe_violations(tab) == [], path


@WIDTHS
@pytest.mark.parametrize(
    ("who", "path", "told"),
    [
        ("", f"/{OFFICE}", "請先登入 Airflow"),
        ("stranger", "/", "沒有任何機關"),
        ("neighbour", f"/{OFFICE}", "找不到這個頁面"),
        ("coordinator", f"/{OFFICE}/items/x", "找不到這個頁面"),
        ("coordinator", "/nowhere/at/all", "找不到這個頁面"),
    ],
)
def test_no_refusal_has_either(
    site: Site, size: tuple[int, int], who: str, path: str, told: str
) -> None:
    with site.tab(size, who=who) as tab:
        tab.goto(site.url + path)
        expect(tab.get_by_role("alert")).to_contain_text(told)
        edge = tab.evaluate("getComputedStyle(document.querySelector('.trouble')).borderLeftWidth")
        assert edge == "5px", "in the page's own style, whoever asks"
        assert axe_violations(tab) == []


@WIDTHS
def test_what_was_done_is_said_and_seen(site: Site, size: tuple[int, int]) -> None:
    """認領, 不採計, 退回補正, 重新收件: each ends on a page that says so; so does what fails."""
    came = something_waits(site, f"請不採計 {size}")
    with site.tab(size) as tab:
        stale = tab.context.new_page()
        for one in (tab, stale):
            one.goto(f"{site.url}/{OFFICE}/items/{came}")
            one.locator("summary", has_text="不採計").click()
            one.get_by_label("原因（永久留存）").fill("廣告信（樣本）")
        tab.locator("button", has_text="不採計").click()
        said(tab, "已註記，並留存紀錄")
        stale.locator("button", has_text="不採計").click()
        expect(stale.get_by_role("heading", level=1)).to_have_text("未完成")
        assert axe_violations(stale) == []
        tab.goto(f"{site.url}/{OFFICE}")
        tab.get_by_role("button", name="總務組重新收件").click()
        said(tab, "總務組「107年上半年 半年自行考核」重新收件中")
        section = "design" if size == PHONE else "business"
        tab.goto(f"{site.url}{PARTS}/{section}")
        tab.locator("summary", has_text="退回補正").click()
        tab.get_by_label("要補正什麼").fill("請補標章文號（樣本）")
        tab.locator("button", has_text="退回補正").click()
        said(tab, "已退回補正")


def said(tab: Tab, sentence: str) -> None:
    expect(tab.get_by_role("status")).to_contain_text(sentence)
    assert axe_violations(tab) == [], sentence


@WIDTHS
def test_one_click_assigns_what_was_guessed(site: Site, size: tuple[int, int]) -> None:
    something_waits(site, f"電費組的檔案 {size}")
    with site.tab(size) as tab:
        tab.goto(f"{site.url}/{OFFICE}")
        came = tab.get_by_role("article").filter(has_text=f"電費組的檔案 {size}")
        came.get_by_role("button", name="認領", exact=True).click()
        said(tab, "已歸入")


@pytest.mark.parametrize("path", [f"/{OFFICE}", f"{PARTS}/design"])
def test_at_320_pixels_nothing_is_cut_off_and_all_can_be_touched(site: Site, path: str) -> None:
    """WCAG 2.1, 1.4.10 (reflow); 2.2, 2.5.8 (24 pixels; ours are 44 but for links in a text)."""
    with site.tab((320, 640)) as tab:
        tab.goto(site.url + path)
        for folded in tab.locator("summary").all():
            folded.click()
        assert tab.evaluate("document.scrollingElement.scrollWidth") <= 320
        small = tab.evaluate(
            """() => [...document.querySelectorAll(
                "button, select, textarea, summary, input:not([type=hidden])"
            )].filter((it) => it.getBoundingClientRect().height < 44).map((it) => it.outerHTML)"""
        )
        assert small == []


def test_all_of_it_goes_by_keyboard_alone(site: Site) -> None:
    something_waits(site, "只用鍵盤")
    with site.tab() as tab:
        tab.goto(f"{site.url}/{OFFICE}")
        tab.keyboard.press("Tab")
        expect(tab.get_by_role("link", name="跳到主要內容")).to_be_focused()
        item = tab.get_by_role("article").filter(has_text="只用鍵盤")
        item.locator("summary", has_text="不採計").focus()
        tab.keyboard.press("Enter")
        tab.keyboard.press("Tab")
        tab.keyboard.type("不是填報（樣本）")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("status")).to_have_text(re.compile("已註記"))
