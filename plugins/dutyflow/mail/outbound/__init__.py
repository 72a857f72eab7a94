"""Mails to people: what each kind says, and how it becomes a message that is sent."""
