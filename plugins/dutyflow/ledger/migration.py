"""Brings a database's tables up to this version of dutyflow."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config

from .database import Database

VERSION_TABLE = "dutyflow_version"  # the database may be shared with others who use Alembic
_one_thread = Lock()  # Alembic keeps its context in globals


def migrate(url: str) -> None:
    """Create or upgrade the ledger's tables. Safe to run again, and by several at once."""
    database = Database(url)
    try:
        upgrade(database)
    finally:
        database.close()


def upgrade(database: Database) -> None:
    database.prepare()
    with _one_thread, database.writing() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config
