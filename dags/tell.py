"""Tells what the coordinator has done on the page 收件: an Airflow DAG that sends the mails."""

from dutyflow.orchestration.tell_dag import tell_dag

dag = tell_dag()
