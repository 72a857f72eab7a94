"""Each sheet of the workbook: its columns, how a plan fills it, and what is read from it."""
