"""Airflow: the DAGs' shape, their timetable, operators and triggers. Thin: the use cases decide."""
