"""預演: what would be sent, to whom and why, before any of it is."""
