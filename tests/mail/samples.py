"""One sample letter for every kind of mail: the names are the sample contacts'."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from dutyflow.errors import Finding
from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.contexts import (
    About,
    Content,
    Deadline,
    Delivery,
    NotUnderstood,
    Opening,
    Problems,
    Receipt,
    Returned,
    SetAside,
    Unmatched,
)
from dutyflow.mail.outbound.letter import Letter
from dutyflow.mail.outbound.moves import Estimated, Moved, MovedCycle, MovedCycles, MovedDay
from dutyflow.mail.outbound.reminders import Line, Reminder
from dutyflow.mail.outbound.requests import (
    CollectAgain,
    DecisionNoted,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionNotTaken,
    ExtensionRefused,
    ExtensionSent,
    Waived,
)
from dutyflow.mail.outbound.returned import Misplaced, UndeliverableAddress, Unreadable
from dutyflow.plan.model import Mailbox, Person
from tests.mail.outbound.link_samples import LINK_SAMPLES
from tests.mail.outbound.summary_samples import SUMMARIES

NOW = datetime(2018, 6, 18, 8, 30, tzinfo=timezone(timedelta(hours=8)))
MAILBOX = Mailbox(name="執行計畫填報信箱（樣本）", address="plan@pingtung.example.tw")
WANG = Person(name="王小美（樣本）", email="wang.business@pingtung.example.tw")
COORDINATOR = Person(name="曾秀英（樣本）", email="coordinator@pingtung.example.tw")
HEAD_OFFICE = Person(name="業務處（樣本）", email="head-office@example.tw")
OFFICE = "台灣電力公司屏東區營業處"
TOKEN = "k7m2q9xw4d5t6r3n2abc"
THREAD = "pingtung/self_assessment/107H1/business"
FORM_NAME = "107年上半年半年自行考核－業務組.xlsx"

ABOUT = About(
    office=OFFICE,
    section="業務組",
    duty="半年自行考核",
    period="107年上半年",
    clause="陸、考核作業",
    coordinator=COORDINATOR,
)
UNTIL = date(2018, 7, 20)
DEADLINE = Deadline(day=date(2018, 7, 4), working_days=13)
PROBLEM = Finding(
    where="「自評表」F12", found="一百二十", expected="0 到 100 的數字", hint="可以有小數"
)
EMPTY = Finding(
    where="「自評表」E20",
    found="",
    expected="填寫「執行情形」與「自評分數」，或在「無辦理事項」欄選「無辦理事項」",
)


def problems(count: int) -> Problems:
    findings = tuple(
        Finding(where=f"「自評表」F{row}", found=f"第{row}格", expected="0 到 100 的數字")
        for row in range(1, count + 1)
    )
    return Problems(
        about=ABOUT,
        received_at=NOW,
        problems=findings,
        deadline=DEADLINE,
        form_name=FORM_NAME,
    )


def receipt(*, late: bool = False) -> Receipt:
    return Receipt(
        about=ABOUT,
        number="107H1-業務組-2",
        received_at=NOW,
        understood=(
            ("已填項數", "64 項（應填 64 項）"),
            ("無辦理事項", "5 項"),
            ("平均自評分數", "91.25 分"),
        ),
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        late=late,
        replaces="107H1-業務組-1" if late else "",
    )


def delivery(*, version: int) -> Delivery:
    return Delivery(
        office=OFFICE,
        report="考核結果彙整表",
        period="107年上半年",
        version=version,
        files=("107年上半年考核結果彙整表.xlsx", "107年上半年考核結果彙整表.ods"),
        coordinator=COORDINATOR,
        changes=("總務組補報 12 項。", "總分由 88.50 改為 89.10。") if version > 1 else (),
        missing=("設計組", "電費組") if version == 1 else (),
    )


def moved(day: date, was: date = date(2018, 7, 4), name: str = "收件期限") -> MovedDay:
    return MovedDay(
        name=name,
        was=was,
        becomes=day,
        reasons=("瑪莉亞颱風停止上班（樣本）（107年7月3日放假）",),
    )


def line(**changed: Any) -> Line:
    whole: dict[str, Any] = {
        "office": OFFICE,
        "section": "業務組",
        "duty": "半年自行考核",
        "period": "107年上半年",
        "why": "到期前 3 個工作天",
        "deadline": Deadline(day=date(2018, 7, 4), working_days=3),
        "tone": "plain",
        "reply_to": f"plan+{TOKEN}@pingtung.example.tw",
        "form_name": FORM_NAME,
        "awaited_by": "業務處，107年7月6日（五）前報送",
    }
    return Line(**whole | changed)


LATE_LINE = line(
    duty="網站資訊檢視",
    period="107年第2季",
    why="逾期第 2 日",
    deadline=Deadline(day=date(2018, 6, 27), working_days=-2),
    tone="urgent",
    form_name="107年第2季網站資訊檢視_業務組.xlsx",
    others="組長",
    note="先前寄來的檔案還有需要修正的地方，請見先前的回信",
)


def reminder(*lines: Line) -> Reminder:
    return Reminder(office=OFFICE, lines=lines or (line(),), coordinator=COORDINATOR)


ASIDE = (SetAside(name="會議紀錄.pdf", why="其實是程式檔"), SetAside(name="大.tif", why="太大"))

CONTENTS: dict[str, Content] = {
    "reminder": reminder(),
    "reminder_overdue": reminder(LATE_LINE),
    "reminder_digest": reminder(
        LATE_LINE,
        line(
            duty="電話禮貌考核",
            period="107年6月",
            why="今日截止",
            tone="firm",
            deadline=Deadline(day=date(2018, 6, 29), working_days=0),
            form_name="107年6月電話禮貌考核_業務組.xlsx",
        ),
        line(),
        line(section="總務組", duty="硬體設施檢查", as_role="代理 張淑芬（樣本）"),
        line(
            duty="教育訓練",
            why="到期前 10 個工作天",
            deadline=Deadline(day=date(2018, 7, 13), working_days=10),
            form_name="",
        ),
    ),
    "reminder_informing": reminder(
        line(as_role="副知組長", purpose="inform", why="逾期第 2 日", tone="urgent", form_name="")
    ),
    "reminder_given_up": reminder(
        line(
            as_role="副知計畫承辦人",
            purpose="take_over",
            why="逾期超過 10 個工作天，不再稽催",
            tone="urgent",
            form_name="",
        )
    ),
    "reminder_alarm": reminder(
        line(
            purpose="alarm",
            why="到期前 3 個工作天，組室無人可收信：王小美（樣本）（請假）",
            form_name="",
        )
    ),
    "opening": Opening(
        about=ABOUT,
        deadline=DEADLINE,
        asked="64 項具體作法",
        reason="您是業務組的承辦人",
        form_name=FORM_NAME,
    ),
    "receipt": receipt(),
    "receipt_late": replace(receipt(late=True), set_aside=ASIDE),
    "problems": Problems(
        about=ABOUT,
        received_at=NOW,
        problems=(PROBLEM, EMPTY),
        deadline=DEADLINE,
        form_name=FORM_NAME,
    ),
    "problems_many": replace(problems(43), set_aside=ASIDE),
    "returned": Returned(
        about=ABOUT,
        note="1.1.2.3 的執行情形請補充上半年辦理次數。\n2.1.1 請附佐證網址。",
        deadline=Deadline(day=date(2018, 7, 11), working_days=3),
        form_name=FORM_NAME,
    ),
    "moved": Moved(
        about=ABOUT,
        deadline=Deadline(day=date(2018, 7, 5), working_days=2),
        moved=moved(date(2018, 7, 5)),
    ),
    "moved_earlier": Moved(
        about=ABOUT,
        deadline=Deadline(day=date(2018, 7, 3), working_days=1),
        moved=moved(date(2018, 7, 3)),
    ),
    "moved_cycles": MovedCycles(
        office=OFFICE,
        cycles=(
            MovedCycle(
                title="107年上半年 半年自行考核",
                days=(
                    moved(date(2018, 7, 5)),
                    moved(date(2018, 7, 9), date(2018, 7, 6), "報送期限"),
                ),
                told=("業務組", "總務組"),
                kept=("設計組（107年7月10日（二））",),
            ),
            MovedCycle(
                title="107年6月 員工健康檢查",
                days=(moved(date(2018, 7, 9), date(2018, 7, 6), "報送期限"),),
                told=(),
                kept=(),
            ),
        ),
    ),
    "estimated": Estimated(
        office=OFFICE,
        year=117,
        count=15,
        duties=(
            "半年自行考核：116年下半年、117年上半年、117年下半年",
            f"電話禮貌考核：{'、'.join(f'117年{month}月' for month in range(1, 13))}",
        ),
    ),
    "delivery": delivery(version=1),
    "delivery_amended": delivery(version=2),
    "not_understood": NotUnderstood(
        about=ABOUT,
        received=("自評表掃描.pdf", "IMG_2041.jpg"),
        deadline=DEADLINE,
        form_name=FORM_NAME,
        set_aside=ASIDE,
    ),
    "unreadable": Unreadable(
        office=OFFICE,
        coordinator=COORDINATOR,
        why="信件有 61 MB，沒有讀取；應在 40 MB 以內",
        advice="佐證很大時請分成幾封寄",
    ),
    "unmatched": Unmatched(office=OFFICE, why="找不到對應的應辦事項", coordinator=COORDINATOR),
    "misplaced": Misplaced(
        about=ABOUT,
        forms=(("電話禮貌.xlsx", "107年6月 電話禮貌考核（業務組）"), ("舊檔.xlsx", "")),
    ),
    "undeliverable": UndeliverableAddress(
        office=OFFICE,
        name=WANG.name,
        email=WANG.email,
        roles=("業務組承辦人",),
        since=NOW,
        why="550 5.1.1 User unknown",
    ),
    "extension_asked": ExtensionAsked(
        about=ABOUT,
        asked_by="王小美（樣本）（wang.business@pingtung.example.tw）",
        asked_on=date(2018, 6, 27),
        deadline=DEADLINE,
        until=UNTIL,
        days=12,
        why="資料尚待彙整",
        before=(1, 3),
        acting_for="黃國華（樣本）",
    ),
    "extension_sent": ExtensionSent(
        about=ABOUT,
        until=UNTIL,
        days=12,
        why="",
        approver="組長 黃國華（樣本）",
        deadline=DEADLINE,
    ),
    "extension_not_taken": ExtensionNotTaken(
        about=ABOUT, sentence="107年7月3日（二）沒有晚於現在的期限", deadline=DEADLINE
    ),
    "extension_granted": ExtensionGranted(
        about=ABOUT, deadline=Deadline(day=UNTIL, working_days=25), by="處長 廖正雄（樣本）"
    ),
    "extension_refused": ExtensionRefused(
        about=ABOUT, deadline=DEADLINE, by="處長 廖正雄（樣本）", why="已到彙整期限"
    ),
    "decision_noted": DecisionNoted(about=ABOUT, sentence="已登記為同意，並通知業務組"),
    "decision_unclear": DecisionNoted(about=ABOUT, sentence="請寫「同意」", unclear=True),
    "collect_again": CollectAgain(about=ABOUT, deadline=Deadline(day=UNTIL, working_days=25)),
    "waived": Waived(about=ABOUT, by="曾秀英（樣本）", why="業務移撥"),
    **SUMMARIES,
    **LINK_SAMPLES,
}


def letter(content: Content, *, key: str = "notice 1", to: Person = WANG) -> Letter:
    """A letter as the use cases make them: with a token, a thread, and the form attached."""
    return Letter(
        key=key,
        to=to,
        content=content,
        thread=THREAD,
        token=TOKEN,
        attachments=(Attachment(name=FORM_NAME, content_type=XLSX, data=b"PK\x03\x04 form"),),
    )


LETTERS: dict[str, Letter] = {name: letter(content) for name, content in CONTENTS.items()}
