"""What outsiders send is taken apart here: in child processes without secrets, with little memory.

`room.run` runs a job, a function that is named like `dutyflow.confined.sheets:read`, in a child.
"""
