"""A real browser, and axe-core in it: what only they can tell of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.support.clock import with_the_machine_s_clock

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
DESKTOP, PHONE = (1280, 800), (390, 844)
HOW_TO_INSTALL = "apt-get install chromium, or: .venv/bin/playwright install chromium"


@pytest.fixture(scope="module")  # while it is there, its event loop runs: no other may be started
def browser() -> Iterator[Browser]:
    """One for the tests of a module. Without it they are skipped and say why, or on CI fail."""
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(
                executable_path=_program(), args=QUIET, env={**with_the_machine_s_clock()}
            )
        except Error:
            reason = f"no Chromium: {HOW_TO_INSTALL}"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield launched
        launched.close()


def _program() -> str | None:
    """The machine's own; None lets playwright look for the one that it installed."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def axe_violations(page: Page) -> list[str]:
    """All that axe-core finds fault with, its best practices included; a line for each."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']} ({node['html'][:120]})"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def _axe() -> str:
    package = find_spec("axe_playwright_python")
    assert package is not None, "make test installs it"
    assert package.origin is not None
    return Path(package.origin).with_name("axe.min.js").read_text(encoding="utf-8")
