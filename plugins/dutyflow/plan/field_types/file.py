"""A field for files that come along with the answer, or web addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from dutyflow.plan.answers import Value

from .base import Control, FormField

_LIST_ENDS = re.compile(r"[\n、；;]+")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class FileField(FormField):
    """Names of files that come along, or web addresses; several on lines of their own."""

    word = "檔案"
    default_width = 24
    names_files = True

    type: Literal["file"]

    @property
    def expected(self) -> str:
        return "一起附上的檔案名稱，或網址"

    def read(self, text: str) -> str:
        return text

    @property
    def control(self) -> Control:
        return Control("files")

    def files_named(self, value: Value) -> Iterator[str]:
        parts = (part.strip() for part in _LIST_ENDS.split(str(value)))
        return (part for part in parts if part and not _ADDRESS.fullmatch(part))
