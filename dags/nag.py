"""Every working day: an Airflow DAG that reminds, and tells who coordinates how things stand."""

from dutyflow.orchestration.nag_dag import nag_dag

dag = nag_dag()
