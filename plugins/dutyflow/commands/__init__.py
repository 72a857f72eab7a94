"""The command line's commands: thin, one module for each."""
