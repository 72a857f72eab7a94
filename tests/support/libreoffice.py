"""LibreOffice itself, for what only it can tell: does a workbook survive it, how does it print."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HOW_TO_INSTALL = "apt-get install libreoffice-calc libreoffice-writer fonts-noto-cjk poppler-utils"


class LibreOffice:
    def __init__(self, program: str) -> None:
        self._program = program

    def convert(self, path: Path, to: str) -> Path:
        """The file converted (`ods`, `xlsx`, `pdf`, `odt`, `docx`), in a new folder beside it.

        Each call has a profile of its own: two runs on one profile lose files without a word.
        """
        folder = Path(tempfile.mkdtemp(dir=path.parent, prefix=f"{to}-"))
        with tempfile.TemporaryDirectory(prefix="soffice-") as profile:
            subprocess.run(
                [
                    self._program,
                    f"-env:UserInstallation={Path(profile).as_uri()}",
                    "--headless",
                    "--convert-to",
                    to,
                    "--outdir",
                    str(folder),
                    str(path),
                ],
                check=True,
                capture_output=True,
                timeout=180,
            )
        (converted,) = folder.iterdir()
        return converted


def needed(program: str) -> str:
    """The path of a program. Without it the test is skipped, or on CI fails."""
    found = shutil.which(program)
    if found is None:
        reason = f"{program} is not installed: {HOW_TO_INSTALL}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def soffice() -> LibreOffice:
    return LibreOffice(needed("soffice"))


@pytest.fixture(scope="session")
def writer() -> LibreOffice:
    """LibreOffice with its word processor, which Debian packs apart."""
    if sys.platform != "darwin":
        needed("lowriter")
    return LibreOffice(needed("soffice"))
