"""What a browser was given before an upgrade goes on working after it.

The values were signed by the code before both apps shared theirs. Salts must never change, even
where they look like the paths of modules that have moved since.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import time_machine
from starlette.testclient import TestClient

from dutyflow.web.upload import create_app
from tests.support.coordinator_page import Runs, app_on, mail
from tests.support.scene import OFFICE, scene
from tests.web.conftest import BASE
from tests.web.coordinator.conftest import HERE, InProcess

SECRET = b"a secret of thirty-two characters"
OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)

FORM_PATH = "/fill/sfefm7nb47lcnrfk/"
TICKET = (  # liu.design@pingtung.example.tw, for pingtung/self_assessment/107H1/design
    ".eJw1y0EKwyAQheG7zDroKLSlrrLMLYo0UxnQIWSUBkLuXkPo9v3f2yGqcpJCUiHAwpJqk2SV8ufVE6meyTp8TM7OdFo"
    "YgErk3H3mZq5x_F8NbbEsmUz9drhSbasoBBxAWd4Ewd38E72_Ix4_PswrMg.Ir0PPXunkx-PoQTmSbevFF6wrkc"
)
FORM_TOKEN = "fb15d2bd1761665d299ebaf989d3fcbe"
DOOR_COOKIE = "AAAAAAAAAAAAAAAAAAAAAA"
DOOR_TOKEN = "78181635bf3609a4da1b6cade58f0f19"

SEAL = "ImNvb3JkaW5hdG9yIg.WyMIiA.fpESb7Y4htKDy3_HZDZh864U48k"  # for "coordinator", at OPENED
SAID = (
    "WyJjb29yZGluYXRvciIsIuW3suiou-iomO-8jOS4pueVmeWtmOe0gOmMhCJd"
    ".WyMIiA.Av2_mNuhPKzcQZhk0g6mcbrQxFc"
)


def home_with_the_secret(home: Path) -> Path:
    (home / "secret").write_bytes(SECRET)
    return home


def test_a_section_sends_the_form_that_it_had_opened(tmp_path: Path) -> None:
    with scene(home_with_the_secret(tmp_path), OPENED, base_url=BASE) as office:
        office.open()
        client = TestClient(create_app(office.workspace, now=office.clock), base_url=BASE)
        client.cookies.set("dutyflow", TICKET, domain="plan.example.tw", path=FORM_PATH)
        office.now += timedelta(hours=11)
        assert "設計組" in client.get(FORM_PATH).text
        saved = client.post(f"{FORM_PATH}draft", data={"csrf": FORM_TOKEN})
        assert "草稿已儲存" in saved.text
        office.now += timedelta(hours=1)
        assert "頁面已逾時" in client.get(FORM_PATH).text


def test_a_section_sends_the_page_on_which_links_are_asked_for(tmp_path: Path) -> None:
    with scene(home_with_the_secret(tmp_path), OPENED, base_url=BASE) as office:
        client = TestClient(create_app(office.workspace, now=office.clock), base_url=BASE)
        client.cookies.set("dutyflow_door", DOOR_COOKIE, domain="plan.example.tw", path="/fill")
        asked = client.post("/fill/again", data={"csrf": DOOR_TOKEN, "email": "a@example.tw"})
        assert "已收到您的請求" in asked.text


def test_the_coordinator_sends_the_form_that_they_had_opened(tmp_path: Path) -> None:
    with scene(home_with_the_secret(tmp_path), OPENED, base_url=BASE) as office:
        office.put(mail())
        office.take_in()
        with httpx.Client(transport=InProcess(app_on(office, Runs())), base_url=HERE) as who:
            who.cookies.set("who", "coordinator")
            with time_machine.travel(OPENED + timedelta(minutes=4), tick=False):
                assert "已註記，並留存紀錄" in who.get(f"/{OFFICE}?said={SAID}").text
            sent = {"seal": SEAL, "why": "（樣本）"}
            with time_machine.travel(OPENED + timedelta(hours=13), tick=False):
                assert who.post(f"/{OFFICE}/items/1/aside", data=sent).status_code == 403
            with time_machine.travel(OPENED + timedelta(hours=11), tick=False):
                assert who.post(f"/{OFFICE}/items/1/aside", data=sent).status_code == 303
                assert "已註記" not in who.get(f"/{OFFICE}?said={SAID}").text, "a while ago"
