"""dutyflow: keeps a public office's yearly execution plan (執行計畫) alive."""

__version__ = "0.1.0"
