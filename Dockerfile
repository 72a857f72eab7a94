# One image for every service of docker-compose.yaml: Airflow, dutyflow, and a mail sink to try with.
FROM python:3.12-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends fontconfig fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
COPY docker/fonts.conf /etc/fonts/local.conf

RUN useradd --create-home --uid 10001 dutyflow \
 && install -d -o dutyflow -g dutyflow -m 0700 /var/lib/dutyflow

WORKDIR /opt/dutyflow
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

COPY pyproject.toml requirements.in README.md LICENSE ./
COPY plugins plugins
COPY dags dags
COPY include include
COPY docker docker
COPY tools/mail_sink.py tools/mail_sink.py
# Editable, because Airflow loads plugins/ from where it lies: each module is then there once.
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --editable .

ENV AIRFLOW_HOME=/var/lib/dutyflow/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/dutyflow/dags \
    AIRFLOW__CORE__PLUGINS_FOLDER=/opt/dutyflow/plugins \
    DUTYFLOW_HOME=/var/lib/dutyflow \
    DUTYFLOW_PLANS=/opt/dutyflow/include/plan \
    PYTHONUNBUFFERED=1

USER dutyflow
VOLUME /var/lib/dutyflow
CMD ["dutyflow", "--help"]
