"""'Worked, tested set-ups for cron, systemd timers, Airflow 3 and a plain GitHub Actions file'

Each is the file of the page itself, with the places of this test in place of the user's.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ceosample import Ledger, Period
from ceosample.sampling.seeds.chain import secret_file
from ceosample.seeds import SeedChain
from inputs import configure, write_month
from needed import need, program

PROJECT = Path(__file__).resolve().parents[1]
SETUPS = PROJECT / "docs" / "schedulers"
COMMAND = Path(sys.executable).with_name("ceosample")
HOME, PROGRAM = "/srv/ceosample", "/opt/ceosample/bin/ceosample"

#: What a scheduler's process has of its surroundings: next to nothing.
BARE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

POPULATION = "complaint-responses"


def last_closed() -> Period:
    """The last month that is over, by the clock that the command reads."""
    today = dt.datetime.now(dt.UTC)
    return Period(today.year, today.month).previous()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A firm's folder: two closed months are due, and a chain of seeds was published before."""
    folder = tmp_path / "srv ceosample"  # a space, since real paths have them
    folder.mkdir()
    months = [last_closed().previous(), last_closed()]
    for month in months:
        write_month(folder, str(month), count=60)
    first = f'name = "complaint-responses"\nfirst = "{months[0]}"\n#'
    configure(
        folder,
        ('name = "complaint-responses"', first),
        ('source = "dice"', 'source = "chain"\nsecret = "chain.json"\n#'),
        ("# pdf = true ", "pdf = false "),
    )
    chain = SeedChain.new(POPULATION, first=str(months[0]), months=12, random=secrets.token_bytes)
    secret_file.save(chain, folder / "chain.json")
    before = dt.datetime.combine(months[0].previous().first_day, dt.time(), dt.UTC)
    with Ledger.open(f"sqlite:///{folder / 'signoff.db'}", clock=lambda: before) as ledger:
        ledger.publish(chain, by="custodian", at=before)
    return folder


def here(text: str, home: Path) -> str:
    """A set-up with this test's folder and command in place of the user's."""
    assert PROGRAM in text
    assert HOME in text
    return text.replace(PROGRAM, str(COMMAND)).replace(HOME, str(home))


def drawn(home: Path) -> list[str | None]:
    """The months that the ledger holds a draw of, in order."""
    with Ledger.open(f"sqlite:///{home / 'signoff.db'}", create=False) as ledger:
        assert ledger.check().ok
        return [event.period for event in ledger.events() if event.kind == "drawn"]


def both_months() -> list[str]:
    return [str(last_closed().previous()), str(last_closed())]


# cron


