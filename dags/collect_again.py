"""Runs the collection of some sections again: an Airflow DAG that clears their tasks in another."""

from dutyflow.orchestration.collect_again_dag import collect_again_dag

dag = collect_again_dag()
