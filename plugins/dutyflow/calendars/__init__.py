"""ROC dates, working days, and recurrence: the rules that become cycles."""
