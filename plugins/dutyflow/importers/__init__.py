"""Other forms of the plan: the official document, a workbook, and the year before."""
