"""Draws the pictures in docs/pictures: plays one collection, and photographs it as it goes.

    make up && make pictures
    PYTHONPATH=. .venv/bin/python tools/pictures.py page     those that need no Airflow

Photographed while a section is late, so that the red one is in the picture. Needs Chromium (or
Chrome), LibreOffice and pdftoppm; DUTYFLOW_HOME, PORT and SMTP_PORT as for `make up`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

import play
from airflow_api import AirflowApi
from dutyflow.calendars.roc import TAIPEI
from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.rendering import render
from dutyflow.services.messaging import form_links
from dutyflow.services.reporting.assembly import folder_of
from dutyflow.web.upload import create_app
from environment import ROOT, Instance
from sample_sections import Letter, SampleSection, filled, sample_answer, send_from_elsewhere
from tests.mail.samples import CONTENTS, WANG
from tests.support.coordinator_page import Runs, app_on, what_came_in
from tests.support.scene import scene
from tests.support.serving import listening, served

PICTURES = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)
PHONE_PIXELS = 390
PUBLIC = "https://plan.pingtung.example.tw"
LONG_SCALE = 1.25  # of a long mail, so that its picture is not too heavy
SHEET_DPI = 100
# Airflow remembers how wide its grid is; by default it cuts the second run off.
WIDER_GRID = """localStorage.setItem("react-resizable-panels:grid-ltr", JSON.stringify(
    {"details-panel,main-panel": {"expandToSizes": {}, "layout": [25, 75]}}))"""
# The fonts of the container, so that the pictures are the same on every machine.
FONTS = f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include>{ROOT / "docker" / "fonts.conf"}</include>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
</fontconfig>"""
# LibreOffice as it is set up in Taiwan: it decides the shapes of punctuation and where lines break.
TAIWAN = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Office.Linguistic/General">
    <prop oor:name="DefaultLocale_CJK" oor:op="fuse"><value>zh-TW</value></prop>
  </item>
  <item oor:path="/org.openoffice.Setup/L10N">
    <prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>zh-TW</value></prop>
  </item>
</oor:items>"""


class CannotDraw(Exception):
    """Something that the pictures need is missing; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Camera:
    """A browser, logged in to Airflow as the coordinator."""

    browser: Browser
    airflow: BrowserContext
    url: str

    def page(self, path: str, *, width: int, height: int) -> Page:
        page = self.airflow.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{self.url}{path}")
        page.wait_for_load_state("networkidle")
        return page

    def mail(self, letter: Letter, name: str) -> None:
        """The HTML part of a mail."""
        draw_mail(self.browser, html_of(letter.raw), name)


def main() -> int:
    if sys.argv[1:] == ["page"]:
        with fonts_of_the_container(), chromium() as browser:
            draw_without_airflow(browser)
        return 0
    instance = Instance.from_environment()
    os.environ.update(instance.environment())
    try:
        require_programs()
        require_running(instance)
        with fonts_of_the_container(), camera(instance) as cam:
            draw(instance, cam)
    except (CannotDraw, play.PlayFailed, httpx.HTTPError, Error) as error:
        print(f"圖片未能完成 / the pictures were not finished: {error}", file=sys.stderr)
        return 1
    return 0


def draw(instance: Instance, cam: Camera) -> None:
    """The play of `make run`, with pauses for the photographer."""
    draw_without_airflow(cam.browser)
    the_play = play.prepare(instance)
    cut_off = play.open_the_cycle(the_play)
    letters = play.sections_get_their_mail(the_play)
    sheet(letters[play.CARELESS].form.data, "form")

    play.sections_answer(the_play, letters)
    careless = the_play.sections[play.CARELESS]
    cam.mail(last_letter(careless, "還需要修正"), "problems-mail")

    play.the_late_one_is_marked(the_play, cut_off)
    run = f"/dags/{play.DAG}/runs/{the_play.run}"
    grid(cam, run)
    review(cam, run)
    workspace(cam, the_play, letters[play.LATE])

    play.the_late_one_answers(the_play, letters[play.LATE])
    play.collection_is_run_again(the_play)
    folder = folder_of(the_play.workspace, the_play.workspace.ledger.cycles.get(the_play.key))
    newest = max(folder.glob("*.xlsx"), key=lambda file: file.stat().st_mtime)
    sheet(newest.read_bytes(), "report")
    play.approve_and_deliver(the_play)


