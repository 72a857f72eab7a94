"""What people see in a browser: a section's page, the coordinator's, and Airflow's in Chinese."""
