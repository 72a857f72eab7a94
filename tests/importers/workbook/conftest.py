"""The workbook of an invented plan, as it is written."""

from pathlib import Path

import pytest

from dutyflow.importers.workbook import write_book
from tests.importers.workbook.samples import content
from tests.support.libreoffice import soffice

__all__ = ["soffice"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plan") / "penghu"


@pytest.fixture(scope="module")
def made(folder: Path) -> bytes:
    return write_book(content(folder))
