"""Values in templates: escaped, and without what turns the text round."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from dutyflow.web.security.html import html_environment


def shown(tmp_path: Path, template: str, **values: object) -> str:
    (tmp_path / "page.html").write_text(template, encoding="utf-8")
    environment = html_environment(tmp_path, {"twice": lambda text: text * 2})
    return environment.get_template("page.html").render(values)


def test_markup_in_a_value_is_text(tmp_path: Path) -> None:
    said = shown(tmp_path, '<p title="{{ it }}">{{ it }}</p>', it='"><script>')
    assert said == '<p title="&#34;&gt;&lt;script&gt;">&#34;&gt;&lt;script&gt;</p>'


def test_a_value_cannot_turn_the_text_round(tmp_path: Path) -> None:
    said = shown(tmp_path, "{{ it }}{{ it|twice }}", it="a\u202efdp.exe\x00\ud800")
    assert said == "afdp.exe\ufffd" * 3


def test_lines_and_letters_stay(tmp_path: Path) -> None:
    assert shown(tmp_path, "{{ it }}", it="第一行\r\n　第二行\t👩‍🔧") == "第一行\n　第二行\t👩‍🔧"
    assert shown(tmp_path, "{{ it|line }}", it="第一行\n第二行") == "第一行 第二行"


def test_what_a_macro_gives_is_not_escaped_twice(tmp_path: Path) -> None:
    template = "{% macro bold(it) %}<b>{{ it }}</b>{% endmacro %}{{ bold(it) }}{{ 7 }}"
    assert shown(tmp_path, template, it="a&b") == "<b>a&amp;b</b>7"


def test_a_value_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        shown(tmp_path, "{{ it }}")
