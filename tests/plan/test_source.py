"""What people write as YAML becomes plain data with line numbers, or a sentence that helps."""

from pathlib import Path

import pytest
import yaml

from dutyflow.plan.limits import MAX_BYTES
from dutyflow.plan.source import parse

PLAN_107 = Path(__file__).resolve().parents[2] / "include/plan/pingtung/107.yaml"


def test_the_real_plan_reads_as_any_yaml_reader_reads_it():
    content = PLAN_107.read_bytes()
    assert parse(content, "107.yaml").data == yaml.safe_load(content)


def test_places_know_their_lines():
    source = parse(b"a:\n  - b: 1\n    c: |\n      long\n      text\n  - d\n", "x.yaml")
    assert source.data == {"a": [{"b": 1, "c": "long\ntext\n"}, "d"]}
    lines = {("a",): 1, ("a", 0): 2, ("a", 0, "b"): 2, ("a", 0, "c"): 3, ("a", 1): 6}
    assert {place: source.line(place) for place in lines} == lines


def test_a_place_that_is_not_in_the_file_has_the_line_of_what_surrounds_it():
    source = parse(b"a:\n  b:\n    c: 1\n", "x.yaml")
    assert source.line(("a", "b", "missing")) == 2
    assert source.line(("missing",)) == 1


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5),
        ("-10", -10),
        ("1.10", 1.1),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"5"', "5"),
        ("!!str 5", "5"),
        # Other meanings that YAML 1.1 gives to plain words would only surprise:
        ("107-03-29", "107-03-29"),
        ("2018-03-29", "2018-03-29"),
        ("2018-02-30", "2018-02-30"),
        ("0107", "0107"),
        ("1:30", "1:30"),
        ("no", "no"),
        ("off", "off"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
    ],
)
def test_scalars(written, value):
    data = parse(f"a: {written}\n".encode(), "x.yaml").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "found", "hint"),
    [
        ("a: 1\nb:\n\t- c\n", 3, "- c", "不可用 Tab"),
        ("name：業務組\nid: b\n", 2, "id: b", "半形冒號"),
        ("a: 1\n測試：\n  - b: c\n", 3, "- b: c", "半形冒號"),
        ("a: [甲，乙\n", 1, "a: [甲，乙", "半形的括號與逗號"),
        ('a: "never closed\nb: 1\n', 1, 'a: "never closed', "第 1 行起"),
        ("a: b: c\n", 1, "a: b: c", "冒號後的空格"),
        ("- a\nb: c\n", 2, "b: c", "縮排"),
        ("a: @b\n", 1, "a: @b", "引號"),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line_and_what_to_look_for(text, line, found, hint):
    (finding,) = parse(text.encode(), "x.yaml").findings
    assert finding.where == f"x.yaml:{line}"
    assert found in finding.found
    assert "YAML" in finding.expected
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("content", "where", "found"),
    [
        (b"", "x.yaml:1", "空白的檔案"),
        (b"# only a comment\n", "x.yaml:1", "空白的檔案"),
        (b"a: 1\n---\nb: 2\n", "x.yaml:2", "第二份文件"),
        (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", "x.yaml:2", "標籤"),
        (b"a: !include other.yaml\n", "x.yaml:1", "標籤「!include」"),
        (b"a: &x [1]\nb: *x\n", "x.yaml:2", "別名「*x」"),
        (b"a: &x [*x]\n", "x.yaml:1", "別名「*x」"),
        (b"? [a, b]\n: c\n", "x.yaml:1", "欄位名稱"),
        (b"a: 1\nb: \x00\n", "x.yaml:2", "控制字元 U+0000"),
        ("a: 1\nname: 業務組\n".encode("big5"), "x.yaml:2", "不是 UTF-8"),
        (b"a: " + b"x" * MAX_BYTES, "x.yaml:1", "超過 2 MB"),
    ],
)
def test_what_is_refused(content, where, found):
    source = parse(content, "x.yaml")
    (finding,) = source.findings
    assert source.data is None
    assert finding.where == where
    assert found in finding.found
    assert finding.expected


@pytest.mark.parametrize("bomb", ["[" * 500_000, "- " * 500_000, "{a: " * 300_000, "? " * 500_000])
def test_nesting_without_end_is_refused_and_harms_nobody(bomb):
    (finding,) = parse(bomb.encode(), "x.yaml").findings
    assert finding.where == "x.yaml:1"


def test_a_field_written_twice_is_told_with_both_lines_and_the_first_counts():
    source = parse(b"a: 1\nb: {c: 1, c: 2}\na: {d: 1}\na: 3\n", "x.yaml")
    assert source.data == {"a": 1, "b": {"c": 1}}
    assert [(f.where, f.found, f.hint) for f in source.findings] == [
        ("x.yaml:2", "欄位「c」重複", "另見第 2 行"),
        ("x.yaml:3", "欄位「a」重複", "另見第 1 行"),
        ("x.yaml:4", "欄位「a」重複", "另見第 1 行"),
    ]


def test_a_byte_order_mark_is_not_part_of_the_first_field():
    assert parse("\ufeffa: 1\n".encode(), "x.yaml").data == {"a": 1}
