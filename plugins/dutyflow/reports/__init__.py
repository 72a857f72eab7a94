"""What is assembled: the report model, how it is scored, and its renderings."""
