"""How long it takes to judge the forms that come back, next to only reading them.

    .venv/bin/python benchmarks/judging.py

Judges 200 answered forms of 82 rows; reads the same files with pandas (openpyxl) and with bare
calamine. The ways take turns, round by round, so that a busy machine slows all of them alike;
each is told by its median round. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import pandas as pd
from python_calamine import CalamineWorkbook

from dutyflow.answers import Answer
from dutyflow.forms import SELF_ASSESSMENT, FormStamp, Heading, judge, write_form
from dutyflow.plan.model import Measure

FILES, ROWS, ROUNDS = 200, 82, 5
FASTER_THAN_PANDAS, SLOWER_THAN_CALAMINE = 5.0, 3.0

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


@dataclass(frozen=True, kw_only=True)
class Way:
    name: str
    run: Callable[[bytes], object]


def main() -> int:
    measures = list(_measures())
    files = [_answered(measures, number) for number in range(FILES)]
    ways = (
        Way(name="judge", run=lambda data: _judge(data, measures)),
        Way(name="calamine", run=_calamine),
        Way(name="pandas", run=_pandas),
    )
    rounds: dict[str, list[float]] = {way.name: [] for way in ways}
    for way in ways:  # what is only done once (imports, the child) is not what this is about
        way.run(files[0])
    for _ in range(ROUNDS):
        for way in ways:
            rounds[way.name].append(_seconds(way, files))
    return _report({name: statistics.median(times) for name, times in rounds.items()})


def _report(medians: dict[str, float]) -> int:
    mine = medians["judge"]
    faster, slower = medians["pandas"] / mine, mine / medians["calamine"]
    print(f"{FILES} answered forms of {ROWS} rows, median of {ROUNDS} interleaved rounds\n")
    print(f"{'':34}{'seconds':>9}{'ms a file':>11}{'ratio':>8}  target")
    for label, name, ratio, target in (
        ("judge: guard, child, verdict", "judge", "", ""),
        ("bare calamine, every sheet", "calamine", f"{slower:.2f}x", "judge takes ≤ 3x its time"),
        ("pandas.read_excel, openpyxl", "pandas", f"{faster:.2f}x", "judge is ≥ 5x faster"),
    ):
        seconds = medians[name]
        print(f"{label:34}{seconds:9.3f}{seconds / FILES * 1000:11.2f}{ratio:>8}  {target}")
    met = faster >= FASTER_THAN_PANDAS and slower <= SLOWER_THAN_CALAMINE
    print(f"\ntargets {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _seconds(way: Way, files: list[bytes]) -> float:
    start = time.perf_counter()
    for data in files:
        way.run(data)
    return time.perf_counter() - start


def _judge(data: bytes, measures: list[Measure]) -> None:
    verdict = judge(
        data,
        form=SELF_ASSESSMENT,
        rows=measures,
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


def _answered(measures: list[Measure], number: int) -> bytes:
    answers = (
        Answer(
            measure=measure.id,
            text=f"辦理 {number + place} 件，均於期限內完成，並檢討作業流程。" * (1 + place % 4),
            score=80 + (number + place) % 20 + 0.5,
            evidence=f"屏東字第 107{number:03}{place:03} 號",
        )
        for place, measure in enumerate(measures)
    )
    return write_form(
        form=SELF_ASSESSMENT,
        stamp=STAMP,
        secret=SECRET,
        heading=HEADING,
        rows=measures,
        answers=answers,
    )


if __name__ == "__main__":
    sys.exit(main())
