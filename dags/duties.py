"""Every duty of every office's plan is an Airflow DAG, made by this loop."""

from dutyflow.orchestration.duty_dag import duty_dags

for dag in duty_dags():
    globals()[dag.dag_id] = dag
