"""Run the benchmarks, or only those that are named: `python -m benchmarks parsing judging`.

Each runs in a process of its own. The exit code tells whether all could run, not what they found.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = (
    "parsing",
    "thousand",
    "cycles",
    "judging",
    "deciding",
    "sending",
    "operators",
    "intake",
    "waits",
    "rehearsal",
    "hostile",
    "fresh_start",
)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    failed = [name for name in names or BENCHMARKS if not runs(name)]
    if failed:
        print(f"could not run: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def runs(name: str) -> bool:
    print(f"{name} …", flush=True)
    done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT)
    print(flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
