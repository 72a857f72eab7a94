"""說明: what the workbook is, how it is used, and what every column means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.forms.row_heights import FONT, row_height
from dutyflow.forms.styles import TITLE, CellStyle, set_up_page
from dutyflow.infra.xlsx import cell_at, put_text

from .grids import Column, Grid

SHEET = "說明"
_SIZE = 10.0
_LOWEST = 18.0  # points
_WIDTHS = (16.0, 22.0, 8.0, 62.0, 38.0)
_HEADING = CellStyle(size=12, bold=True, color="1F4E79", down="center")
_HEADER = CellStyle(
    size=_SIZE, bold=True, fill="D9E2F3", across="center", down="center", boxed=True
)
_CELL = CellStyle(size=_SIZE, boxed=True, down="center")
_MIDDLE = CellStyle(size=_SIZE, boxed=True, across="center", down="center")
_PLAIN = CellStyle(size=_SIZE)

_STEPS = (
    "1. 在各工作表直接修改、增加或刪除列。空白列不必刪除；欄的順序可以調整，"
    "另加的欄與工作表不會讀取。標題列的文字請勿更改。",
    "2. 存成 .xlsx（Excel）或 .ods（LibreOffice）。",
    "3. 執行 dutyflow plan from-xlsx 檔名。有錯誤時，會一次列出是哪一張工作表的哪一個儲存格、"
    "應該填什麼，而且不寫入任何檔案；"
    "沒有錯誤時，才寫成計畫檔。",
    "4. 原有的檔案內容不同時，會先列出差異；確定要取代，再加上 --force 執行一次，原檔另存為 .bak。",
)
_SHEETS = {
    "計畫": "機關、年度、計畫本文、計分方式與各面向的權重",
    "組室": "組室的代碼與名稱",
    "具體作法": "計畫的每一項具體作法，以及由誰承辦",
    "定期工作": "定期要辦的事：向誰收什麼、何時開始與截止、彙整成什麼、送給誰",
    "填報表": "本計畫自訂的填報表，一列一張",
    "填報欄位": "自訂填報表的欄位，一列一欄",
    "稽催階段": "本計畫自訂的稽催階段，一列一階",
    "聯絡人": "各組室的承辦人、代理人、組長，以及計畫承辦人等；並可填請假期間",
    "休假補班": "本機關與政府行事曆不同的日子，例如颱風停班",
}
_LEGEND = (
    (
        CellStyle(
            size=_SIZE,
            bold=True,
            color="FFFFFF",
            fill="1F4E79",
            across="center",
            down="center",
            boxed=True,
        ),
        "標題",
        "必填的欄",
    ),
    (
        CellStyle(
            size=_SIZE,
            bold=True,
            color="1F3864",
            fill="D9E2F3",
            across="center",
            down="center",
            boxed=True,
        ),
        "標題",
        "可以留空白的欄",
    ),
    (CellStyle(size=_SIZE, fill="F8CBAD", boxed=True), "", "這一列有內容，但這一格必填而空白"),
    (
        CellStyle(
            size=_SIZE, bold=True, color="C00000", across="center", down="center", boxed=True
        ),
        "◥",
        "標題上有註解，移到標題上可看說明",
    ),
    (
        CellStyle(size=_SIZE, bold=True, across="center", down="center", boxed=True),
        "▼",
        "有下拉選單；選單內的中文名稱與計畫檔的代碼都看得懂",
    ),
)
_HINTS = (
    (
        "日期",
        "民國或西元皆可：107-07-06、107/7/6、107年7月6日、1070706、2018-07-06，或 Excel 的日期",
    ),
    ("清單", "以頓號相連，例如 業務處、處長；也可以一行一個（Excel 換行按 Alt+Enter）"),
    ("換行", "儲存格內可以換行，會照樣保留；文字前後的空白不保留"),
)
_RULES = (
    (
        "期末後第5個工作天",
        "期別最後一天之後的第 5 個工作天；「前」為之前。"
        "起算點可為期初、期末、開始填報、填報截止、核定（限接續的工作）",
    ),
    ("期末後15個日曆天（遇假日順延）", "連同假日計算的天數；遇假日時可順延或提前，不寫則不調整"),
    ("期末當日（遇假日提前）", "起算點當天"),
    (
        "每年6月20日、次年1月8日、前一年12月1日",
        "期別結束之年（或次年、前一年）的固定日子；也可加註遇假日順延或提前",
    ),
    ("期初起最近的6月20日或12月20日", "每年幾個日子之中，起算點當日或其後最近的一個"),
    ("期末當月第2個星期五", "起算點所在月份的第 1 到 4 個星期幾；或最後一個、倒數第 2 到 4 個"),
    ("107年6月30日（遇假日順延）", "指定的一天，只用於週期為一次或指定期間的工作"),
)


def write(sheet: Worksheet, title: str, grids: Sequence[Grid]) -> None:
    """The sheet's content, in the order in which a newcomer needs it."""
    for number, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    page = _Page(sheet)
    page.across(f"{title}　活頁簿說明", TITLE)
    page.heading("怎麼使用")
    for step in _STEPS:
        page.across(step, _PLAIN)
    page.heading("工作表")
    for name, text in _SHEETS.items():
        page.link(name, text)
    page.heading("圖例")
    for look, mark, text in _LEGEND:
        page.pair(mark, text, look)
    page.heading("怎麼填")
    for word, text in _HINTS:
        page.pair(word, text)
    page.heading("日期規則（定期工作的開始填報、填報截止、彙整表期限）")
    for rule, text in _RULES:
        page.rule(rule, text)
    page.heading("欄位")
    page.row(("工作表", "欄位", "必填", "填什麼", "選單"), _HEADER)
    for grid in grids:
        for column in grid.columns:
            if column.help:
                page.row(_told(grid, column))
    set_up_page(sheet)


