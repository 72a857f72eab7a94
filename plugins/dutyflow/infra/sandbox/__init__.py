"""What outsiders send is taken apart here: in child processes without secrets, with little memory.

`runner.run` runs a job in a child: a function, named like `dutyflow.infra.sandbox.sheets:read`.
"""
