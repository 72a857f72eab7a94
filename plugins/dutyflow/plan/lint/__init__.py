"""What a plan says that is valid, but cannot be meant, or has to be checked by a person."""
