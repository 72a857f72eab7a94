"""YAML files as people write them: plain data, and where in the file each piece stands.

Only plain YAML is read: mappings, lists and scalars. A file may come from anyone who can edit a
plan, so aliases and tags are refused and size and depth are bounded. The file is read event by
event, since composing a tree of it overflows the stack of the C library where lists nest deep.

Dates, `yes` and `0107` stay text: what they mean is the model's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import yaml

from dutyflow.errors import Finding

from .limits import MAX_BYTES
from .texts import shown

Place = tuple[str | int, ...]  # the way to a piece of data: ("measures", 3, "owners")
Stretch = tuple[int, int]  # characters of the text, from the first up to the one after the last

Spot = TypeVar("Spot")

MAX_DEPTH = 20

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]+(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE)
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_MISPLACED_TAB = re.compile(r"^ *\t")
_STRING_TAG = "tag:yaml.org,2002:str"


class _Refused(Exception):  # never leaves this module
    def __init__(self, line: int, found: str, expected: str, hint: str = "") -> None:
        super().__init__(found)
        self.line, self.found, self.expected, self.hint = line, found, expected, hint


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A mistake at a place in the data. `see` is another place that explains it."""

    place: Place
    found: str
    expected: str
    hint: str = ""
    see: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file read: its data (None when it could not be read) and the mistakes met on the way.

    `lines` maps each place to its line, counted from 1; `written` each scalar's place to its
    characters, since `1.10` as a number is no longer what the person wrote; `stretches` each place
    to where its value stands in `text`. Where a file has no lines, a subclass says how a person
    finds a place.
    """

    name: str
    text: str = ""
    data: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    written: Mapping[Place, str] = field(default_factory=dict)
    stretches: Mapping[Place, Stretch] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the file itself."""
        return self.told(())

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it that stands in the file."""
        return nearest(self.lines, place, 1)

    def where(self, place: Place) -> str:
        """Where a person finds the place."""
        return f"{self.name}:{self.line(place)}"

    def elsewhere(self, place: Place) -> str:
        """The same, for one who is at another place of the file already."""
        return f"第 {self.line(place)} 行"

    def position(self, place: Place) -> tuple[int, ...]:
        """What puts places in the order in which a person reads them."""
        return (self.line(place),)

    def finding(self, remark: Remark) -> Finding:
        hint = remark.hint
        if remark.see is not None:
            hint = "；".join(filter(None, [hint, f"另見{self.elsewhere(remark.see)}"]))
        return Finding(
            where=self.where(remark.place),
            found=remark.found,
            expected=remark.expected,
            hint=hint,
        )

    def told(self, remarks: Iterable[Remark]) -> tuple[Finding, ...]:
        """These mistakes and the file's own, in the order in which a person reads the file."""
        ordered = sorted((*self.remarks, *remarks), key=lambda each: self.position(each.place))
        return tuple(map(self.finding, ordered))


def nearest(places: Mapping[Place, Spot], place: Place, top: Spot) -> Spot:
    """What a place maps to, or else the nearest place around it; `top` where none is known."""
    while place and place not in places:
        place = place[:-1]
    return places.get(place, top)


def parse(content: bytes, name: str) -> Source:
    """Read YAML. Whatever is wrong becomes the source's findings; raises nothing."""
    reader = _Reader()
    text = ""
    try:
        text = _text(content)
        reader.read(text)
    except _Refused as refused:
        problem = refused
    except yaml.YAMLError as error:
        problem = _syntax(error, text)
    else:
        return reader.source(name, text)
    remark = Remark(place=(), found=problem.found, expected=problem.expected, hint=problem.hint)
    return Source(name=name, lines={(): problem.line}, remarks=(remark,))


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _Refused(1, "檔案超過 2 MB", "2 MB 以內的計畫檔")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Refused(
            line, "不是 UTF-8 編碼的文字", "UTF-8 編碼", "請用編輯器另存為 UTF-8"
        ) from None
    strange = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if strange is not None:
        line = text.count("\n", 0, strange.start()) + 1
        raise _Refused(line, f"控制字元 U+{ord(strange.group()):04X}", "一般文字", "請刪除該字元")
    return text


