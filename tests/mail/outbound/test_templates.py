"""Every mail says what it must, in plain text as well as in HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time
from html.parser import HTMLParser

import pytest

from dutyflow.mail.errors import UnusableTemplate
from dutyflow.mail.inbound.decoding import html_to_text
from dutyflow.mail.outbound.contexts import Content, Deadline, NotUnderstood, Returned
from dutyflow.mail.outbound.reminders import Reminder
from dutyflow.mail.outbound.rendering import TEMPLATES, Rendered, render
from tests.mail.outbound.link_samples import LINK_FACTS, PAGE
from tests.mail.outbound.summary_samples import COORDINATOR_PAGE, SUMMARY_FACTS
from tests.mail.samples import (
    ABOUT,
    CONTENTS,
    COORDINATOR,
    DEADLINE,
    EMPTY,
    FORM_NAME,
    OFFICE,
    PROBLEM,
    TOKEN,
    WANG,
    delivery,
    problems,
    receipt,
)

WITHOUT_END = {"br", "meta", "hr", "img"}

ASIDE_FACTS = ("沒有採計的檔案", "會議紀錄.pdf：其實是程式檔", "大.tif：太大")

FACTS: dict[str, tuple[str, ...]] = {
    "reminder": (
        "107年上半年 半年自行考核（業務組）",
        "107年7月4日（三）",
        "還有 3 個工作天",
        "業務處，107年7月6日（五）前報送",
        "到期前 3 個工作天",
        FORM_NAME,
        f"plan+{TOKEN}@pingtung.example.tw",
        "已經寄出的，請不必理會本信",
        COORDINATOR.email,
    ),
    "reminder_overdue": (
        "107年第2季 網站資訊檢視",
        "已過 2 個工作天",
        "逾期第 2 日",
        "同時通知",
        "組長",
        "還有需要修正的地方",
    ),
    "reminder_digest": (
        "共 5 件，1 件已逾期",
        "1. 107年第2季 網站資訊檢視",
        "5. 107年上半年 教育訓練",
        "今日截止",
        "代理 張淑芬（樣本）",
        "幾份一起附上也可以",
    ),
    "reminder_informing": ("副知填報進度", "副知組長", "您不必填寫"),
    "reminder_given_up": ("不再稽催", "系統不再寄送提醒", "請洽組室承辦人了解", "「承辦人作業」"),
    "reminder_alarm": ("組室無人可收信", "王小美（樣本）（請假）", "期限不變", "指定代理人"),
    "extension_asked": (
        "請核示展期至 107年7月20日（五）",
        "請回覆這封信，寫「同意」，或「不同意」與原因（代理黃國華（樣本））。",
        "王小美（樣本）",
        "107年7月4日（三）",
        "12 個工作天",
        "資料尚待彙整",
        "1 次，共 3 個工作天",
    ),
    "extension_sent": ("已送請組長 黃國華（樣本）核示", "期限仍為 107年7月4日（三）", "（未說明）"),
    "extension_not_taken": ("展期申請未受理", "沒有晚於現在的期限", "展期 107/7/20 原因："),
    "extension_granted": ("請於 107年7月20日（五）前回覆", "處長 廖正雄（樣本）", "照樣可用"),
    "extension_refused": ("展期未獲同意", "期限仍為 107年7月4日（三）", "已到彙整期限"),
    "decision_noted": ("核示已登記", "已登記為同意，並通知業務組"),
    "decision_unclear": ("看不出是否同意",),
    "collect_again": ("將重新收件", "系統會自動重新收件", "107年7月20日（五）"),
    "waived": ("本期免報", "業務移撥", "曾秀英（樣本）"),
    "opening": (
        "請填報",
        "請於 107年7月4日（三）前回覆，還有 13 個工作天",
        "半年自行考核",
        "107年上半年",
        "業務組",
        "陸、考核作業",
        "64 項",
        FORM_NAME,
        "打開附件",
        "填寫有底色的儲存格",
        "回覆這封信",
        "您收到這封信，是因為您是業務組的承辦人。",
        COORDINATOR.name,
        COORDINATOR.email,
    ),
    "receipt": (
        "已收到",
        "107H1-業務組-2",
        "107年6月18日（一）08:30",
        "64 項",
        "91.25 分",
        "無辦理事項",
        "5 項",
        "9f86d081884c",
        "新的一份會取代舊的",
    ),
    "receipt_late": (
        "逾期送達，已收件並記錄",
        "計畫承辦人將重新彙整",
        "107H1-業務組-2",
        "107H1-業務組-1",
        *ASIDE_FACTS,
    ),
    "problems": (
        "還需要修正 2 處",
        "107年7月4日（三）",
        "還有 13 個工作天",
        PROBLEM.where,
        PROBLEM.found,
        PROBLEM.expected,
        PROBLEM.hint,
        EMPTY.where,
        "空白",
        EMPTY.expected,
        "原檔已保存",
        FORM_NAME,
    ),
    "problems_many": ("還需要修正 43 處", "F30", "另有 13 處，已標示在附件", *ASIDE_FACTS),
    "returned": (
        "退回補正",
        "1.1.2.3 的執行情形請補充上半年辦理次數。",
        "2.1.1 請附佐證網址。",
        "107年7月11日（三）",
        "還有 3 個工作天",
        COORDINATOR.name,
        FORM_NAME,
    ),
    "moved": (
        "期限改為 107年7月5日（四）",
        "請於 107年7月5日（四）前回覆，還有 2 個工作天",
        "由 107年7月4日（三）改為 107年7月5日（四）",
        "期限延後了",
        "瑪莉亞颱風停止上班（樣本）（107年7月3日放假）",
        "先前寄給您的填報檔照樣可用",
        COORDINATOR.email,
    ),
    "moved_earlier": (
        "請於 107年7月3日（二）前回覆，還有 1 個工作天",
        "期限提早了，請留意",
    ),
    "moved_cycles": (
        OFFICE,
        "已開啟的 2 期",
        "不必重新執行任何工作",
        "107年上半年 半年自行考核",
        "由 107年7月4日（三）改為 107年7月5日（四）",
        "由 107年7月6日（五）改為 107年7月9日（一）",
        "瑪莉亞颱風停止上班（樣本）（107年7月3日放假）",
        "另行通知：業務組、總務組",
        "設計組（107年7月10日（二））",
        "107年6月 員工健康檢查",
        "每日整理",
    ),
    "estimated": (
        OFFICE,
        "下列 15 期的日期",
        "117年政府行政機關辦公日曆表",
        "升級 dutyflow",
        "closures.csv",
        "半年自行考核：116年下半年、117年上半年、117年下半年",
        "電話禮貌考核：117年1月、117年2月",
        "dutyflow cycles",
        "只通知這一次",
    ),
    "delivery": (
        OFFICE,
        "檢送",
        "107年上半年考核結果彙整表",
        "第 1 版",
        "107年上半年考核結果彙整表.xlsx",
        "107年上半年考核結果彙整表.ods",
        "設計組、電費組",
        COORDINATOR.email,
    ),
    "delivery_amended": (
        "第 2 版",
        "更正版",
        "取代先前的第 1 版",
        "總務組補報 12 項。",
        "總分由 88.50 改為 89.10。",
        "各組室均已填報",
    ),
    "not_understood": (
        "來信沒有填報檔",
        "自評表掃描.pdf",
        "IMG_2041.jpg",
        *ASIDE_FACTS,
        ".xlsx",
        ".ods",
        "107年7月4日（三）",
        FORM_NAME,
        COORDINATOR.email,
    ),
    "unreadable": (
        OFFICE,
        "無法讀取",
        "信件有 61 MB，沒有讀取；應在 40 MB 以內。",
        "請分成幾封寄。",
        "按「回覆」",
        COORDINATOR.email,
    ),
    "unmatched": (OFFICE, "無法判斷", "找不到對應的應辦事項", "按「回覆」", COORDINATOR.email),
    "misplaced": (
        "電話禮貌.xlsx",
        "屬於：107年6月 電話禮貌考核（業務組）",
        "舊檔.xlsx",
        "看不出屬於哪一項填報",
        "107年上半年 半年自行考核（業務組）",
        COORDINATOR.email,
    ),
    "undeliverable": (
        OFFICE,
        WANG.name,
        WANG.email,
        "業務組承辦人",
        "107年6月18日（一）08:30",
        "550 5.1.1 User unknown",
        "contacts.yaml",
        f"dutyflow undeliverable --works {WANG.email}",
        "只通知一次",
    ),
    **SUMMARY_FACTS,
    **LINK_FACTS,
}


def rendered(content: Content) -> Rendered:
    return render(content, to=WANG)


def shown(content: Content) -> tuple[str, str]:
    """Both texts as a reader sees them."""
    mail = rendered(content)
    return mail.text, html_to_text(mail.html)


@pytest.mark.parametrize("name", CONTENTS)
def test_both_texts_state_the_facts(name):
    for text in shown(CONTENTS[name]):
        assert [fact for fact in FACTS[name] if fact not in text] == []
        assert f"{WANG.name} 您好" in text


@pytest.mark.parametrize("name", CONTENTS)
def test_the_html_is_sound_and_shows_nothing_from_elsewhere(name):
    html = rendered(CONTENTS[name]).html
    reader = _Nesting()
    reader.feed(html)
    assert reader.open == []
    assert 'lang="zh-Hant-TW"' in html
    assert "max-width:600px" in html
    assert not re.search(r"<(img|link|script|style|iframe)|\bsrc=|url\(", html)
    assert set(re.findall(r"https?://[^\s\"<#]+", html)) <= {PAGE, COORDINATOR_PAGE}


class _Nesting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", CONTENTS)
def test_plain_text_is_tidy(name):
    text = rendered(CONTENTS[name]).text
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]\n", text)
    assert not re.search(r"<\w|&\w+;|\{[{%]", text)


@pytest.mark.parametrize("name", CONTENTS)
def test_no_western_year_and_no_blame(name):
    for text in (*shown(CONTENTS[name]), CONTENTS[name].subject):
        assert not re.search(r"20\d\d[年/-]|錯誤|違規|失敗|務必|警告", text)


def test_the_subject_says_what_and_for_whom():
    assert CONTENTS["opening"].subject == (
        "請填報：107年上半年 半年自行考核（業務組），107年7月4日（三）前"
    )
    assert CONTENTS["delivery_amended"].subject == (
        f"檢送107年上半年考核結果彙整表（第 2 版，更正版）：{OFFICE}"
    )
    subjects = {content.subject for content in CONTENTS.values()}
    assert len(subjects) == len(CONTENTS)


def test_a_note_with_html_in_it_is_shown_and_not_run():
    note = "<script>alert(1)</script>\n<b>粗</b> & 「引號」\"'"
    mail = rendered(Returned(about=ABOUT, note=note, deadline=DEADLINE))
    assert "<script" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in mail.html
    assert "<script>alert(1)</script>" in mail.text


@pytest.mark.parametrize("name", CONTENTS)
def test_a_stranger_with_html_in_the_name_is_escaped_everywhere(name):
    stranger = WANG.model_copy(update={"name": "<img src=x onerror=alert(1)>"})
    assert "<img" not in render(CONTENTS[name], to=stranger).html


def test_a_very_long_cell_is_quoted_in_brief():
    finding = replace(PROBLEM, found="很長的內容\n" * 5000)
    for text in shown(replace(problems(1), problems=(finding,))):
        assert "很長的內容 很長的內容" in text
        assert "…" in text
        assert len(text) < 2000


def test_the_day_before_is_named_only_to_say_that_it_moved():
    for name in ("moved", "moved_earlier"):
        for text in shown(CONTENTS[name]):
            assert text.count("107年7月4日") == 1
            assert "107年7月4日" not in CONTENTS[name].subject


def test_where_no_section_is_concerned_none_is_said_to_be_told():
    both = CONTENTS["moved_cycles"]
    for text in shown(replace(both, cycles=both.cycles[1:])):
        assert "另行通知" not in text


def test_thirty_problems_are_all_shown_and_no_more_are_announced():
    for text in shown(problems(30)):
        assert "F30" in text
        assert "另有" not in text


def test_without_a_form_nothing_is_said_to_be_attached():
    bare = [
        replace(problems(31), form_name=""),
        Returned(about=ABOUT, note="請補正。", deadline=DEADLINE),
        NotUnderstood(about=ABOUT, received=(), deadline=DEADLINE),
    ]
    for content in bare:
        for text in shown(content):
            assert "打開附件" not in text
            assert "已標示在附件" not in text
            assert "本信再附" not in text


@pytest.mark.parametrize(
    ("working_days", "words"),
    [(13, "還有 13 個工作天"), (1, "還有 1 個工作天"), (0, "就是今天"), (-2, "已過 2 個工作天")],
)
def test_how_much_time_is_left(working_days, words):
    deadline = Deadline(day=date(2018, 7, 4), working_days=working_days)
    for text in shown(replace(CONTENTS["opening"], deadline=deadline)):
        assert words in text


def test_a_deadline_within_the_day_names_the_hour():
    noon = replace(DEADLINE, hour=time(12))
    opening = replace(CONTENTS["opening"], deadline=noon)
    for text in (*shown(opening), opening.subject):
        assert "107年7月4日（三）12:00前" in text
        assert "含截止當日" not in text


def test_who_still_has_time_is_told_how_to_ask_for_more_of_it():
    for text in shown(CONTENTS["reminder"]):
        assert "展期 年/月/日 原因" in text
    for name in ("reminder_overdue", "reminder_informing"):
        for text in shown(CONTENTS[name]):
            assert "展期" not in text


@pytest.mark.parametrize("mail", ["opening", "reminder", "reminder_digest"])
def test_how_to_ask_for_more_time_is_said_where_it_can_be_asked_for(mail):
    for text in shown(CONTENTS[mail]):
        assert "內文寫一行「展期 年/月/日 原因：…」" in text
    for text in shown(without_extensions(CONTENTS[mail])):
        assert "展期" not in text


def without_extensions(content: Content) -> Content:
    if isinstance(content, Reminder):
        return replace(
            content, lines=tuple(replace(each, may_extend=False) for each in content.lines)
        )
    return replace(content, may_extend=False)


def test_only_who_may_have_nothing_to_report_is_told_how_to_say_so():
    for text in shown(CONTENTS["opening"]):
        assert "無辦理事項" in text
    for text in shown(replace(CONTENTS["opening"], may_have_nothing=False)):
        assert "無辦理事項" not in text


def test_a_receipt_on_time_does_not_speak_of_lateness():
    for text in shown(receipt()):
        assert "逾期" not in text


def test_an_amendment_without_changes_says_so():
    for text in shown(replace(delivery(version=3), changes=())):
        assert "與第 2 版的差異" in text
        assert "與前一版相同" in text


def test_a_mail_without_attachments_is_told_that_none_came():
    for text in shown(NotUnderstood(about=ABOUT, received=(), deadline=DEADLINE)):
        assert "沒有附件" in text


def test_every_template_is_used_and_has_both_forms():
    templates = {content.template for content in CONTENTS.values()}
    used = {f"{template}.{kind}" for template in templates for kind in ("txt", "html")}
    present = {path.name for path in TEMPLATES.iterdir() if not path.name.startswith("_")}
    assert present == used


def test_a_template_that_asks_for_what_is_not_there_fails():
    class Wrong(Returned):
        template = "receipt"

    with pytest.raises(UnusableTemplate):
        rendered(Wrong(about=ABOUT, note="", deadline=DEADLINE))


@pytest.mark.parametrize("mail", ["reminder_informing", "reminder_given_up", "reminder_alarm"])
def test_whoever_is_not_to_answer_is_not_told_how(mail: str) -> None:
    content = CONTENTS[mail]
    for text in shown(content):
        assert "怎麼填" not in text
        assert "寄回" not in text
        assert "由上而下" not in text
    assert not content.subject.startswith(("提醒", "即將截止", "已逾期"))
