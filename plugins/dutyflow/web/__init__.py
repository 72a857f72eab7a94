"""What people see in a browser: Airflow's pages in Chinese, and the page of a section."""
