"""The layout of the code: few rooms, each on a floor of the import contract."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "plugins" / "dutyflow"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def rooms(folder: Path) -> set[str]:
    """The modules and packages directly in a folder."""
    return {
        path.stem
        for path in folder.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }


def floors(contract: dict[str, list[str]]) -> set[str]:
    return {name for layer in contract["layers"] for name in re.split(r" [|:] ", layer)}


def test_a_newcomer_finds_few_doors() -> None:
    shown = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(shown) <= 18, sorted(path.name for path in shown)


def test_every_module_stands_on_a_floor() -> None:
    for contract in CONTRACTS[:2]:
        (container,) = contract["containers"]
        folder = PACKAGE.parent / container.replace(".", "/")
        assert rooms(folder) == floors(contract)
        assert contract["exhaustive"]


def test_the_contract_can_be_read_at_a_glance() -> None:
    names = set().union(*map(floors, CONTRACTS[:2]))
    names |= {name for each in CONTRACTS[2:] for name in each["source_modules"]}
    assert len(names) <= 30


def test_every_package_says_what_it_is_for() -> None:
    bare = [
        str(init.relative_to(PACKAGE))
        for init in PACKAGE.rglob("__init__.py")
        if "migrations" not in init.parts and not init.read_text().startswith('"""')
    ]
    assert bare == []
