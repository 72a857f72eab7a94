"""The plan files of all offices: found, read, kept as last good plans, outlined for DAG files."""
