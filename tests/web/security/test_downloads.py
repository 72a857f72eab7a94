"""Names of downloads: whatever a stranger calls a file."""

from __future__ import annotations

import re
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from dutyflow.web.security.downloads import content_disposition


@given(st.text(max_size=300))
def test_no_name_escapes_its_header(name: str) -> None:
    """RFC 6266: one line, one value; what a browser reads out is a plain name."""
    said = content_disposition(name)
    assert said.isascii()
    assert said.isprintable()
    plain, whole = re.fullmatch(
        r"attachment; filename=\"([^\"\\]*)\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)", said
    ).groups()  # type: ignore[union-attr]
    assert not set("/\\") & set(plain + unquote(whole))
    assert plain.strip(". ")


def test_a_name_in_chinese_arrives_whole() -> None:
    said = content_disposition("107年上半年自評_設計組.xlsx")
    assert unquote(said.partition("UTF-8''")[2]) == "107年上半年自評_設計組.xlsx"


def test_a_name_with_quotes_and_line_ends_stays_one() -> None:
    said = content_disposition('a"; filename="b.exe\r\nX-Evil: 1\r\n\r\n..\\..\\c.html')
    assert "\r" not in said
    assert said.count("filename=") == 1
