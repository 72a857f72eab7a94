"""Every duty of every office's plan is an Airflow DAG, made by this loop."""

# Before it forks for a parse, Airflow's DAG processor imports what a DAG file imports of Airflow.
import airflow.providers.standard.decorators.python
import airflow.providers.standard.operators.hitl
import airflow.providers.standard.operators.trigger_dagrun  # noqa: F401

from dutyflow.orchestration.duty_dag import duty_dags

for dag in duty_dags():
    globals()[dag.dag_id] = dag