def test_the_crontab_is_one(tmp_path: Path) -> None:
    crontab = program("crontab", "cron")
    ended = subprocess.run(
        [crontab, "-n", SETUPS / "crontab"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.slow
def test_cron_s_line_does_what_is_due_and_the_next_day_nothing(home: Path) -> None:
    """'fired late, twice or not at all changes nothing'"""
    text = (SETUPS / "crontab").read_text("utf-8").replace(HOME, shlex.quote(str(home)))
    (line,) = re.findall(r"^15 6 \* \* \* (.+)$", text, re.M)
    line = line.replace(PROGRAM, shlex.quote(str(COMMAND)))
    assert "%" not in line  # cron would make a line's end of it
    for done in (both_months(), []):
        ended = subprocess.run(
            ["/bin/sh", "-c", line], env={**BARE, "HOME": "/"}, cwd="/", capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
        summary = json.loads((home / "run.json").read_text("utf-8"))
        assert [month["period"] for month in summary["months"]] == done
        assert drawn(home) == both_months()
    assert summary["state"] == "nothing-due"


@pytest.mark.slow
def test_cron_mails_a_fault_and_no_waiting(home: Path) -> None:
    line = re.findall(r"^15 6 \* \* \* (.+)$", (SETUPS / "crontab").read_text("utf-8"), re.M)[0]
    line = line.replace(HOME, shlex.quote(str(home))).replace(PROGRAM, shlex.quote(str(COMMAND)))

    def mailed() -> str:
        ended = subprocess.run(
            ["/bin/sh", "-c", line], env=BARE, capture_output=True, text=True, check=False
        )
        return ended.stdout + ended.stderr

    configure(home, ('source = "chain"\nsecret = "chain.json"\n#', 'source = "dice" #'))
    assert mailed() == ""  # frozen, and waiting for the dice
    assert drawn(home) == []
    configure(home, ("size = 12", "size = 0"))
    assert "plan.size" in mailed() or "size" in mailed()


# systemd


def unit_folder(home: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "units"
    folder.mkdir()
    plain = home.with_name("plain")  # systemd wants a path without a space, or quoted
    plain.symlink_to(home)
    for name in ("ceosample.service", "ceosample.timer"):
        text = (SETUPS / name).read_text("utf-8")
        text = text.replace(PROGRAM, str(COMMAND)).replace(HOME, str(plain))
        (folder / name).write_text(text, "utf-8")
    return folder


def test_systemd_finds_nothing_wrong_with_the_units(home: Path, tmp_path: Path) -> None:
    """'systemd-analyze verify'"""
    analyze = program("systemd-analyze", "systemd")
    units = unit_folder(home, tmp_path)
    paths = [units / "ceosample.timer", units / "ceosample.service"]
    ended = subprocess.run(
        [analyze, "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_timer_s_time_is_each_morning_and_a_missed_one_is_made_up_for() -> None:
    """'systemd timers (`Persistent=true`)'"""
    analyze = program("systemd-analyze", "systemd")
    text = (SETUPS / "ceosample.timer").read_text("utf-8")
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", text, re.M)
    ended = subprocess.run(
        [analyze, "calendar", "--base-time=2026-11-02 06:15:00 UTC", calendar],
        capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"},
    )  # fmt: skip
    assert "2026-11-03 06:15:00" in ended.stdout
    assert "\nPersistent=true\n" in text


@pytest.mark.slow
def test_the_service_s_command_does_what_is_due(home: Path) -> None:
    text = here((SETUPS / "ceosample.service").read_text("utf-8"), home)
    settings = dict(re.findall(r"^(\w+)=(.+)$", text, re.M))
    command = shlex.split(settings["ExecStart"].replace(str(COMMAND), shlex.quote(str(COMMAND))))

    def started() -> int:
        return subprocess.run(
            command, cwd=settings["WorkingDirectory"], env=BARE, check=False, capture_output=True,
            umask=int(settings["UMask"], 8),
        ).returncode  # fmt: skip

    assert started() == 0
    assert drawn(home) == both_months()
    letters = home / "packs" / both_months()[0] / "pack.html"
    assert letters.stat().st_mode & 0o077 == 0
    assert started() == 0
    assert drawn(home) == both_months()
    assert settings["SuccessExitStatus"] == "4 143"  # a month that waits, and a service stopped


# Airflow

#: Reads orders, a line of JSON each: runs the DAG once as if at a moment, and answers with the
#: states of the run and of its tasks. One process does for all tests: Airflow takes long to begin.
AIRFLOW = """
import importlib, json, os, sys
from airflow.utils.db import upgradedb
upgradedb()  # what `airflow db migrate` calls, which would import all of it once more
import ceosample_dag, pendulum
for order in map(json.loads, iter(sys.stdin.readline, "")):
    os.environ.update(order["places"])
    dag = importlib.reload(ceosample_dag).ceosample_month()  # which reads the places
    assert [*dag.task_dict] == ["period", "run"]
    when = pendulum.parse(order["moment"])
    ended = dag.test(logical_date=None if order["by_hand"] else when, run_after=when)
    tasks = {ti.task_id: [str(ti.state), ti.try_number] for ti in ended.get_task_instances()}
    print("\\nRESULT " + json.dumps([str(ended.state), tasks]), flush=True)
"""


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """Airflow in a process of its own, with a database that it was given."""
    python = PROJECT / ".venv-airflow" / "bin" / "python"
    need(python.exists(), "no .venv-airflow: make .venv-airflow/ready, which installs Airflow")
    home = tmp_path_factory.mktemp("airflow")
    env = {
        **BARE,
        "PATH": f"{python.parent}:{BARE['PATH']}",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "PYTHONPATH": str(home / "dags"),
    }
    (home / "dags").mkdir()
    dag = (SETUPS / "ceosample_dag.py").read_text("utf-8")
    start = "pendulum.datetime(2026, 11, 1, tz=ZONE)"
    assert start in dag  # a task before it would not be begun
    dag = dag.replace(start, "pendulum.datetime(2000, 1, 1, tz=ZONE)")
    patience = "retries=72, retry_delay=dt.timedelta(hours=1)"
    assert patience in dag
    dag = dag.replace(patience, "retries=1, retry_delay=dt.timedelta(seconds=1)")
    (home / "dags" / "ceosample_dag.py").write_text(dag, "utf-8")
    with (home / "said").open("w+", encoding="utf-8") as errors, subprocess.Popen(
        [python, "-c", AIRFLOW], env=env, cwd=home, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
    ) as process:  # fmt: skip
        yield process


def ran(airflow: subprocess.Popen[str], home: Path, moment: str, *, by_hand: bool = False) -> Any:
    """What came of ``dag.test()``."""
    places = {"CEOSAMPLE_COMMAND": str(COMMAND), "CEOSAMPLE_HOME": str(home)}
    assert airflow.stdin is not None
    assert airflow.stdout is not None
    airflow.stdin.write(json.dumps({"moment": moment, "by_hand": by_hand, "places": places}) + "\n")
    airflow.stdin.flush()
    said = []
    for line in airflow.stdout:
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
        said.append(line)
    raise AssertionError("".join(said[-60:]))


@pytest.mark.slow
def test_airflow_draws_the_month_before_each_run_and_each_once(
    airflow: subprocess.Popen[str], home: Path
) -> None:
    """'derive the period explicitly: `data_interval_start == end` there'"""
    due = [last_closed().first_day, last_closed().next().first_day]
    for day, month in zip(due, both_months(), strict=True):
        moment = f"{day}T06:15:00+00:00"
        assert ran(airflow, home, moment) == [
            "success", {"period": ["success", 1], "run": ["success", 1]}
        ]  # fmt: skip
        assert drawn(home)[-1] == month
    # By hand, in the middle of a month: the month before is done already.
    assert ran(airflow, home, f"{due[1]}T12:00:00+00:00", by_hand=True)[0] == "success"
    assert drawn(home) == both_months()


@pytest.mark.slow
def test_airflow_fails_at_once_where_a_person_is_needed(
    airflow: subprocess.Popen[str], home: Path
) -> None:
    configure(home, ("size = 12", "size = 0"))
    state, tasks = ran(airflow, home, f"{last_closed().next().first_day}T06:15:00+00:00")
    assert (state, tasks["run"]) == ("failed", ["failed", 1])
    assert drawn(home) == []


@pytest.mark.slow
def test_airflow_tries_again_where_the_month_waits(
    airflow: subprocess.Popen[str], home: Path
) -> None:
    configure(home, ('source = "chain"\nsecret = "chain.json"\n#', 'source = "dice" #'))
    _, tasks = ran(airflow, home, f"{last_closed().first_day}T06:15:00+00:00")
    assert tasks["run"] == ["failed", 2]  # which is all the tries that it has here
    with Ledger.open(f"sqlite:///{home / 'signoff.db'}", create=False) as ledger:
        assert [event.kind for event in ledger.events()].count("frozen") == 1


# GitHub Actions


def test_the_workflow_is_one_by_github_s_own_schema() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema",
         "vendor.github-workflows", SETUPS / "github-actions.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout


@pytest.mark.slow
def test_the_workflow_s_steps_do_what_is_due(home: Path, tmp_path: Path) -> None:
    workflow = yaml.safe_load((SETUPS / "github-actions.yml").read_text("utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["defaults"]["run"]["working-directory"] == HOME
    env = {**BARE, "RUNNER_TEMP": str(tmp_path)}
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        env[name] = str(tmp_path / name)

    def run_steps() -> None:
        for step in job["steps"]:
            script = step["run"].replace(PROGRAM, shlex.quote(str(COMMAND)))
            # As the runner does for 'shell: bash'.
            bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            subprocess.run(bash, env=env, cwd=home, check=True, capture_output=True)

    run_steps()
    assert drawn(home) == both_months()
    assert json.loads((tmp_path / "run.json").read_text("utf-8"))["state"] == "done"
    assert (tmp_path / "GITHUB_OUTPUT").read_text("utf-8") == "code=0\n"
    assert "sign-off coverage" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text("utf-8")
    run_steps()
    assert drawn(home) == both_months()
