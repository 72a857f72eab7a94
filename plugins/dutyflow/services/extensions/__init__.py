"""Requests for more time: asked, decided, granted."""
