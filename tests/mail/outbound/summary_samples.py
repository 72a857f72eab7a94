"""Sample summaries, as the coordinator and the director get them."""

from __future__ import annotations

from datetime import date

from dutyflow.mail.outbound.contexts import Content, Deadline
from dutyflow.mail.outbound.summaries import Late, SectionWeek, Summary, Undecided, Waiting, Week
from dutyflow.plan.model import Person

OFFICE = "台灣電力公司屏東區營業處"
COORDINATOR_PAGE = "http://127.0.0.1:8080/plugin/dutyflow_desk"
COORDINATOR = Person(name="曾秀英（樣本）", email="tseng@pingtung.example.tw")

WAITING = Waiting(
    title="107年上半年 半年自行考核",
    version=2,
    due=Deadline(day=date(2018, 7, 6), working_days=-5),
    why="待核定，逾報送期限 5 個工作天",
    tone="urgent",
)
LATE = Late(
    title="107年第2季 網站資訊檢視",
    section="業務組",
    deadline=Deadline(day=date(2018, 7, 11), working_days=-2),
)
SUMMARY = Summary(
    office=OFFICE,
    day=date(2018, 7, 13),
    waiting=(WAITING,),
    late=(LATE,),
    unreached=(
        "收件信箱 plan（mail.example.tw）目前無法讀取：逾時（自107年7月12日（四）17:02起；"
        "最後一次讀取 107年7月12日（四）17:00）",
    ),
    troubles=("電費組 107年6月 電話禮貌考核：逾期第 1 日，組室無人可收信：許惠雯（樣本）（請假）",),
    strays=("someone@example.tw「自評表」：找不到對應的應辦事項",),
    page=COORDINATOR_PAGE,
    came_in=("總務組 107年上半年 教育訓練：已受理", "設計組 107年6月 電話禮貌考核：有 2 處待修正"),
    went_out=("業務組：逾期第 2 日 2 封、到期前 5 個工作天 1 封", "電費組：今日截止 1 封"),
    silent=("人資組 107年上半年 教育訓練：暫停至107年7月20日",),
)


def section(name: str, due: int, on_time: int, answered: int, *, late: int = 0) -> SectionWeek:
    return SectionWeek(
        name=name, due=due, on_time=on_time, answered=answered, open_now=2, late_now=late
    )


WEEK = Week(
    office=OFFICE,
    monday=date(2018, 7, 9),
    since=date(2017, 7, 9),
    sections=(
        section("業務組", 24, 20, 23, late=1),
        section("設計組", 12, 12, 12),
        section("電費組", 10, 6, 9, late=1),
        section("總務組", 0, 0, 0),
    ),
    late=(LATE,),
    waiting=(WAITING,),
    coordinator=COORDINATOR,
)

SUMMARIES: dict[str, Content] = {
    "summary": SUMMARY,
    "summary_quiet": Summary(
        office=OFFICE, day=date(2018, 7, 16), came_in=("總務組 107年上半年 教育訓練：已受理",)
    ),
    "undecided": Undecided(office=OFFICE, waiting=(WAITING,), coordinator=COORDINATOR),
    "week": WEEK,
}

SUMMARY_FACTS: dict[str, tuple[str, ...]] = {
    "summary": (
        OFFICE,
        "107年7月13日（五）",
        "1 份待核定，收件信箱無法讀取，1 件通知未達，1 件收件待認領，1 件逾期",
        "107年上半年 半年自行考核（第 2 版）：107年7月6日（五）前報送，已過 5 個工作天",
        "業務組：107年第2季 網站資訊檢視，107年7月11日（三）截止，已過 2 個工作天",
        "組室無人可收信",
        "收件信箱 plan（mail.example.tw）目前無法讀取",
        "最後一次讀取 107年7月12日（四）17:00",
        "someone@example.tw「自評表」：找不到對應的應辦事項",
        COORDINATOR_PAGE,
        "總務組 107年上半年 教育訓練：已受理",
        "有 2 處待修正",
        "業務組：逾期第 2 日 2 封",
        "暫停至107年7月20日",
    ),
    "summary_quiet": ("沒有待處理的事", "收到的填報（1）"),
    "undecided": (
        OFFICE,
        "107年上半年 半年自行考核",
        "第 2 版",
        "107年7月6日（五）前",
        "逾報送期限 5 個工作天",
        "您不必操作系統",
        COORDINATOR.email,
    ),
    "week": (
        OFFICE,
        "107年7月9日起的一週",
        "逾期 2 件，辦理中 8 件，準時率 82%",
        "83%",
        "100%",
        "60%",
        "全機關",
        "應報 24、準時 20、已填報 23（完成率 95%）；辦理中 2、逾期 1",
        "應報 0",
        "106年7月9日以來",
        "目前逾期（1）",
        "等候核定（1）",
    ),
}
