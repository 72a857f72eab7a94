"""The one file that Airflow imports from this folder by itself: what dutyflow adds to Airflow."""

from airflow.plugins_manager import AirflowPlugin

from dutyflow.orchestration.pages import COORDINATOR_APP, COORDINATOR_VIEW
from dutyflow.orchestration.timetable import DutyTimetable
from dutyflow.orchestration.working_mornings import WorkingMornings
from dutyflow.web.language import ChineseByDefault


class DutyflowPlugin(AirflowPlugin):
    name = "dutyflow"
    timetables = [DutyTimetable, WorkingMornings]
    fastapi_apps = [COORDINATOR_APP]
    external_views = [COORDINATOR_VIEW]
    fastapi_root_middlewares = [
        {"name": "Chinese by default", "middleware": ChineseByDefault, "args": [], "kwargs": {}}
    ]
