"""Mail that nobody asked for: opening, daily round, morning summary, weekly status."""