def draw_without_airflow(browser: Browser) -> None:
    draw_samples(browser)
    draw_opening_mail(browser)
    draw_page(browser)
    draw_arrivals_on_a_phone(browser)


def draw_opening_mail(browser: Browser) -> None:
    """With the page's address as an office has it, which no instance on this machine does."""
    opens = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
    with (
        tempfile.TemporaryDirectory(prefix="dutyflow-pictures-") as home,
        scene(Path(home), opens, base_url=PUBLIC) as office,
    ):
        letter = office.announce(office.open())["billing"]
        draw_mail(browser, html_of(letter.as_bytes()), "opening-mail", scale=1.5)


def draw_mail(browser: Browser, html: str, name: str, *, scale: float = 2) -> None:
    """A mail's HTML, as wide as a phone."""
    page = browser.new_page(
        viewport={"width": PHONE_PIXELS, "height": 600}, device_scale_factor=scale
    )
    page.set_content(html)
    keep(page, name, full_page=True)


def draw_page(browser: Browser) -> None:
    """A section fills in its form: on a phone, with a mistake, to the receipt."""
    opens = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
    with (
        tempfile.TemporaryDirectory(prefix="dutyflow-pictures-") as home,
        listening() as (
            taken,
            address,
        ),
        scene(Path(home), opens, base_url=address) as office,
    ):
        case = office.workspace.case(f"{office.open().key}/human_resources")
        url = form_links.link(case, case.people.owners[0], opens)
        with served(create_app(office.workspace, now=office.clock), taken):
            phone = page_of(browser, url, width=PHONE_PIXELS, height=844, scale=2)
            phone.screenshot(path=PICTURES / "page-phone.png")
            phone.close()
            tell("page-phone")
            desktop = page_of(browser, url, width=1000, height=1050, scale=1)
            desktop.get_by_label("執行情形").first.fill("（樣本）每週檢視一次，更新 12 則。")
            desktop.get_by_text("已自動儲存").wait_for()
            desktop.screenshot(path=PICTURES / "page-desktop.png")
            tell("page-desktop")
            fill_in(desktop, wrong="一百二十")
            desktop.get_by_role("alert").wait_for()
            desktop.screenshot(path=PICTURES / "page-problems.png")
            tell("page-problems")
            fill_in(desktop, wrong="92")
            desktop.wait_for_url("**/done")
            keep(desktop, "page-receipt")


def page_of(browser: Browser, url: str, *, width: int, height: int, scale: int) -> Page:
    """The form, opened by its link, the second row well in sight."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, device_scale_factor=scale, locale="zh-TW"
    )
    page.goto(url)
    page.get_by_label("執行情形").first.wait_for()
    return page


def fill_in(page: Page, *, wrong: str) -> None:
    for area in page.get_by_label("執行情形").all():
        area.fill("（樣本）已依計畫辦理。")
    for number, box in enumerate(page.get_by_label("自評分數").all()):
        box.fill(wrong if number == 0 else "90")
    page.get_by_role("button", name="送出").click()


def draw_arrivals_on_a_phone(browser: Browser) -> None:
    """The coordinator sees to what came in: a form from an unknown address, a question."""
    opens = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
    with (
        tempfile.TemporaryDirectory(prefix="dutyflow-pictures-") as home,
        listening() as (taken, address),
        scene(Path(home), opens) as office,
    ):
        runs = Runs(at_rest=what_came_in(office))
        with served(app_on(office, runs), taken):
            context = browser.new_context(
                viewport={"width": PHONE_PIXELS, "height": 844}, device_scale_factor=2
            )
            context.add_cookies([{"name": "who", "value": "coordinator", "url": address}])
            page = context.new_page()
            page.goto(address)
            page.get_by_role("button", name="認領").first.wait_for()
            keep(page, "desk-phone")
            context.close()


def draw_samples(browser: Browser) -> None:
    """Mails that a play of two minutes does not come to, made of the tests' samples."""
    for sample, name, scale in (
        ("reminder_overdue", "overdue-mail", LONG_SCALE),
        ("reminder_digest", "digest-mail", 1.0),
        ("summary", "summary-mail", LONG_SCALE),
    ):
        draw_mail(browser, render(CONTENTS[sample], to=WANG).html, name, scale=scale)


