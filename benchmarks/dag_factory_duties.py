"""The DAG file of who describes DAGs as YAML and has dag-factory build them: see `dag_factory`."""

import os

import dagfactory
from airflow.sdk import DAG  # noqa: F401 - safe mode reads a file only if it speaks of DAGs

dagfactory.load_yaml_dags(globals(), dags_folder=os.environ["DAG_FACTORY_CONFIGS"])
