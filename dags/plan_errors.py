"""Shows a plan that cannot be used as an import error in Airflow.

It has a file of its own because import errors are kept per DAG file: the offices' DAGs, made of
their last good plans in duties.py, go on meanwhile.
"""

from dutyflow.orchestration.plans import raise_plan_errors

raise_plan_errors()
