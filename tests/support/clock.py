"""The environment of programs that the tests start beside the product: browsers, mail servers."""

from __future__ import annotations

import os


def with_the_machine_s_clock() -> dict[str, str]:
    """Our own, without the clock that tools/test_days.py moves for the tests and their children.

    Chromium does not start with it, and Dovecot's processes keep it from each other.
    """
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
