"""Reports: made from the sections' answers, compared with the version before, and rendered.

`kinds` says how each kind of report is made (from `received.Material` to a `model.Report`) and
`renderers` in which formats it is written. `proof`, `week_sheet` and `year_sheet` print what is no
report of a duty.
"""
