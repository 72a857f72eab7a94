"""Who may grant more time, in one cell: `組長 10、處長 20、業務處`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from dutyflow.plan.extensions import Level
from dutyflow.plan.roles import ROLE_TITLES, Approver
from dutyflow.plan.texts import folded

from .codecs import Codec, Shown, Slip

EXPECTED = "由低而高，以頓號分開：核准人與合計至多的工作天數，例如 組長 10、處長 20、業務處"
_SEPARATORS = re.compile(r"[、,，;；\n]+")
_LEVEL = re.compile(r"(?P<by>\D+?)(?P<days>[0-9]{1,3})?(?:個?工作天)?")
_BY_TITLE: dict[str, Approver] = {
    name: by for by in get_args(Approver) for name in (by, ROLE_TITLES[by])
}


class Levels(Codec):
    """The levels of authority, from the lowest up; one without a number has no end."""

    def show(self, value: Sequence[Level]) -> Shown:
        return "、".join(
            f"{ROLE_TITLES[level.by]} {level.working_days or ''}".strip() for level in value
        )

    def read(self, text: str) -> list[dict[str, Any]]:
        return [self._level(part) for part in _SEPARATORS.split(text) if part.strip()]

    def _level(self, written: str) -> dict[str, Any]:
        match = _LEVEL.fullmatch(folded(written).replace(" ", ""))
        by = _BY_TITLE.get(match["by"]) if match else None
        if match is None or by is None:
            raise Slip(EXPECTED, part=written.strip())
        return {"by": by} | ({"working_days": int(match["days"])} if match["days"] else {})
