"""Cycles: opened on their day, collected until their cut-off, moved, followed by others."""
