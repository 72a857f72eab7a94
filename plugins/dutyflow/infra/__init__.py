"""What the operating system gives: files, settings, the clock, a sandbox, .xlsx as bytes."""
