"""Names that several DAGs share. Task ids stay as they are: runs refer to them for years."""

COLLECT_AGAIN_DAG = "dutyflow__collect_again"
INTAKE_DAG = "intake"

SECTION = "section"  # the task group that is mapped, one instance per section
COLLECT = f"{SECTION}.collect"

# Shown beside a mapped task in Airflow's grid; each task says it with `label`.
LABEL = "{{ label | default(ti.map_index) }}"
