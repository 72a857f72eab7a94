"""The page on which the coordinator handles what was submitted (收件)."""

from .app import coordinator_app
from .context import CoordinatorContext, Runs, Visitor

__all__ = ["CoordinatorContext", "Runs", "Visitor", "coordinator_app"]
