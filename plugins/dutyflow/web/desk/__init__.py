"""收件: the page on which the coordinator sees to what came in."""

from .app import desk_app
from .visiting import Surroundings
from .visitor import Runs, Visitor

__all__ = ["Runs", "Surroundings", "Visitor", "desk_app"]
