"""Airflow 3: one run a month, which draws the month before it.

Airflow's tasks run in Airflow's own environment; ``ceosample`` has another, and is called as a
command. Put this file into the DAGs folder, and set ``CEOSAMPLE_COMMAND`` and ``CEOSAMPLE_HOME``
for the workers.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from typing import Any

import pendulum
from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

COMMAND = os.environ.get("CEOSAMPLE_COMMAND", "/opt/ceosample/bin/ceosample")
HOME = os.environ.get("CEOSAMPLE_HOME", "/srv/ceosample")
ZONE = "Europe/London"

#: The exit code of a month that waits for its seed, which the command is told to use.
WAITING = 4

#: Another run is at work, or a database does not answer.
LATER = 75


@dag(
    schedule="15 6 1 * *",
    start_date=pendulum.datetime(2026, 11, 1, tz=ZONE),
    catchup=True,  # a month that Airflow slept through has its run all the same
    max_active_runs=1,  # and the months are drawn in order
    default_args={"depends_on_past": True},
)
def ceosample_month() -> None:
    """The monthly sample of complaint responses."""

    @task
    def period() -> str:
        """The month that closed before this run was due.

        Under a cron schedule Airflow 3 has data intervals of no length (``data_interval_start ==
        data_interval_end``), so the month is not read from them. A run that is triggered by hand
        has no logical date either; what every run has is the time from which on it may run.
        """
        due: dt.datetime = get_current_context()["dag_run"].run_after
        first = pendulum.instance(due).in_timezone(ZONE).start_of("month")
        return first.subtract(months=1).format("YYYY-MM")

    @task(retries=72, retry_delay=dt.timedelta(hours=1))
    def run(month: str) -> dict[str, Any]:
        """The run's summary, for the tasks behind it: a webhook, a mail, a mover of files."""
        ended = subprocess.run(
            [COMMAND, "run", "--period", month, "--json", "--exit-waiting", str(WAITING)],
            cwd=HOME,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode in (WAITING, LATER):
            raise AirflowException(ended.stderr)  # tried again in an hour
        if ended.returncode != 0:
            raise AirflowFailException(ended.stderr)  # needs a person
        summary: dict[str, Any] = json.loads(ended.stdout)
        return summary

    run(period())


ceosample_month()
