"""What the coordinator does by hand, and what the page shows of what came in."""