def grid(cam: Camera, run: str) -> None:
    """The run in Airflow's grid, beside it each section's 收件."""
    page = cam.page(f"{run}/tasks/section.collect/mapped", width=1280, height=690)
    page.get_by_test_id("expand-all-button").click()
    page.get_by_text(play.LATE).wait_for()
    keep(page, "grid")


def review(cam: Camera, run: str) -> None:
    """The page on which the coordinator decides."""
    page = cam.page(f"{run}/tasks/review/required_actions", width=1280, height=1120)
    page.get_by_role("button", name="核定", exact=True).wait_for()
    keep(page, "review")


def workspace(cam: Camera, the_play: play.Play, letter: Letter) -> None:
    """收件 in Airflow's frame: a form from an address that nobody knows, how the cycle stands."""
    mailbox = the_play.workspace.office(play.OFFICE).contacts.mailbox.address
    data = filled(letter.form.data, sample_answer)
    form = Attachment(name=letter.form.name, content_type=XLSX, data=data)
    send_from_elsewhere(the_play.instance, mailbox, f"補送自評表（{play.LATE}）", form)
    play.until(
        lambda: the_play.workspace.ledger.arrivals.count_waiting(play.OFFICE), "收件：待認領"
    )
    page = cam.page("/plugin/dutyflow_desk", width=1280, height=1180)
    page.frame_locator("iframe").get_by_role("button", name="認領").first.wait_for()
    keep(page, "desk")


def keep(page: Page, name: str, *, full_page: bool = False) -> None:
    page.wait_for_timeout(1500)  # until what moves has come to rest
    page.screenshot(path=PICTURES / f"{name}.png", full_page=full_page)
    page.close()
    tell(name)


def sheet(workbook: bytes, name: str) -> None:
    """The first printed page of a workbook."""
    with tempfile.TemporaryDirectory(prefix="dutyflow-pictures-") as folder:
        file = Path(folder) / f"{name}.xlsx"
        file.write_bytes(workbook)
        profile = Path(folder) / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(TAIWAN, encoding="utf-8")
        office = ["soffice", f"-env:UserInstallation={profile.as_uri()}"]
        run_program([*office, "--headless", "--convert-to", "pdf", "--outdir", folder, str(file)])
        pdf, png = str(file.with_suffix(".pdf")), str(PICTURES / name)
        run_program(["pdftoppm", "-png", "-r", str(SHEET_DPI), "-singlefile", pdf, png])
    tell(name)


def last_letter(section: SampleSection, beginning: str) -> Letter:
    """The newest mail in a section's mailbox whose subject begins so."""
    everything = SampleSection(
        name=section.name, person=section.person, instance=section.instance, about=section.about
    ).new_letters()
    return [mail for mail in everything if mail.message.subject.startswith(beginning)][-1]


def html_of(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(("html",))
    if body is None:
        raise CannotDraw(f"「{message['Subject']}」沒有 HTML / the mail has no HTML part")
    return str(body.get_content())


@contextmanager
def fonts_of_the_container() -> Iterator[None]:
    """For Chromium and LibreOffice, where they draw by way of fontconfig."""
    with tempfile.TemporaryDirectory(prefix="dutyflow-fonts-") as folder:
        file = Path(folder) / "fonts.conf"
        file.write_text(FONTS, encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(file)
        yield


@contextmanager
def camera(instance: Instance) -> Iterator[Camera]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        context = browser.new_context(locale="zh-TW", timezone_id="Asia/Taipei")
        context.add_init_script(WIDER_GRID)
        token = AirflowApi(instance).token
        context.add_cookies([{"name": "_token", "value": token, "url": instance.url}])
        yield Camera(browser=browser, airflow=context, url=instance.url)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(), args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def browser_program() -> str | None:
    """The machine's own browser; None lets playwright look for the one that it installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def require_programs() -> None:
    missing = [name for name in ("soffice", "pdftoppm") if shutil.which(name) is None]
    if missing:
        raise CannotDraw(f"還需要 / also needed: {'、'.join(missing)}")


def require_running(instance: Instance) -> None:
    try:
        httpx.get(f"{instance.url}/api/v2/version", timeout=10).raise_for_status()
    except httpx.HTTPError:
        raise CannotDraw(
            f"{instance.url} 沒有在執行；請先執行 make up / nothing runs there; first: make up"
        ) from None


def run_program(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CannotDraw(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")


def tell(name: str) -> None:
    path = PICTURES / f"{name}.png"
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    sys.exit(main())
