"""Sample mails that lead to the page of a section."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dutyflow.mail.outbound.contexts import About, Content, Deadline, Opening, Returned
from dutyflow.mail.outbound.links import DeputyUnknown, LinkLine, Links
from dutyflow.mail.outbound.reminders import Line, Reminder
from dutyflow.plan.model import Person

PAGE = "https://plan.pingtung.example.tw/fill"
URL = f"{PAGE}#k7m2-q9xw-4d5t-6r3n-2abc-7zyx"
OFFICE = "台灣電力公司屏東區營業處"
COORDINATOR = Person(name="曾秀英（樣本）", email="coordinator@pingtung.example.tw")
ABOUT = About(
    office=OFFICE,
    section="總務組",
    duty="半年自行考核",
    period="107年上半年",
    clause="陸、考核作業",
    coordinator=COORDINATOR,
)
DEADLINE = Deadline(day=date(2018, 7, 4), working_days=13)
LINKS = Links(
    office=OFFICE,
    lines=(LinkLine(title="107年上半年 半年自行考核（業務組）", deadline=DEADLINE, url=URL),),
    coordinator=COORDINATOR,
)

LINK_SAMPLES: dict[str, Content] = {
    "opening_with_link": Opening(
        about=ABOUT,
        deadline=DEADLINE,
        asked="64 項具體作法",
        reason="您是總務組的承辦人",
        form_name="填報.xlsx",
        link=URL,
    ),
    "returned_with_link": Returned(about=ABOUT, note="請補充", deadline=DEADLINE, link=URL),
    "reminder_with_link": Reminder(
        office=OFFICE,
        lines=(
            Line(
                office=OFFICE,
                section="總務組",
                duty="半年自行考核",
                period="107年上半年",
                why="到期前 3 個工作天",
                deadline=DEADLINE,
                tone="plain",
                reply_to="plan+k7m2@pingtung.example.tw",
                link=URL,
            ),
        ),
        coordinator=COORDINATOR,
    ),
    "links": LINKS,
    "links_resent": replace(LINKS, lines=LINKS.lines * 2, resent=True),
    "links_none": Links(office=OFFICE, lines=(), coordinator=COORDINATOR),
    "links_deputy": Links(
        office=OFFICE,
        lines=LINKS.lines,
        coordinator=COORDINATOR,
        acting_for="王小美（樣本）",
        until=date(2018, 6, 29),
    ),
    "deputy_unknown": DeputyUnknown(
        about=ABOUT,
        person="王小美（樣本）",
        until=date(2018, 6, 29),
        deputy="新同仁（樣本）（new@pingtung.example.tw）",
    ),
}
LINK_FACTS: dict[str, tuple[str, ...]] = {
    "opening_with_link": (URL, "直接在網頁填", "請不要轉寄", "回覆這封信"),
    "returned_with_link": (URL, "直接在網頁改"),
    "reminder_with_link": (URL, "plan+k7m2@pingtung.example.tw"),
    "links": (URL, "107年7月4日（三）前，還有 13 個工作天", "有人在填報頁以您的信箱索取連結"),
    "links_resent": (URL, "計畫承辦人請系統重寄填報連結給您"),
    "links_none": ("目前沒有待填報的事項",),
    "links_deputy": (URL, "王小美（樣本）請假至107年6月29日（五），並在填報頁告知由您代理"),
    "deputy_unknown": ("請確認代理人", "new@pingtung.example.tw", "contacts.yaml"),
}
