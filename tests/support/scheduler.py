"""Airflow's own scheduler code, driven through the calendar in one process.

Uses private names of Airflow 3.3; they are all in this file. Run it in a process of its own: the
database's clock is replaced as well, since Airflow asks the database which runs are due.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import time_machine

from tests.support import airflow_db

Hold = Callable[[str, str], bool]  # a DAG's id and a task's


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A task that waits, and what its trigger was told; `index` is -1 where it is not mapped."""

    dag_id: str
    run_id: str
    task_id: str
    index: int
    what: dict[str, Any]


class Scheduler:
    """A scheduler that looks when it is told to, at the time that it is told."""

    def __init__(self, home: Path, dags: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        os.environ["AIRFLOW_HOME"] = str(home)
        os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"sqlite:///{home / 'airflow.db'}"
        os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(dags)
        # A look stands for the many of a day here; on some days more is due than one look takes.
        os.environ["AIRFLOW__SCHEDULER__MAX_DAGRUNS_TO_CREATE_PER_LOOP"] = "50"
        os.environ["AIRFLOW__SCHEDULER__MAX_DAGRUNS_PER_LOOP_TO_SCHEDULE"] = "50"
        airflow_db.set_up()
        from airflow import settings

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
        self._dags = bag.dags
        sync_bag_to_db(bag, bundle.name, None)
        self._session.commit()

    def wake(self, moment: dt.datetime) -> None:
        """Go on after a time in which nothing ran: DAG files are parsed before the first look."""
        self._clock.move_to(moment)
        self.parse_dags()
        self.look(moment)

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

    def work(self, *, holding: Hold = lambda dag, task: False) -> list[tuple[str, str]]:
        """Run every task of the running runs that can run; those that wait go on waiting.

        Tasks that are held are not run. The runs that go no further because of it: `finish` them.
        """
        from airflow.models.dagrun import DagRun
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.state import DagRunState, TaskInstanceState
        from sqlalchemy import or_, select

        self._session.expire_all()
        new = DagRun.last_scheduling_decision.is_(None)
        resumed = DagRun.task_instances.any(TaskInstance.state == TaskInstanceState.SCHEDULED)
        stirred = select(DagRun.id).where(DagRun.state == DagRunState.RUNNING, or_(new, resumed))
        held: list[tuple[str, str]] = []
        for number in self._session.scalars(stirred).all():
            while self._run_tasks_of(number, holding, held):
                pass
        return held

    def _run_tasks_of(self, number: int, holding: Hold, held: list[tuple[str, str]]) -> bool:
        """Whether anything came of it."""
        from airflow.models.dagrun import DagRun
        from airflow.sdk.definitions.dag import _run_task
        from airflow.utils.state import DagRunState, TaskInstanceState

        self._session.expire_all()
        run = self._session.get(DagRun, number)
        if run.state != DagRunState.RUNNING:
            return False
        before = self._states_of(run)
        self._runner._schedule_dag_run(run, self._session)
        self._session.commit()
        ready = run.get_task_instances(state=[TaskInstanceState.SCHEDULED], session=self._session)
        due = [it for it in ready if not holding(it.dag_id, it.task_id)]
        if ready and not due:
            held.append((run.dag_id, run.run_id))
            return False
        tasks = self._dags[run.dag_id].task_dict
        for task in sorted(due, key=lambda it: (it.task_id, it.map_index)):
            _run_task(ti=task, task=tasks[task.task_id])
            self._session.commit()
        return self._states_of(run) != before

    def _states_of(self, run: Any) -> list[Any]:
        from airflow.models.taskinstance import TaskInstance
        from sqlalchemy import select

        columns = (TaskInstance.task_id, TaskInstance.map_index, TaskInstance.state)
        of_run = (TaskInstance.dag_id == run.dag_id, TaskInstance.run_id == run.run_id)
        found = self._session.execute(select(*columns).where(*of_run).order_by(*columns[:2]))
        return [tuple(row) for row in found]

    def states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """The states of a run's tasks; those that are mapped by `task[index]`."""
        return {_name(it): str(it.state) for it in self._tasks(dag_id, run_id)}

    def tries(self, dag_id: str, run_id: str) -> dict[str, int]:
        """How often each of a run's tasks was run."""
        return {_name(it): it.try_number for it in self._tasks(dag_id, run_id)}

    def waits_for(self, dag_id: str, run_id: str, task_id: str) -> dict[str, Any]:
        """What the trigger was told that a deferred task waits for."""
        (task,) = self._tasks(dag_id, run_id, task_id)
        return dict(task.trigger.kwargs)

    def resume(self, dag_id: str, run_id: str, task_id: str) -> None:
        """What the triggerer does when that which a task waits for has come."""
        from airflow.models.trigger import handle_event_submit
        from airflow.triggers.base import TriggerEvent

        for task in self._tasks(dag_id, run_id, task_id):
            handle_event_submit(TriggerEvent(None), task_instance=task, session=self._session)
        self._session.commit()

    def waiting(self) -> list[Waiting]:
        """All tasks that wait, for whatever comes or for a person."""
        from airflow.models.taskinstance import TaskInstance
        from airflow.utils.state import TaskInstanceState
        from sqlalchemy import select

        self._session.expire_all()
        states = (TaskInstanceState.DEFERRED, TaskInstanceState.AWAITING_INPUT)
        found = self._session.scalars(select(TaskInstance).where(TaskInstance.state.in_(states)))
        return [
            Waiting(
                dag_id=it.dag_id,
                run_id=it.run_id,
                task_id=it.task_id,
                index=it.map_index,
                what=dict(it.trigger.kwargs) if it.trigger else {},
            )
            for it in found
        ]

    def has_come(self, waits: Iterable[Waiting], what: Any = None) -> None:
        """What the triggerer does when that which tasks wait for has come."""
        from airflow.models.trigger import handle_event_submit
        from airflow.triggers.base import TriggerEvent

        for wait in waits:
            (task,) = [
                it
                for it in self._tasks(wait.dag_id, wait.run_id, wait.task_id)
                if it.map_index == wait.index
            ]
            handle_event_submit(TriggerEvent(what), task_instance=task, session=self._session)
        self._session.commit()

    def clear(self, dag_id: str, run_id: str, task_id: str, index: int | None = None) -> None:
        """What the REST API does when a person clears a task (a mapped one: at its `index`), with
        what follows it."""
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from airflow.api_fastapi.core_api.datamodels.task_instances import ClearTaskInstancesBody
        from airflow.api_fastapi.core_api.routes.public.task_instances import (
            post_clear_task_instances,
        )
        from airflow.models.dagbag import DBDagBag

        self._session.expire_all()
        post_clear_task_instances(
            dag_id=dag_id,
            dag_bag=DBDagBag(),
            body=ClearTaskInstancesBody(
                dry_run=False,
                dag_run_id=run_id,
                task_ids=[task_id if index is None else (task_id, index)],
                include_downstream=True,
                only_failed=False,
                reset_dag_runs=True,
            ),
            session=self._session,
            user=SimpleAuthManagerUser(username="曾秀英", role="op"),
        )
        # A scheduler looks at every running run again and again; `work` only at those that changed.
        self.run(dag_id, run_id).last_scheduling_decision = None
        self._session.commit()

    def answer(self, dag_id: str, run_id: str, option: str) -> None:
        """What the REST API does when a coordinator answers `review`."""
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
        from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail

        self._session.expire_all()
        update_hitl_detail(
            dag_id=dag_id,
            dag_run_id=run_id,
            task_id="review",
            update_hitl_detail_payload=UpdateHITLDetailPayload(
                chosen_options=[option], params_input={}
            ),
            user=SimpleAuthManagerUser(username="曾秀英", role="op"),
            session=self._session,
        )
        self._session.commit()

    def backfill(self, dag_id: str, *options: str) -> int:
        """`airflow backfill create`; its exit code."""
        from airflow.cli.cli_parser import get_parser

        self._session.commit()
        order = ["backfill", "create", "--dag-id", dag_id, *options]
        arguments = get_parser().parse_args(order)
        try:
            arguments.func(arguments)
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    def backfills_done(self) -> None:
        """What the scheduler marks once all runs of a backfill have ended."""
        self._runner._mark_backfills_complete()

    def finish(self, dag_id: str, run_id: str, state: str = "success") -> None:
        """A run that has come to its end."""
        from airflow.models.dag import DagModel
        from airflow.models.dagrun import DagRun
        from sqlalchemy import update

        this = (DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        self._session.execute(update(DagRun).where(*this).values(state=state))
        model = DagModel.get_dagmodel(dag_id, session=self._session)
        self._runner._set_exceeds_max_active_runs(dag_model=model, session=self._session)
        self._session.commit()

    def pause(self, dag_id: str) -> None:
        from airflow.models.dag import DagModel

        DagModel.get_dagmodel(dag_id, session=self._session).is_paused = True
        self._session.commit()

    def run(self, dag_id: str, run_id: str) -> Any:
        """Airflow's own record of a run."""
        from airflow.models.dagrun import DagRun
        from sqlalchemy import select

        self._session.expire_all()
        this = select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        return self._session.scalars(this).one()

    def _tasks(self, dag_id: str, run_id: str, task_id: str | None = None) -> list[Any]:
        run = self.run(dag_id, run_id)
        found = run.get_task_instances(session=self._session)
        return [it for it in found if task_id in (None, it.task_id)]

    def dag_ids(self) -> list[str]:
        return sorted(self._dags)

    def runs(self, dag_id: str) -> dict[str, dt.datetime]:
        """The names of a DAG's runs, and since when each is due."""
        from airflow.models.dagrun import DagRun
        from sqlalchemy import select

        self._session.expire_all()
        found = self._session.scalars(select(DagRun).where(DagRun.dag_id == dag_id))
        return {run.run_id: run.run_after for run in found}


def _name(task: Any) -> str:
    return task.task_id if task.map_index < 0 else f"{task.task_id}[{task.map_index}]"


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
