"""Reads what the sections send back: an Airflow DAG that waits for mail and takes it in."""

from dutyflow.orchestration.intake_dag import intake_dag

dag = intake_dag()
