"""Plans, contacts and closures as the files that people write by hand.

What is written reads back as the same value, and is written again as the same bytes: one look for
all files, so that a difference between two of them is a difference in what they say. Defaults are
left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.working_days import Closure

from .closures import COLUMNS, quoted
from .field_types import ATTRIBUTE_TITLES
from .model import Contacts, Duty, Plan
from .source import meaning_of

SCHEMA_LINE = "# yaml-language-server: $schema=../plan.schema.json\n"

# What is written over several lines, by the way to it, "*" being any item; all else on one line.
_Blocks = Mapping[str, Any]
_PLAN: _Blocks = {
    "header": {"basis": {}},
    "sections": {},
    "scoring": {},
    "measures": {"*": {}},
    "forms": {"*": {"fields": {"*": {}}}},
    "ladders": {"*": {"rungs": {}}},
    "duties": {"*": {"dates": {}}},
}
_CONTACTS: _Blocks = {"sections": {"*": {"owners": {}, "deputies": {}}}}
_APART = ("measures", "forms", "ladders", "duties")  # an empty line between their items
_FIELD_ORDER = (
    "id", "title", "type", *(each for each in ATTRIBUTE_TITLES if each != "reason_when"),
    "required", "required_when", "reason_when", "wanted", "width", "help",
)  # fmt: skip
_DUTY_ORDER = [name for name in Duty.model_fields if name != "unannounced"]
_DUTY_ORDER.insert(_DUTY_ORDER.index("opens"), "unannounced")  # which stands in its place
_SPAN_ORDER = ("name", "start", "end")
_PRINTED_NUMBER = re.compile(r"[0-9.]+")  # 1.1.2.3: in quotes, as 1.1 has to be
_AS_WHOLE = 10**15  # floats below it are whole numbers without loss
_LINE_WIDTH = 100
_RESOLVER: Any = yaml.resolver.Resolver()  # its stubs have no types


def to_yaml(plan: Plan) -> str:
    """The plan's file."""
    data = plan.model_dump(by_alias=True, exclude_defaults=True)
    for form in data.get("forms", ()):
        form["fields"] = [_ordered(field, _FIELD_ORDER) for field in form["fields"]]
    for duty in data["duties"]:
        if "dates" in duty:
            duty["dates"] = [_ordered(span, _SPAN_ORDER) for span in duty["dates"]]
    data["duties"] = [_ordered(duty, _DUTY_ORDER) for duty in data["duties"]]
    head = {name: data.pop(name) for name in ("office", "year", "effective_from")}
    parts = [SCHEMA_LINE + _dumped(head, _PLAN), *(_part(name, data[name]) for name in data)]
    return "\n".join(parts)


def contacts_to_yaml(contacts: Contacts) -> str:
    """The contacts' file."""
    data = contacts.model_dump(by_alias=True, exclude_defaults=True)
    parts = [{name: data[name]} for name in ("mailbox", "sections")]
    people = {name: data[name] for name in data if name not in ("mailbox", "sections")}
    return "\n".join(_dumped(part, _CONTACTS) for part in (*parts, people))


def closures_to_csv(closures: Iterable[Closure]) -> str:
    """The closures' file, in their order."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(
        (written_date(c.day), c.kind, quoted(c.reason), quoted(c.source)) for c in closures
    )
    return written.getvalue()


def written_date(day: date) -> str:
    """The day as plans have it, `107-07-06`; in Western years where that could be misread."""
    year = day.year - ROC_EPOCH
    return f"{year:02}-{day:%m-%d}" if 0 < year < 1000 else day.isoformat()


def _ordered(written: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    return {name: written[name] for name in sorted(written, key=order.index)}


def _part(name: str, value: Any) -> str:
    if name not in _APART:
        return _dumped({name: value}, _PLAN)
    items = [_dumped({name: [item]}, _PLAN).removeprefix(f"{name}:\n") for item in value]
    return f"{name}:\n" + "\n".join(items)


def _dumped(value: Mapping[str, Any], blocks: _Blocks) -> str:
    text: str = yaml.emit(
        [
            yaml.StreamStartEvent(),
            yaml.DocumentStartEvent(explicit=False),
            *_events(value, blocks),
            yaml.DocumentEndEvent(explicit=False),
            yaml.StreamEndEvent(),
        ],
        Dumper=_Emitter,
        allow_unicode=True,
        width=_LINE_WIDTH,
    )
    return text


def _events(value: Any, blocks: _Blocks | None) -> Iterator[yaml.Event]:
    """`blocks` is None inside what is written on one line."""
    on_one_line = blocks is None
    if isinstance(value, Mapping):
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=on_one_line)
        for name, inner in value.items():
            yield _scalar(name)
            yield from _events(inner, _inside(blocks, name))
        yield yaml.MappingEndEvent()
    elif isinstance(value, (list, tuple)):
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=on_one_line)
        for inner in value:
            yield from _events(inner, _inside(blocks, "*"))
        yield yaml.SequenceEndEvent()
    else:
        yield _scalar(value)


def _inside(blocks: _Blocks | None, name: str) -> _Blocks | None:
    return None if blocks is None else blocks.get(name, blocks.get("*"))


def _scalar(value: Any) -> yaml.ScalarEvent:
    return yaml.ScalarEvent(
        None, None, implicit=(True, True), value=_text(value), style=_style(value)
    )


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return written_date(value)
        case float():
            return written_number(value)
    return str(value)


def written_number(value: float) -> str:
    """The number with all its digits, a whole one without a point."""
    if value.is_integer() and abs(value) < _AS_WHOLE:
        return str(int(value))
    digits, exponent, power = repr(value).partition("e")
    return f"{digits if '.' in digits else f'{digits}.0'}{exponent}{power}"


def _style(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if "\n" in value:
        return "|"
    return '"' if _is_mistakable(value) else None


def _is_mistakable(text: str) -> bool:
    """Whether the text without quotes would be something else, to us or to another reader."""
    resolved = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))
    return (
        meaning_of(text) != text
        or resolved != _RESOLVER.DEFAULT_SCALAR_TAG
        or _PRINTED_NUMBER.fullmatch(text) is not None
    )


class _Emitter(yaml.Dumper):
    """PyYAML's emitter, with our indents, our quotes, and texts left on their lines."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, indentless=False)

    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style

    def write_plain(self, text: str, split: bool = True) -> None:
        del split
        super().write_plain(text, split=False)

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        del split
        super().write_double_quoted(text, split=False)
