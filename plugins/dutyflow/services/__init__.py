"""What people want done, in the order of the flow: one package for each stage."""
