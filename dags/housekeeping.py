"""Every morning: an Airflow DAG that lets today's closures move what is open already."""

from dutyflow.orchestration.housekeeping_dag import housekeeping_dag

dag = housekeeping_dag()
