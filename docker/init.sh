#!/bin/sh
# Before each start: bring both databases up to this version, and see that the two users exist.
# Safe to run again. The administrator's password is set once and then changed in Airflow; the
# service user's follows .env, since that is where Airflow's tasks read it.
set -eu

airflow db migrate
dutyflow migrate

# make_user NAME ROLE EMAIL PASSWORD; the password goes through a pipe, out of sight of `ps`.
make_user() {
    printf '%s\n%s\n' "$4" "$4" | airflow users create --username "$1" --role "$2" --email "$3" \
        --firstname "$1" --lastname dutyflow
}
make_user "$ADMIN_USER" Admin "$ADMIN_EMAIL" "$ADMIN_PASSWORD"
make_user dutyflow Op dutyflow@localhost.invalid "$SERVICE_PASSWORD"
printf '%s\n%s\n' "$SERVICE_PASSWORD" "$SERVICE_PASSWORD" |
    airflow users reset-password --username dutyflow
