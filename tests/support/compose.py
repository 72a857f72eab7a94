"""docker-compose.yaml as compose reads it, with the variables of an `.env` beside it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")
FILLED_IN = "abc123"  # what a person puts where an example leaves it to them


def variables(env: str) -> dict[str, str]:
    """What an `.env` sets, without its comments."""
    lines = (line for line in env.splitlines() if line and not line.startswith("#"))
    pairs = (line.partition("=") for line in lines)
    return {name: " ".join(shlex.split(value)) for name, _, value in pairs}


def environment_of(service: str, env: str) -> dict[str, str]:
    """A service's environment under an `.env`, in which a person filled in what was left to them.

    Raises KeyError for a variable that compose demands and the `.env` does not name.
    """
    given = variables(env)

    def value(match: re.Match[str]) -> str:
        if match["rest"].startswith(":-"):
            return given.get(match["name"]) or match["rest"].removeprefix(":-")
        return given[match["name"]] or FILLED_IN

    written = SERVICES[service].get("environment") or {}
    return {name: VARIABLE.sub(value, str(said)) for name, said in written.items()}
