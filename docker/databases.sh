#!/bin/sh
# Run once by the PostgreSQL image, on an empty volume: a database and a role for Airflow, and a
# database and a role for the ledger. Neither role can read the other's database.
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
    --set=airflow_password="$AIRFLOW_DB_PASSWORD" --set=ledger_password="$LEDGER_DB_PASSWORD" <<'SQL'
CREATE ROLE airflow LOGIN PASSWORD :'airflow_password';
CREATE DATABASE airflow OWNER airflow ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE airflow FROM PUBLIC;

CREATE ROLE dutyflow LOGIN PASSWORD :'ledger_password';
CREATE DATABASE dutyflow OWNER dutyflow ENCODING 'UTF8';
REVOKE CONNECT ON DATABASE dutyflow FROM PUBLIC;
SQL
