"""The plan file's JSON schema: editors complete fields and mark mistakes while one is typing."""

from __future__ import annotations

import json
from typing import Any

from .model import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def plan_schema() -> dict[str, Any]:
    schema = Plan.model_json_schema(by_alias=True)
    for part in (schema, *schema["$defs"].values()):
        part.pop("description", None)  # of the class, for developers; those of fields are Chinese
    return {"$schema": DIALECT, **schema, "title": "執行計畫"}


def schema_text() -> str:
    """The text of `include/plan/plan.schema.json`."""
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"
