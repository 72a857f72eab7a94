"""What the coordinator changes by hand: an Airflow DAG with a form for it."""

from dutyflow.orchestration.coordinator_dag import coordinator_dag

dag = coordinator_dag()
