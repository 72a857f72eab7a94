"""Where mail arrives: a Maildir, or a mailbox on an IMAP server."""
