"""What dutyflow adds to Airflow's pages."""
