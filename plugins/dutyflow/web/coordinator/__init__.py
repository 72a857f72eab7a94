"""收件: the page on which the coordinator sees to what came in."""

from .app import coordinator_app
from .visiting import Surroundings
from .visitor import Runs, Visitor

__all__ = ["Runs", "Surroundings", "Visitor", "coordinator_app"]
