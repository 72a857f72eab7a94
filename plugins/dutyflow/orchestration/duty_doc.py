"""What a coordinator reads in Airflow about a duty: its owners, its tags, its page (Markdown)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dutyflow.plan.outline import CycleOutline, DutyOutline, OfficeOutline

CYCLES_SHOWN = 3
MOST_OWNERS, MOST_OF_A_TAG = 2000, 100  # characters, in Airflow's database


def owners_of(duty: DutyOutline) -> str:
    """The sections' names: Airflow splits owners at commas, and filters by each."""
    names = ", ".join(name.replace(",", "，") for name in duty.sections)
    return names if len(names) <= MOST_OWNERS else f"{names[: MOST_OWNERS - 1]}…"


def tags_of(office: OfficeOutline, duty: DutyOutline) -> list[str]:
    """Office, frequency, and each aspect that the duty's measures belong to."""
    tags = ["dutyflow", office.name, duty.every, *duty.aspects]
    return [tag if len(tag) <= MOST_OF_A_TAG else f"{tag[: MOST_OF_A_TAG - 1]}…" for tag in tags]


def page_of(office: OfficeOutline, duty: DutyOutline, today: date) -> str:
    """The page. It changes with the plan, and on the day after a cycle is over."""
    return "\n".join(
        [
            f"**{office.title}**",
            "",
            *_what(duty),
            "",
            "### 時程",
            "",
            *_when(duty),
            "",
            f"### 最近 {CYCLES_SHOWN} 期",
            "",
            *_cycles(duty, duty.next_cycles(today, CYCLES_SHOWN)),
            "",
            "逾期未報者，「收件」顯示為失敗；補報後清除該組室的「收件」即重新彙整，其餘組室不受影響。",
            "",
        ]
    )


def _what(duty: DutyOutline) -> Iterator[str]:
    yield f"- 工作：{duty.name}（具體作法 {duty.measures} 項，填「{duty.form}」）"
    yield f"- 依據：{_on_one_line(duty.clause)}"
    if duty.assumption:
        yield f"- **假設**：{_on_one_line(duty.assumption)}"
    yield f"- 辦理組室：{'、'.join(duty.sections)}"
    yield f"- 面向：{'、'.join(map(_on_one_line, duty.aspects))}"
    if duty.after:
        yield f"- 接續：「{duty.after}」核定後開始"
    if duty.followers:
        followers = "、".join(f"「{name}」" for name in duty.followers)
        yield f"- 核定後接著開始：{followers}"


def _when(duty: DutyOutline) -> Iterator[str]:
    yield f"- 週期：{duty.every}"
    yield f"- 開啟：{duty.opens}"
    yield f"- 收件期限：{duty.collect_by}"
    yield f"- 報送期限：{duty.report_due}"


def _cycles(duty: DutyOutline, shown: list[CycleOutline]) -> Iterator[str]:
    if not shown:
        yield "（計畫中已無後續期別）"
        return
    yield "| 期別 | 開啟 | 收件期限 | 報送期限 | |"
    yield "| --- | --- | --- | --- | --- |"
    for cycle in shown:
        mark = "暫定" if cycle.provisional else ""
        days = f"{cycle.opens} | {cycle.collect_by} | {cycle.report_due}"
        yield f"| {_in_a_cell(cycle.title)}（{cycle.name}） | {days} | {mark} |"
    yield ""
    if duty.after:
        yield f"以上為預定；實際日期自「{duty.after}」核定之日起算。"
    if any(cycle.provisional for cycle in shown):
        yield "暫定：該年政府行政機關辦公日曆表尚未公布，日期可能變動。"


def _in_a_cell(text: str) -> str:
    return text.replace("|", "｜")


def _on_one_line(text: str) -> str:
    return " ".join(text.split())
