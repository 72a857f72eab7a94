"""Next year's plan: the draft made from this year's."""
