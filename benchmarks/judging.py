"""How long it takes to judge the forms that come back, next to only reading them.

    .venv/bin/python -m benchmarks.judging

Judges 200 answered forms of 82 rows; reads the same files with pandas (openpyxl) and with bare
calamine. Told are wall time, and processor time with that of the child which reads for us: while
others are busy on the machine, wall time flatters what waits for another process.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd
from python_calamine import CalamineWorkbook

from dutyflow.forms import FormStamp, Heading, judge, read, write_form
from dutyflow.infra.sandbox import runner
from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import AskedRow, measure_row
from dutyflow.plan.catalogue import shipped_forms
from dutyflow.plan.model import Measure

from .figures import Figure, Times, milliseconds, ratio, show
from .meter import Meter

FILES, ROWS, ROUNDS = 200, 82, 5
FASTER_THAN_PANDAS, SLOWER_THAN_CALAMINE = 5.0, 3.0

SELF_ASSESSMENT = shipped_forms()["self_assessment"]
SECRET = b"a secret for the benchmark only, 32+"
STAMP = FormStamp(
    assignment="pingtung/self_assessment/107H1/business",
    form=SELF_ASSESSMENT.id,
    form_version=SELF_ASSESSMENT.version,
    plan_hash="0" * 64,
)
HEADING = Heading(
    office="屏東區營業處",
    section="業務組",
    duty="半年自行考核",
    period="107年上半年",
    deadline="107年7月4日（三）",
    reply_to="plan+token@example.gov.tw",
    coordinator="承辦人",
)


def main() -> int:
    rows = list(map(measure_row, _measures()))
    files = [_answered(rows, number) for number in range(FILES)]
    readers: dict[str, Callable[[bytes], object]] = {
        "judge": partial(_judge, rows=rows),
        "pandas": _pandas,
        "calamine": _calamine,
    }
    for way in readers.values():  # what is only done once (imports, the child) is not timed
        way(files[0])
    meter = Meter(helper=runner._idle[-1]._process.pid)
    ways = {name: partial(_measure, meter, way, files) for name, way in readers.items()}
    worked, passed = meter.take_turns(ways, ROUNDS)
    show(
        f"Judging {FILES} answered forms of {ROWS} rows (a file each; {ROUNDS} rounds)",
        [*_figures(passed, "wall"), *_figures(worked, "processor")],
    )
    return 0


def _figures(times: Times, kind: str) -> Iterator[Figure]:
    yield Figure(
        what=f"faster than pandas, {kind}: {milliseconds(times, 'judge')}",
        baseline=f"pandas.read_excel, openpyxl: {milliseconds(times, 'pandas')}",
        value=ratio(times, of="pandas", to="judge"),
        target=FASTER_THAN_PANDAS,
        better="≥",
    )
    yield Figure(
        what=f"time next to calamine, {kind}: {milliseconds(times, 'judge')}",
        baseline=f"bare calamine, every sheet: {milliseconds(times, 'calamine')}",
        value=ratio(times, of="judge", to="calamine"),
        target=SLOWER_THAN_CALAMINE,
    )


def _measure(meter: Meter, read: Callable[[bytes], object], files: list[bytes]) -> float:
    def all_files() -> None:
        for data in files:
            read(data)

    return meter.measure(all_files, len(files))


def _judge(data: bytes, rows: list[AskedRow]) -> None:
    verdict = judge(
        read(data),
        form=SELF_ASSESSMENT,
        rows=rows,
        secret=SECRET,
        assignment=STAMP.assignment,
        plan_hash=STAMP.plan_hash,
    )
    assert verdict.accepted
    assert len(verdict.answers) == ROWS


def _calamine(data: bytes) -> dict[str, object]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def _pandas(data: bytes) -> pd.DataFrame:
    return pd.read_excel(io.BytesIO(data), engine="openpyxl")


def _measures() -> Iterator[Measure]:
    for number in range(ROWS):
        aspect, rest = divmod(number, 20)
        yield Measure(
            id=f"{aspect + 1}.{rest // 7 + 1}.{rest % 7 + 1}",
            aspect=("基礎服務", "服務遞送", "服務量能", "服務評價", "開放創新")[aspect],
            strategy="服務一致及正確性",
            item="提升服務及時性" if number % 3 else "",
            text=f"第 {number} 項：訂定各項用電申請適時供電日程及管控機制，" * (1 + number % 3),
            owners="all",
            frequency="ongoing",
        )


def _answered(rows: list[AskedRow], number: int) -> bytes:
    answers = (
        Answer(
            row=row.id,
            values={
                "text": f"辦理 {number + place} 件，均於期限內完成，並檢討作業流程。"
                * (1 + place % 4),
                "score": 80 + (number + place) % 20 + 0.5,
                "evidence": f"屏東字第 107{number:03}{place:03} 號",
            },
        )
        for place, row in enumerate(rows)
    )
    return write_form(
        form=SELF_ASSESSMENT,
        stamp=STAMP,
        secret=SECRET,
        heading=HEADING,
        rows=rows,
        answers=answers,
    )


if __name__ == "__main__":
    sys.exit(main())
