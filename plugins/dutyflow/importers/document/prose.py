"""The words around the table: title, date, and the chapters 壹 to 柒. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from dutyflow.calendars.roc import parse_date

from .counting import Mark, han_value, mark_of
from .flowing import bare, is_ended, joined, spaced
from .parts import Doubt, Line, Passage
from .points import points_of

_CHAPTERS: tuple[tuple[str, str], ...] = (
    ("basis", r"依據"),
    ("table", r"執行策略|具體[作做]法"),
    ("goal", r"目標|目的"),
    ("scope", r"對象|範圍"),
    ("steps", r"步驟|執行方式"),
    ("assessment", r"考核"),
    ("supplement", r"未盡事宜|補充|附則|其他"),
)
TEXTS = ("goal", "scope", "steps", "assessment", "supplement")
_TITLES = {
    "title": "標題",
    "established": "訂定日期",
    "basis": "計畫依據",
    "goal": "計畫目標",
    "scope": "實施對象",
    "steps": "實施步驟",
    "assessment": "考核作業",
    "supplement": "補充規定",
}
_TITLE_LENGTH = 20  # characters; a chapter whose heading is longer has no title, only text
_HAN = "[〇○零一二三四五六七八九十]{1,5}"
_DATE = re.compile(r"(\d{2,4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_HAN_DATE = re.compile(rf"(?<![百千])({_HAN})\s*年\s*({_HAN})\s*月\s*({_HAN})\s*日")
_YEARS = re.compile(r"\d\s*(?:年度?)?\s*[-~－～至到及、]\s*\d{2,3}\s*年度")
_YEAR = re.compile(r"(\d{2,3})\s*年度")


@dataclass
class Chapter:
    """A heading, as printed, and the passages below it."""

    name: str  # of _CHAPTERS, or "" where it is none of them
    heading: str
    number: int | None
    passages: list[Passage] = field(default_factory=list)


@dataclass
class Prose:
    """The header's texts, word for word; "" or None for what was not found."""

    title: str = ""
    office: str = ""
    year: int | None = None
    established: date | None = None
    basis: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    assessment_heading: str = ""
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, name: str, found: str, assumed: str = "") -> None:
        where = _TITLES.get(name, "本文")
        self.doubts.append(Doubt(where=where, found=found, assumed=assumed, field=name))


def prose_of(before: Sequence[Passage], after: Sequence[Passage]) -> Prose:
    """What stands before and after the table."""
    prose = Prose()
    front, chapters = _chapters(before)
    below, more = _chapters(after)
    _front(front, prose)
    _strays([*below, *(p for c in chapters if c.name == "table" for p in c.passages)], prose)
    chapters += more
    _check_numbers(chapters, prose)
    for chapter in chapters:
        _read(chapter, prose)
    for name, title in _TITLES.items():
        if name in TEXTS and not prose.texts.get(name):
            prose.doubt(name, f"找不到「{title}」")
    if not prose.basis:
        prose.doubt("basis", "找不到「計畫依據」")
    return prose


def _chapters(passages: Sequence[Passage]) -> tuple[list[Passage], list[Chapter]]:
    """What stands before the first chapter, and the chapters."""
    front: list[Passage] = []
    chapters: list[Chapter] = []
    for passage in passages:
        if not passage:
            if passage.remarks:
                (chapters[-1].passages if chapters else front).append(passage)
            continue
        begun = _begun(passage)
        if begun is not None:
            chapters.append(begun)
        else:
            (chapters[-1].passages if chapters else front).append(passage)
    return front, chapters


def _begun(passage: Passage) -> Chapter | None:
    mark = mark_of(passage.told[0].text)
    line = bare(passage.text)
    if mark is not None and mark.kind == "great":
        title = bare(_after(passage, mark))
        if len(title) > _TITLE_LENGTH or is_ended(title):
            inner = Passage((Line(mark.rest), *passage.told[1:]), passage.remarks)
            return Chapter(_name_of(title), mark.printed, mark.number, [inner])
        return Chapter(_name_of(title), f"{mark.printed}{title}", mark.number)
    if mark is None and line in _TITLES.values():
        return Chapter(_name_of(line), line, None)
    return None


def _after(passage: Passage, mark: Mark) -> str:
    return " ".join([mark.rest, *(line.text for line in passage.told[1:])])


def _name_of(title: str) -> str:
    return next((name for name, words in _CHAPTERS if re.search(words, title)), "")


