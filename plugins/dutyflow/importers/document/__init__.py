"""From the printed plan (執行計畫) as ODT or DOCX to a draft of its plan file.

bytes → `guard` → `docx` / `odt` → `parts.Document` → `strips` → `measures` → `drafting.Draft` →
`writing`. The command line alone imports this package; nothing here runs while DAGs are parsed.

The rule above all others: never silently wrong. What cannot be read with certainty becomes a
`Doubt` at its place; what leaves no sensible assumption is written so that `plan check` refuses it.
"""
