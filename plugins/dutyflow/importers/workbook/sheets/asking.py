"""填報表 and 填報欄位: the plan's own forms, and a row for each of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dutyflow.importers.workbook.book import Book, Row, Table
from dutyflow.importers.workbook.codecs import (
    Choice,
    Code,
    Codec,
    ConditionCell,
    Items,
    Named,
    Number,
    Positive,
    Rows,
    Slip,
    Whole,
    YesOrNo,
)
from dutyflow.importers.workbook.grids import ANY_TEXT, Column, Grid, Line, line, values_of
from dutyflow.importers.workbook.labels import Labels
from dutyflow.plan.field_types import (
    ATTRIBUTE_TITLES,
    FIELD_TYPES,
    NO,
    TYPE_TITLES,
    YES,
    FormField,
    PlanColumn,
    TextField,
)
from dutyflow.plan.forms import Form
from dutyflow.plan.model import Plan
from dutyflow.plan.source import Place
from dutyflow.plan.texts import folded
from dutyflow.plan.words import listed

SHEET, FIELDS_SHEET = "填報表", "填報欄位"
FORM = "填報表"
FORM_COLUMNS = (
    Column("id", "代碼", 20, "小寫英文代碼，例如 training", codec=Code(), required=True),
    Column("name", "表名", 24, "表名，也是工作表的名稱，31 字以內", required=True),
    Column("version", "版次", 8, "整數；期別進行中更改欄位時加 1", codec=Whole(), middle=True),
    Column(
        "rows",
        "各列",
        24,
        "一份：每組室一份；具體作法：每項一列；組室：每個組室一列；或列出各列的名稱，一行一個",
        codec=Rows(),
    ),
    Column("nothing", "可答無辦理事項", 12, "是或否", codec=YesOrNo(), middle=True),
    Column("note", "填表說明", 50, "印在表的上方", blank=""),
)


class YesOrNoWord(Codec):
    choices = (YES, NO)
    closed = True

    def read(self, text: str) -> str:
        return YES if YesOrNo().read(text) else NO


# From left to right; the attributes of further types stand at the dots.
_ORDER = (
    "form", "id", "title", "type", "required", "required_when", "choices", "min", "max", "whole",
    "unit", "max_length", "reason_when", ..., "width", "help", "wanted", "far",
)  # fmt: skip
_CODECS: Mapping[str, Codec] = {
    "text": ANY_TEXT,
    "texts": Items(),
    "whole": Whole(),
    "number": Number(),
    "positive": Positive(),
    "flag": YesOrNo(),
    "yes_no": YesOrNoWord(),
}


def field_columns(forms: Labels, fields: Labels) -> tuple[Column, ...]:
    columns = (
        Column(
            "form",
            FORM,
            14,
            "「填報表」工作表所列的表名",
            codec=Named(forms, "填報表", (SHEET, "表名")),
            required=True,
        ),
        Column("id", "代碼", 18, "小寫英文代碼，例如 attendees", codec=Code(), required=True),
        Column("title", "欄位標題", 18, "表上的欄位標題，同一張表內不重複", required=True),
        Column(
            "type",
            "型態",
            8,
            "、".join(TYPE_TITLES.values()),
            codec=Choice(tuple(TYPE_TITLES), TYPE_TITLES),
            middle=True,
        ),
        Column("required", "必填", 6, "是或否；每張表至少一欄必填", codec=YesOrNo(), middle=True),
        Column(
            "required_when",
            "必填的情形",
            20,
            "在某種情形下必填：「另一欄的標題」低於 60、高於 60，或為「是」",
            codec=ConditionCell(fields),
        ),
        *map(_attribute_column, ATTRIBUTE_TITLES),
        Column("width", "欄寬", 6, "字元數，4 到 80；可留空白", codec=Whole(), middle=True),
        Column("help", "填寫說明", 34, "顯示在儲存格旁", blank=""),
        Column(
            "wanted",
            "留空提醒",
            8,
            "是或否：選填，但留空時提醒計畫承辦人",
            codec=YesOrNo(),
            middle=True,
        ),
    )
    return tuple(sorted(columns, key=_place))


def _attribute_column(name: str) -> Column:
    """The column of what only some types of fields have."""
    described = next(
        note
        for each in FIELD_TYPES.values()
        if name in each.model_fields
        for note in each.model_fields[name].metadata
        if isinstance(note, PlanColumn)
    )
    return Column(
        name,
        ATTRIBUTE_TITLES[name],
        described.width,
        described.help,
        codec=_CODECS[described.holds],
        blank="" if described.holds == "text" else None,
        middle=described.holds != "texts",
    )


def _place(column: Column) -> int:
    return _ORDER.index(column.field if column.field in _ORDER else ...)


EMPTY_FORMS = Grid(
    sheet=SHEET,
    columns=FORM_COLUMNS,
    note="本計畫自訂的填報表，一列一張；欄位列在「填報欄位」。沒有自訂者留空白，使用內附的填報表。",
)


def empty_fields(forms: Labels) -> Grid:
    return Grid(
        sheet=FIELDS_SHEET,
        columns=field_columns(forms, Labels({})),
        note="自訂填報表的欄位，一列一欄，依表上的順序。",
        spare=15,
        frozen=3,
    )


def form_grid(plan: Plan) -> Grid:
    lines = tuple(line(FORM_COLUMNS, e.id, e.name, values_of(e, FORM_COLUMNS)) for e in plan.forms)
    return Grid(**{**vars(EMPTY_FORMS), "lines": lines})


def field_grid(plan: Plan, forms: Labels) -> Grid:
    lines = tuple(line for form in plan.forms for line in _field_lines(form, forms))
    return Grid(**{**vars(empty_fields(forms)), "lines": lines})


def _field_lines(form: Form, forms: Labels) -> Iterator[Line]:
    shown = field_columns(forms, Labels({each.id: each.title for each in form.fields}))
    for each in form.fields:
        key, name = f"{form.id}.{each.id}", f"{forms.of(form.id)}「{each.title}」"
        yield line(
            shown, key, name, {**values_of(each, shown), "form": form.id, **_unlimited(each)}
        )


def _unlimited(field: FormField) -> dict[str, Any]:
    """A text as long as a cell holds is not shown to be limited."""
    longest = TextField.model_fields["max_length"].default
    limited = isinstance(field, TextField) and field.max_length != longest
    return {} if limited else {"max_length": None}


def read(
    book: Book, table: Table | None, fields: Table | None, place: Place, forms: Labels
) -> list[dict[str, Any]]:
    rows = table.rows if table is not None else ()
    data = [book.item(row, FORM_COLUMNS, (*place, number)) for number, row in enumerate(rows)]
    asked = _by_form(book, fields, place, forms)
    for number, (form, row) in enumerate(zip(data, rows, strict=True)):
        here: Place = (*place, number, "fields")
        form["fields"] = _fields(book, asked.pop(str(form.get("id")), []), here, forms)
        if not form["fields"]:
            found = f"「{FIELDS_SHEET}」工作表沒有這張表的欄位"
            book.wrong(here, row.spot("表名"), found, "至少一個欄位")
    return data


def _by_form(book: Book, table: Table | None, place: Place, forms: Labels) -> dict[str, list[Row]]:
    """The rows of fields by their form's code; those of no form are remarked."""
    found: dict[str, list[Row]] = {}
    for row in table.rows if table is not None else ():
        word = row.text(FORM)
        code = forms.code(word) if word else None
        if code is not None:
            found.setdefault(code, []).append(row)
            continue
        column = field_columns(forms, Labels({}))[0]
        book.item(row, (column,), (*place, f"\n{row.number}"))
    return found


