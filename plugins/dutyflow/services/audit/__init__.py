"""What happened: how open cycles stand, and the proof of a cycle for an auditor."""