def _front(front: Sequence[Passage], prose: Prose) -> None:
    dated = [(p, day) for p in front for day in _dates(p.text)]
    titles = [p for p in front if p and not any(p is each for each, _ in dated)]
    prose.title = _running(Passage(tuple(line for p in titles for line in p.told)), prose, "title")
    if len(titles) > 1:
        prose.title = spaced(" ".join(p.text for p in titles))
        prose.doubt("title", f"計畫依據之前有 {len(titles)} 段文字", "合為標題")
    if not titles:
        prose.doubt("title", "找不到標題")
    for remark in dict.fromkeys(remark for passage in front for remark in passage.remarks):
        prose.doubt("title", remark, "請對照原文件確認")
    days = sorted({day for _, day in dated})
    prose.established = days[-1] if days else None
    if len(days) != 1:
        found = "找不到訂定日期" if not days else f"有 {len(days)} 個日期"
        prose.doubt("established", found, "取最後一個" if days else "")
    _from_title(prose)


def _from_title(prose: Prose) -> None:
    plain = unicodedata.normalize("NFKC", prose.title)
    match = _YEAR.search(plain)
    if _YEARS.search(plain):
        prose.doubt("year", "標題有兩個年度", "取後一個")
    if match is None:
        prose.doubt("year", "標題中沒有年度，例如「107 年度」")
        return
    prose.year = int(match[1])
    prose.office = re.sub(r"^中華民國|中華民國$|民國$", "", bare(plain[: match.start()]))


def _dates(text: str) -> Iterator[date]:
    plain = unicodedata.normalize("NFKC", text)
    found = [match.groups() for match in _DATE.finditer(plain)]
    found += [
        tuple(str(han_value(part)) for part in match.groups())
        for match in _HAN_DATE.finditer(plain)
    ]
    for year, month, day in found:
        try:
            yield parse_date(f"{year}-{month}-{day}")
        except ValueError:
            continue


def dates_in(text: str) -> list[date]:
    """The dates that a text names, in order."""
    return list(_dates(text))


def _strays(passages: Sequence[Passage], prose: Prose) -> None:
    for passage in filter(None, passages):
        found = f"表格之外另有文字「{passage.text[:40]}」，可能屬於具體作法"
        prose.doubt("measures", found, "未讀入")


def _check_numbers(chapters: Sequence[Chapter], prose: Prose) -> None:
    for position, chapter in enumerate(chapters, 1):
        if chapter.number not in (None, position):
            prose.doubt(chapter.name, f"「{chapter.heading}」依序應為第 {position} 章", "照印")


def _read(chapter: Chapter, prose: Prose) -> None:
    name = chapter.name
    for remark in dict.fromkeys(r for p in chapter.passages for r in p.remarks):
        prose.doubt(name, remark, "請對照原文件確認")
    if name == "table":
        return
    lines = Passage(tuple(line for passage in chapter.passages for line in passage.told))
    if name == "" or prose.texts.get(name) or (name == "basis" and prose.basis):
        what = "計畫檔沒有這一章" if name == "" else "重複的章名"
        prose.doubt(name, f"「{chapter.heading}」：{what}", "未讀入")
    elif name == "basis":
        prose.basis = tuple(_list(lines, prose))
    else:
        prose.texts[name] = _running(lines, prose, name)
        if name == "assessment":
            prose.assessment_heading = chapter.heading


def _list(lines: Passage, prose: Prose) -> Iterator[str]:
    points = points_of(lines) if lines else []
    for position, point in enumerate(points, 1):
        for doubt in point.doubts:
            prose.doubt("basis", doubt, "照次序讀入")
        if point.number != position and len(points) > 1:
            prose.doubt("basis", f"「{point.text[:20]}」的編號依序應為 {position}", "照次序讀入")
        yield point.text


def _running(passage: Passage, prose: Prose, name: str) -> str:
    """Paragraphs below each other; lines within one joined."""
    texts: list[str] = []
    for line in passage.told:
        before = texts[-1] if texts else ""
        broken = line.starts and not is_ended(before) and mark_of(line.text) is None
        if not texts or (line.starts and not broken):
            texts.append(spaced(line.text))
            continue
        texts[-1], doubt = joined(before, line.text)
        if broken or doubt:
            prose.doubt(name, doubt or f"「{line.text[:20]}」另起一段而上一段未完", "視為接續上文")
    return "\n".join(texts)
