"""The page on which a section fills in its form (填報頁), without a login.

An ASGI app of its own. It knows neither Airflow nor a mail server: what comes goes into the ledger
and the store, and what has to be told by mail is read from there.
"""

from __future__ import annotations

from .app import create_app

__all__ = ["create_app"]
