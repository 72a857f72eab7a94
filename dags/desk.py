"""What the coordinator changes by hand: an Airflow DAG with a form for it."""

from dutyflow.orchestration.desk_dag import desk_dag

dag = desk_dag()
