"""Airflow's metadata database for a test: made once in a run of the tests, and copied."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

MADE = "DUTYFLOW_TESTS_AIRFLOW_DB"  # where the one that is copied lies, for all workers
_SQLITE = "sqlite:///"


def set_up() -> None:
    """An empty one, where this process's settings name it. To make one takes seconds."""
    target = Path(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].removeprefix(_SQLITE))
    made = Path(os.environ[MADE])
    if made.exists():
        shutil.copyfile(made, target)
        return
    from airflow.utils.db import initdb

    initdb()
    copied = made.with_name(f"{made.name}.{os.getpid()}")
    with sqlite3.connect(target) as new, sqlite3.connect(copied) as copy:
        new.backup(copy)
    copied.replace(made)  # whole, whoever else has made one meanwhile
