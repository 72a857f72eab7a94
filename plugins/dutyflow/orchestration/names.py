"""Names that several DAGs share. Task ids stay as they are: runs refer to them for years."""

COLLECT_AGAIN_DAG = "dutyflow__collect_again"
COORDINATOR_DAG = "dutyflow__desk"
TELL_DAG = "dutyflow__tell"
INTAKE_DAG = "intake"
HOUSEKEEPING_DAG = "housekeeping"
NAG_DAG = "nag"

BY_APPROVAL = "approved"  # before "__" in the names of runs that an approval starts

OPEN, CYCLE = "open", "cycle"  # the task that opens a cycle, and where it keeps the cycle's key
SECTION = "section"  # the task group that is mapped, one instance per section
COLLECT = f"{SECTION}.collect"
FOLLOW = "follow"  # what looks for the duties that come after an approval

# What stands beside a mapped task in Airflow's grid. Airflow works it out before the task runs and
# after it has ended, not while it waits: so it comes from what the task was mapped over.
SECTION_OF_OPERATOR = "{{ task.section_name }}"
SECTION_OF_FUNCTION = "{{ task.op_kwargs['section_name'] }}"
OFFICE_OF_FUNCTION = "{{ task.op_kwargs['office_name'] }}"


def duty_dag_id(office: str, duty: str) -> str:
    return f"{office}__{duty}"


def offices_of(dag_id: str) -> list[str]:
    """The offices that can have a duty's DAG of that id; an office's own id may hold `__` too."""
    return [dag_id[:end] for end in range(1, len(dag_id)) if dag_id.startswith("__", end)]