def _fields(book: Book, rows: Sequence[Row], place: Place, forms: Labels) -> list[dict[str, Any]]:
    titles = {folded(row.text("代碼")): row.text("欄位標題") for row in rows}
    _, *shown = field_columns(forms, Labels(titles))
    data = [book.item(row, shown, (*place, number)) for number, row in enumerate(rows)]
    for number, field in enumerate(data):
        _of_its_type(book, (*place, number), field, shown)
    return data


def _of_its_type(book: Book, place: Place, field: dict[str, Any], shown: Sequence[Column]) -> None:
    """What only another type of field has must be blank; false and "" say the same as that."""
    kind = field.get("type", "text")
    if kind not in FIELD_TYPES:
        return
    known = FIELD_TYPES[kind].model_fields
    for column in shown:
        if column.field in known or column.field not in field:
            continue
        if not field[column.field]:
            del field[column.field]
            continue
        book.slip(
            (*place, column.field),
            column.title,
            "",
            Slip(
                "空白",
                found=f"型態為{TYPE_TITLES[kind]}，卻寫了{column.title}",
                hint=f"{column.title}只用於{listed(_types_with(column.field))}型態的欄位",
            ),
        )


def _types_with(name: str) -> list[str]:
    return [each.word for each in FIELD_TYPES.values() if name in each.model_fields]
