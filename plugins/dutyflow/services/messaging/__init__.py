"""The outbox that every mail goes through, and what all mails about an assignment share."""
