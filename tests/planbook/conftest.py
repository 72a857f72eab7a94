from tests.support.libreoffice import soffice

__all__ = ["soffice"]
