"""From one office format to another, by LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from dutyflow.errors import DutyflowError

SECONDS = 120  # until a conversion is given up


class CannotConvert(DutyflowError):
    """LibreOffice is not there, or could not do it."""


def xlsx_to_ods(workbook: bytes) -> bytes:
    """The workbook as an OpenDocument spreadsheet. Raises CannotConvert.

    Each call has a profile of its own: two runs on one profile lose files without a word.
    """
    program = shutil.which("soffice")
    if program is None:
        raise CannotConvert("轉成 ODS 需要 LibreOffice（soffice），這台電腦沒有；請改用 .xlsx")
    with tempfile.TemporaryDirectory(prefix="dutyflow-ods-") as folder:
        source, target = Path(folder, "it.xlsx"), Path(folder, "it.ods")
        source.write_bytes(workbook)
        profile = Path(folder, "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "ods"]
        try:
            subprocess.run(  # noqa: S603  a program of the system, arguments of our own
                [*command, "--outdir", folder, str(source)],
                check=True,
                capture_output=True,
                timeout=SECONDS,
            )
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotConvert(f"LibreOffice 無法轉成 ODS（{error}）；請改用 .xlsx") from error
