"""LibreOffice itself, for how the report prints."""

from tests.support.libreoffice import soffice

__all__ = ["soffice"]
