"""The plan as a workbook: for a coordinator who edits it in Excel or LibreOffice.

`sheets` say what stands on which sheet, `codecs` what may stand in a cell; `drawing` makes a
workbook of them, `book` and `reading` find them in one that comes back, and `filing` knows the
files that it comes from and goes to.
"""

from __future__ import annotations

from .content import Content
from .drawing import write_book
from .reading import Reading, read_book

__all__ = ["Content", "Reading", "read_book", "write_book"]
