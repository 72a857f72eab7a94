"""How large a file of a plan may be: whoever can edit one can write anything into it."""

MAX_BYTES = 2 * 1024 * 1024  # of one file
