"""Who is told what, and why. Pure: no clock, no ledger, no mail server."""