class _Reader:
    """Builds data out of the parser's events."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.written: dict[Place, str] = {}
        self.stretches: dict[Place, Stretch] = {}
        self.repeated: list[Remark] = []
        self.data: Any = None
        self._reached = 0  # the end of what was read last: a block's own mark is beyond it

    def source(self, name: str, text: str) -> Source:
        return Source(
            name=name,
            text=text,
            data=self.data,
            lines=self.lines,
            written=self.written,
            stretches=self.stretches,
            remarks=tuple(self.repeated),
        )

    def read(self, text: str) -> None:
        events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = _line(event)
                    raise _Refused(line, "第二份文件（---）", "一個檔案一份文件")
                self.data = self._value(next(events), events, ())
        if self.data is None:
            raise _Refused(1, "空白的檔案", "「欄位: 值」")

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], place: Place) -> Any:
        line = _line(event)
        self.lines.setdefault(place, line)  # a field's place is its name's
        _plain_only(event, line)
        if len(place) > MAX_DEPTH:
            raise _Refused(line, "層次過深", f"不超過 {MAX_DEPTH} 層", "請檢查括號與縮排")
        self._reach(event)
        value = self._content(event, events, place)
        self.stretches[place] = (_stretch(event)[0], self._reached)
        return value

    def _content(self, event: yaml.Event, events: Iterator[yaml.Event], place: Place) -> Any:
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(events, place)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, place)
        scalar = cast(yaml.ScalarEvent, event)
        self.written[place] = scalar.value
        return _scalar(scalar)

    def _reach(self, event: yaml.Event) -> None:
        start, end = _stretch(event)
        if end > start:  # not where a block begins or ends
            self._reached = end

    def _list(self, events: Iterator[yaml.Event], place: Place) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                self._reach(event)
                break
            items.append(self._value(event, events, (*place, len(items))))
        return items

    def _mapping(self, events: Iterator[yaml.Event], place: Place) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                self._reach(event)
                break
            self._reach(event)
            name, line = _field_name(event), _line(event)
            if name not in fields:
                self.lines[*place, name] = line
                fields[name] = self._value(next(events), events, (*place, name))
                continue
            # The second is read too, at a place of its own, and left out.
            again = (*place, f"{name}\n{len(self.repeated)}")
            self.lines[again] = line
            self._value(next(events), events, again)
            self.repeated.append(
                Remark(
                    place=again,
                    found=f"欄位{shown(name)}重複",
                    expected="每一個欄位只寫一次",
                    see=(*place, name),
                )
            )
        return fields


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _stretch(event: yaml.Event) -> Stretch:
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start is not None and end is not None else (0, 0)


def _plain_only(event: yaml.Event, line: int) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise _Refused(
            line, f"YAML 別名「*{event.anchor}」", "直接寫出內容", "計畫檔不使用 & 與 * 別名"
        )
    tag = getattr(event, "tag", None)
    if tag not in (None, "!", _STRING_TAG):
        raise _Refused(line, f"YAML 標籤{shown(tag)}", "直接寫出內容", "計畫檔不使用 ! 標籤")


def _field_name(event: yaml.Event) -> str:
    line = _line(event)
    _plain_only(event, line)
    if not isinstance(event, yaml.ScalarEvent):
        raise _Refused(line, "以清單或一組欄位作為欄位名稱", "欄位名稱是一個詞")
    return str(event.value)


def _scalar(event: yaml.ScalarEvent) -> str | int | float | bool | None:
    quoted = not event.implicit[0] or event.tag is not None
    return str(event.value) if quoted else meaning_of(event.value)


def meaning_of(plain: str) -> str | int | float | bool | None:
    """What characters without quotes stand for."""
    if plain.casefold() in _WORDS:
        return _WORDS[plain.casefold()]
    if _INTEGER.fullmatch(plain):
        return int(plain)
    return float(plain) if _FLOAT.fullmatch(plain) else plain


def _syntax(error: yaml.YAMLError, text: str) -> _Refused:
    """The parser's complaint in words for the person who wrote the file."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    lines = text.splitlines()
    number = mark.line if mark is not None else 0
    if context is not None and number >= len(lines):  # e.g. a quote that is never closed
        number = context.line
    number = min(number, max(len(lines) - 1, 0))
    here = lines[number] if lines else ""
    around = lines[max(number - 1, 0) : number + 1]
    return _Refused(
        number + 1, f"看不懂的寫法{shown(here)}", "正確的 YAML 格式", _advice(here, around, context)
    )


def _advice(here: str, around: list[str], context: Any) -> str:
    if _MISPLACED_TAB.match(here):
        return "縮排請用空白，不可用 Tab"
    if any("：" in line and ": " not in f"{line} " for line in around):
        return "欄位名稱後請用半形冒號，再空一格，例如 name: 業務組"
    if any(mark in here for mark in "，［］｛｝「」") and any(mark in here for mark in "[{"):
        return "清單請用半形的括號與逗號，例如 [business, design]"
    start = f"自第 {context.line + 1} 行起，" if context is not None else ""
    return f"{start}請檢查縮排、冒號後的空格，以及引號與括號是否成對"
