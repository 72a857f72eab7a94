"""The daily round: how long it takes to decide, and how fast its mails go out, all on record.

    .venv/bin/python -m benchmarks.rounds [--full]

What is measured, and next to what, is said where it is done: `deciding`, `sending`, `operators`.
With --full, over 100,000 assignments and 10,000 mails.
"""

from __future__ import annotations

import sys

from . import deciding, operators, sending


def main(*options: str) -> int:
    for part in (deciding, sending, operators):
        part.main(*options)
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
