"""What in a workbook reaches beyond it: formulas that fetch or start something, declared entities.

The cells' values are all that is ever read of a form, so that none of this could run here. But the
file is kept, and somebody may open it.
"""

from __future__ import annotations

import re
from itertools import chain

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from collections.abc import Iterator

ENTITIES = "entities"

_CELLS = re.compile(r"xl/(?:worksheets|chartsheets)/[^/]+\.xml|content\.xml", re.IGNORECASE)
# A part has many "<" but few "!" and "f": what a pattern begins with is searched for much faster.
_DECLARED = re.compile(rb"!(?<=<!)(?:DOCTYPE|ENTITY)")
_FORMULA = re.compile(rb"f(?<=[<:]f)(?:[\s/>]|ormula\s*=)")
_IN_XLSX = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?>(?P<formula>[^<]*(?:<[!?][^<]*)*)")
# What a cell may hold, how it is shown, and what has a name can be reckoned, too.
_BESIDE = re.compile(rb"ormula[12]?>(?P<formula>[^<]+)<")
_NAMED = re.compile(rb"definedName\s[^<>]*>(?P<formula>[^<]+)<")
_IN_ODS = re.compile(rb""":formula\s*=\s*(["'])(?P<formula>.*?)\1""", re.DOTALL)
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["']""")
_NEAR = 300  # bytes before a formula, in which its cell is named
_TEXT = re.compile(r'"[^"]*"')
_REACHES = re.compile(
    r"\b(WEBSERVICE|HYPERLINK|IMPORT(?:XML|DATA|HTML|RANGE|FEED)|DDE|RTD|CALL|EXEC|SQL\.REQUEST|IMAGE"
    r"|REGISTER(?:\.ID)?|STOCKHISTORY|GOOGLEFINANCE)\s*\(|[\w.]+\s*\|\s*'|\[\d+\]"
    r"|'(?:file|https?|ftp):|\[[^\[\]]{1,200}\.(?:xl\w{1,2}|ods|csv)\]|\\\\[\w.$-]+\\"
    r"|<[!?]",  # a comment, or the like, that would hide any of them
    re.IGNORECASE | re.ASCII,
)


def what_reaches_out(name: str, content: bytes) -> tuple[str, str] | None:
    """Of one part: ENTITIES, or the name of a function with its cell; each "" where it is not
    known. None where there is nothing."""
    if b"!" in content and _DECLARED.search(content):
        return ENTITIES, ""
    return next(
        chain.from_iterable(_formulas(content, each) for each in _patterns(name, content)), None
    )


def _patterns(name: str, content: bytes) -> Iterator[re.Pattern[bytes]]:
    """Where a part can hold formulas."""
    if _CELLS.fullmatch(name):
        if _FORMULA.search(content):
            yield _IN_ODS if name == "content.xml" else _IN_XLSX
        yield _BESIDE
    if name == "xl/workbook.xml":
        yield _NAMED


def _formulas(content: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[str, str]]:
    from html import unescape  # slow to import, and few forms have a formula

    for formula in pattern.finditer(content):
        text = unescape(formula["formula"].decode("utf-8", "replace"))
        reaching = _REACHES.search(_TEXT.sub("", text))
        if reaching:
            yield (reaching[1] or "").upper(), _cell(content, formula.start())


def _cell(content: bytes, formula: int) -> str:
    named = _CELL.findall(content, max(formula - _NEAR, 0), formula)
    return named[-1].decode() if named else ""
