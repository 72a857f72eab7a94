"""Airflow's own scheduler code, driven through the calendar in one process.

Uses private names of Airflow 3.3; they are all in this file. Run it in a process of its own: the
database's clock is replaced as well, since Airflow asks the database which runs are due.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import time_machine


class Scheduler:
    """A scheduler that looks when it is told to, at the time that it is told."""

    def __init__(self, home: Path, dags: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        os.environ["AIRFLOW_HOME"] = str(home)
        os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{home / 'airflow.db'}"
        os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(dags)
        from airflow import settings
        from airflow.utils.db import initdb

        initdb()
        _use_our_clock_in_the_database(settings.engine)
        self._session: Any = settings.NonScopedSession()

    @contextmanager
    def at_work(self, start: dt.datetime) -> Iterator[Scheduler]:
        from airflow.dag_processing.bundles.manager import DagBundlesManager
        from airflow.jobs.job import Job
        from airflow.jobs.scheduler_job_runner import SchedulerJobRunner

        with time_machine.travel(start, tick=True) as self._clock:
            DagBundlesManager().sync_bundles_to_db(session=self._session)
            self._session.commit()
            self.parse_dags()
            self._runner: Any = SchedulerJobRunner(job=Job(), num_runs=1)
            self._session.add(self._runner.job)
            self._session.commit()
            yield self

    def parse_dags(self) -> None:
        """What the DAG processor does every half-minute."""
        from airflow.dag_processing.bundles.manager import DagBundlesManager
        from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db

        bundle = next(iter(DagBundlesManager().get_all_dag_bundles()))
        bundle.initialize()
        bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
        assert not bag.import_errors, bag.import_errors
        sync_bag_to_db(bag, bundle.name, None)
        self._session.commit()

    def look(self, moment: dt.datetime) -> None:
        """One round of the scheduler's loop at that moment. Raises what would end the scheduler."""
        self._clock.move_to(moment)
        session = self._session
        self._runner._create_dagruns_for_dags(_Guard(session), session)
        session.commit()
        self._runner._start_queued_dagruns(session)
        session.commit()

    def start_by_hand(self, dag_id: str, run_id: str) -> None:
        """A run that a person starts, as the REST API makes it."""
        from airflow.models.dagbag import DBDagBag
        from airflow.utils.state import DagRunState
        from airflow.utils.types import DagRunTriggeredByType, DagRunType

        now = dt.datetime.now(dt.UTC)
        dag: Any = DBDagBag().get_latest_version_of_dag(dag_id, session=self._session)
        dag.create_dagrun(
            run_id=run_id,
            logical_date=None,
            data_interval=None,
            run_after=now,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.REST_API,
            state=DagRunState.QUEUED,
            session=self._session,
        )
        self._session.commit()

    def runs(self, dag_id: str) -> dict[str, dt.datetime]:
        """The names of a DAG's runs, and since when each is due."""
        from airflow.models.dagrun import DagRun
        from sqlalchemy import select

        self._session.expire_all()
        found = self._session.scalars(select(DagRun).where(DagRun.dag_id == dag_id))
        return {run.run_id: run.run_after for run in found}


class _Guard:
    """Stands for the lock that only matters where several schedulers run."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def commit(self) -> None:
        self._session.commit()


def _use_our_clock_in_the_database(engine: Any) -> None:
    from sqlalchemy import event
    from sqlalchemy.ext.compiler import compiles
    from sqlalchemy.sql.functions import now

    @compiles(now, "sqlite")
    def _(element: Any, compiler: Any, **options: Any) -> str:
        return "our_now()"

    def add_function(connection: Any, record: Any) -> None:
        connection.create_function("our_now", 0, _now_as_sqlite_has_it)

    event.listen(engine, "connect", add_function)
    engine.dispose()


def _now_as_sqlite_has_it() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
