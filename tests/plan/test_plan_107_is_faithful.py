"""The encoded plan of year 107 says what the printed plan says: no more, no less, nothing else.

``107.source.txt`` is the printed plan's text, column by column: within a stretch of a page come the
measures, then their owners, then their frequencies, each column from top to bottom. A line that
holds one space is an empty line of a column, so it shows how far apart the owners stand.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "include" / "plan" / "pingtung"
SOURCE = (FOLDER / "107.source.txt").read_text(encoding="utf-8")
PLAN = yaml.safe_load((FOLDER / "107.yaml").read_text(encoding="utf-8"))

MEASURES = PLAN["measures"]
BY_ID = {measure["id"]: measure for measure in MEASURES}
SECTION_NAMES = {section["id"]: section["name"] for section in PLAN["sections"]}
EVERY_SECTION = "各部門"
FREQUENCY_NAMES = {"ongoing": "隨時辦理", "yearly": "每年一次"}
ASPECTS = ["基礎服務", "服務遞送", "服務量能", "服務評價", "開放創新"]
NUMERALS = "一二三四五"
TABLE_HEADER = "面向 執行策略 具體作法 承辦部門 執行期間"
# Item headings that stand in the plan without a number of their own.
UNNUMBERED_ITEMS = {"提升同仁行政效率", "深化服務量能", "有效及時處理用戶之意見、抱怨及陳情"}

OWNER = "|".join([*SECTION_NAMES.values(), EVERY_SECTION])
FREQUENCY = "|".join(FREQUENCY_NAMES.values())
COLUMN_LINE = re.compile(rf"(?:{OWNER}|{FREQUENCY}|、|\s)+")


def bare(text):
    """The text without any whitespace."""
    return re.sub(r"\s+", "", text)


def owner_names(measure):
    if measure["owners"] == "all":
        return [EVERY_SECTION]
    return [SECTION_NAMES[owner] for owner in measure["owners"]]


def is_column_line(line):
    """Whether a line holds nothing but names of the owner column and of the frequency column."""
    return bool(line.strip()) and COLUMN_LINE.fullmatch(line) is not None


def collapsed_source():
    kept = [
        line
        for line in SOURCE.splitlines()
        if line.strip() != TABLE_HEADER and not is_column_line(line)
    ]
    return bare("".join(kept))


def test_the_plan_has_89_measures():
    assert len(MEASURES) == 89


def test_every_id_is_unique_and_a_string():
    assert all(isinstance(measure["id"], str) for measure in MEASURES)
    assert [id for id, n in Counter(m["id"] for m in MEASURES).items() if n > 1] == []


def test_ids_are_in_the_plans_order():
    keys = [tuple(int(part) for part in measure["id"].split(".")) for measure in MEASURES]
    assert keys == sorted(keys)


def test_aspects_are_in_order_and_agree_with_the_ids():
    assert list(dict.fromkeys(measure["aspect"] for measure in MEASURES)) == ASPECTS
    for measure in MEASURES:
        assert measure["aspect"] == ASPECTS[int(measure["id"].split(".")[0]) - 1], measure["id"]
    assert list(PLAN["scoring"]["weights"]) == ASPECTS
    assert sum(PLAN["scoring"]["weights"].values()) == 100


@pytest.mark.parametrize("frequency", FREQUENCY_NAMES)
def test_frequencies_are_as_many_as_printed(frequency):
    printed = SOURCE.count(FREQUENCY_NAMES[frequency])
    assert sum(measure["frequency"] == frequency for measure in MEASURES) == printed
    assert printed == {"ongoing": 87, "yearly": 2}[frequency]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("business", 62),
        ("general_affairs", 11),
        ("design", 9),
        ("billing", 11),
        ("human_resources", 1),
    ],
)
def test_each_section_is_named_as_often_as_printed(section, expected):
    printed = SOURCE.count(SECTION_NAMES[section])
    named = sum(measure["owners"] != "all" and section in measure["owners"] for measure in MEASURES)
    assert named == printed == expected


def test_every_section_is_named_as_often_as_printed():
    # 各部門 stands once outside the table: 參、實施對象 says for whom the plan is
    # (屏東區營業處各部門。) and names no owner. All others are entries of the owner column.
    scope = SOURCE[SOURCE.index("參、 實施對象") : SOURCE.index("肆、 執行策略及具體作法")]
    assert scope.count(EVERY_SECTION) == 1
    assert bare(scope) == "參、實施對象" + PLAN["header"]["scope"]

    printed = SOURCE.count(EVERY_SECTION) - 1
    assert sum(measure["owners"] == "all" for measure in MEASURES) == printed == 20


@pytest.mark.parametrize(
    ("section", "rows"),
    [
        ("business", 82),
        ("general_affairs", 31),
        ("design", 29),
        ("billing", 31),
        ("human_resources", 21),
    ],
)
def test_rows_per_section_with_every_section_counted_in(section, rows):
    assert sum(m["owners"] == "all" or section in m["owners"] for m in MEASURES) == rows


def test_owners_name_known_sections_once_each():
    for measure in MEASURES:
        if measure["owners"] != "all":
            assert measure["owners"], measure["id"]
            assert set(measure["owners"]) <= set(SECTION_NAMES), measure["id"]
            assert len(set(measure["owners"])) == len(measure["owners"]), measure["id"]


def test_owners_and_frequencies_stand_in_the_printed_order():
    # Both columns run in the order of the measures. So read from beginning to end, across cells and
    # pages, their entries are the plan's; which measure each belongs to is checked by hand below.
    columns = "\n".join(line for line in SOURCE.splitlines() if is_column_line(line))
    assert re.findall(OWNER, columns) == [n for m in MEASURES for n in owner_names(m)]
    assert re.findall(FREQUENCY, columns) == [FREQUENCY_NAMES[m["frequency"]] for m in MEASURES]


def test_each_measures_text_is_in_the_source_in_order():
    source, position = collapsed_source(), 0
    for measure in MEASURES:
        text = bare(measure["text"])
        assert text in source, measure["id"]
        position = source.find(text, position)
        assert position >= 0, f"{measure['id']} is out of order"
        position += len(text)


def test_each_header_text_is_in_the_source():
    source, header = collapsed_source(), PLAN["header"]
    assert len(header["basis"]) == 4
    names = ("title", "goal", "scope", "steps", "assessment", "supplement")
    for text in [*(header[name] for name in names), *header["basis"]]:
        assert bare(text) in source, text


def test_the_encoded_plan_gives_the_whole_printed_text_back():
    """Nothing is missing between the texts either: headings and numbers join them seamlessly."""
    header = PLAN["header"]
    year, month, day = (int(part) for part in header["established"].split("-"))
    parts = [header["title"], f"{year}年{month}月{day}日訂定", "壹、計畫依據"]
    parts += [f"{NUMERALS[i]}、{text}" for i, text in enumerate(header["basis"])]
    parts += ["貳、計畫目標", header["goal"], "參、實施對象", header["scope"]]
    parts += ["肆、執行策略及具體作法"]

    aspect = strategy = item = None
    for measure in MEASURES:
        aspect_no, strategy_no, *numbers = measure["id"].split(".")
        if measure["aspect"] != aspect:
            aspect = measure["aspect"]
            parts.append(f"{NUMERALS[int(aspect_no) - 1]}、{aspect}")
        if measure["strategy"] != strategy:
            strategy, item = measure["strategy"], None
            brackets = "()" if aspect == "開放創新" else "（）"  # printed so
            parts.append(NUMERALS[int(strategy_no) - 1].join(brackets) + strategy)
        numbered = bool(measure["item"]) and measure["item"] not in UNNUMBERED_ITEMS
        item_no = numbers.pop(0) if numbered else None
        if measure["item"] and measure["item"] != item:
            item = measure["item"]
            parts.append(f"{item_no}.{item}" if numbered else item)
        parts += [f"({number})" for number in numbers]
        parts.append(measure["text"])

    parts += ["伍、實施步驟", header["steps"], "陸、考核作業", header["assessment"]]
    parts += ["柒、" + header["supplement"]]
    assert bare("".join(parts)) == collapsed_source()


def test_spaces_in_the_texts_are_the_sources_own():
    """A space is kept beside Latin letters and digits, as printed; never between Chinese ones."""
    header = PLAN["header"]
    names = ("title", "goal", "scope", "steps", "assessment", "supplement")
    texts = [measure["text"] for measure in MEASURES]
    texts += [measure["item"] for measure in MEASURES]
    texts += [*(header[name] for name in names), *header["basis"]]
    for text in texts:
        assert text == text.strip()
        for space in re.finditer(r"(?s).[^\S\n].", text):
            assert space.group() in SOURCE, text
            assert re.search(r"[!-~]", space.group()), text


# Read by hand, each from its place in the owner column. Line numbers are of 107.source.txt.
@pytest.mark.parametrize(
    ("id", "owners"),
    [
        # Lines 429-455: (1) is five lines long, and 業務組 comes again five lines below the first.
        ("1.2.1.1", ["business", "general_affairs"]),
        ("1.2.1.2", ["business", "general_affairs"]),
        # Lines 592-740: nine empty lines pass the rest of (2); then 2, 3, 3, 4, 8, 6 lines as
        # (3) to (8).
        ("1.2.1.3", ["general_affairs"]),
        ("1.2.1.4", ["general_affairs"]),
        ("1.2.1.5", ["business"]),
        ("1.2.1.6", ["business"]),
        ("1.2.1.7", ["general_affairs", "business"]),
        ("1.2.1.8", ["business", "general_affairs"]),
        ("1.2.1.9", ["business"]),
        # Lines 943-1023: two empty lines pass the rest of (9); then 5, 3, 3, 3 lines as
        # (10) to (13).
        ("1.2.1.10", ["business", "general_affairs"]),
        # 業務組、 with nothing after its comma: the next name stands three lines below, level
        # with (12).
        ("1.2.1.11", ["business"]),
        ("1.2.1.12", ["business", "general_affairs"]),
        ("1.2.1.13", ["business", "general_affairs", "design"]),
        ("1.2.1.14", ["business", "general_affairs"]),
        # Lines 1290-1368: three empty lines pass the rest of (3); (4) to (6) are four lines each.
        ("1.2.2.3", ["design"]),
        ("1.2.2.4", "all"),
        ("1.2.2.6", "all"),
        ("1.2.2.7", ["design"]),
        # Lines 1418-1488: 8, 5, 4 lines as (1) to (3); the last 業務組 is level with (4).
        ("1.2.3.3", ["business", "billing"]),
        ("1.2.3.4", ["business"]),
        # Lines 1557-1699: 8, 6, 9, 5, 7 lines as (1) to (5).
        ("1.2.4.1", "all"),
        ("1.2.4.2", ["business", "design"]),
        ("1.2.4.3", "all"),
        # Lines 1627, 1699 and 1774-1862: the page breaks after the first line of (6) and its
        # first owner; 設計組 heads the next page, level with the five other lines of (6);
        # 各部門 is level with (7).
        ("1.2.4.6", ["business", "design"]),
        ("1.2.4.7", "all"),
        ("1.2.4.8", ["business", "billing"]),
        ("1.2.4.9", "all"),
        # Lines 2189-2341: 36 empty lines pass the rest of (3), with its 甲 乙 丙.
        ("2.1.1.3", ["business", "billing"]),
        ("2.1.1.4", ["business", "billing"]),
        # Lines 2698-2724 and 2827-2917: the page breaks after two lines of (3) and two of its
        # owners; 設計組 heads the next page, level with the seven other lines of (3).
        ("2.1.4.2", ["business", "billing"]),
        ("2.1.4.3", ["business", "billing", "design"]),
        ("2.1.4.4", ["business", "billing"]),
        ("2.1.4.5", ["business"]),
        ("2.1.4.7", "all"),
        # Lines 3055-3152: 各部門 is level with (1); six empty lines pass the rest of it.
        ("2.2.2.1", "all"),
        ("2.2.2.2", ["business"]),
        # Lines 3497-3533 and 3634.
        ("4.1.1.1", ["business", "human_resources"]),
        ("4.1.1.2", ["business"]),
        ("4.1.1.3", ["business"]),
        # Lines 3700-3766: 3, 3, 5, 4 lines as (1) to (4).
        ("4.2.3", ["business"]),
        ("4.2.4", ["business", "general_affairs"]),
        ("4.2.5", "all"),
        # Lines 3851-3891: six empty lines pass the rest of (2).
        ("5.1.2", "all"),
        ("5.1.3", ["business"]),
        ("5.2.2", ["business", "billing"]),
    ],
)
def test_owners_read_by_hand(id, owners):
    assert BY_ID[id]["owners"] == owners


def test_the_yearly_measures_are_the_satisfaction_survey_and_its_publication():
    yearly = [measure["id"] for measure in MEASURES if measure["frequency"] == "yearly"]
    assert yearly == ["4.1.1.1", "4.1.1.3"]


def test_sub_points_stay_inside_their_measure():
    starts = {m["id"]: [line[0] for line in m["text"].split("\n")[1:]] for m in MEASURES}
    assert {id: first for id, first in starts.items() if first} == {
        "2.1.1.3": ["甲", "乙", "丙"],
        "5.2.2": ["甲", "乙"],
    }
