"""The plan as a workbook: for a coordinator who edits it in Excel or LibreOffice."""

from __future__ import annotations

from .content import Content
from .drawing import write_book
from .reading import Reading, read_book

__all__ = ["Content", "Reading", "read_book", "write_book"]
