"""What must be done: the plan's model, its files, and what is wrong with them."""