def _told(grid: Grid, column: Column) -> tuple[str, ...]:
    choices = column.codec.choices
    offered = "、".join(choices) if len(choices) <= 8 else "（見下拉選單）"
    return grid.sheet, column.title, "✓" if column.required else "", column.help, offered


class _Page:
    def __init__(self, sheet: Worksheet) -> None:
        self.sheet, self.last = sheet, 0

    def across(self, text: str, look: CellStyle) -> None:
        self._next([(1, 5, text, look)])

    def heading(self, text: str) -> None:
        self.last += 1
        self.across(text, _HEADING)

    def pair(self, word: str, text: str, look: CellStyle = _MIDDLE) -> None:
        self._next([(1, 1, word, look), (2, 5, text, _CELL)])

    def rule(self, rule: str, text: str) -> None:
        self._next([(1, 2, rule, _CELL), (3, 5, text, _CELL)])

    def link(self, name: str, text: str) -> None:
        self.pair(name, text)
        cell = cell_at(self.sheet, self.last, 1)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
        cell.font = Font(name=FONT, size=_SIZE, color="0563C1", underline="single")

    def row(self, texts: Iterable[str], look: CellStyle | None = None) -> None:
        middle = {3: _MIDDLE}
        self._next(
            [
                (number, number, text, look or middle.get(number, _CELL))
                for number, text in enumerate(texts, 1)
            ]
        )

    def _next(self, cells: Sequence[tuple[int, int, str, CellStyle]]) -> None:
        """A row of texts, each from one column to another."""
        self.last += 1
        heights = []
        for first, last, text, look in cells:
            for number in range(first, last + 1):
                look.on(cell_at(self.sheet, self.last, number))
            put_text(cell_at(self.sheet, self.last, first), text)
            if last > first:
                self.sheet.merge_cells(
                    start_row=self.last, end_row=self.last, start_column=first, end_column=last
                )
            heights.append(row_height([(text, sum(_WIDTHS[first - 1 : last]))], size=look.size))
        self.sheet.row_dimensions[self.last].height = max(_LOWEST, *heights)
