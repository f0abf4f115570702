"""How the command ends, whatever ends it: its exit code, its one object, its log."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ceosample as cs
from ceosample.cli.unattended import log
from ceosample.error_report import ErrorReport
from ceosample.reasons import REASONS
from command import Ended, asked, ceosample, time_told
from due_months import on, write_months
from pages import PROJECT
from thorough import first_of

PROGRAM = [sys.executable, "-m", "ceosample"]
#: September is over, and October is not.
AT = on("2026-10-02")
DICE = ("--dice", "83019274650192837465", "--witness", "audit")


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A firm's folder, in which September is due."""
    write_months(tmp_path, "2026-09")
    return tmp_path


def at(folder: Path, moment: dt.datetime, *arguments: str) -> Ended:
    """The command at a moment, in this process."""
    with time_told(lambda: moment):
        return asked(*arguments, folder=folder)


# The clock


@pytest.mark.parametrize(
    ("seconds", "code", "reason"),
    [(-30, 75, "clock-behind"), (-299, 75, "clock-behind"), (-301, 75, "clock"), (1, 0, "done")],
)
def test_a_clock_that_stepped_back_is_tried_again(
    firm: Path, seconds: int, code: int, reason: str
) -> None:
    """'a clock stepped back half a minute is 75 and not 65'"""
    frozen = AT
    assert at(firm, frozen, "run").code == 75
    later = frozen + dt.timedelta(seconds=seconds)
    ended = at(firm, later, "run", *DICE, "--json")
    assert (ended.code, ended.json["reason"]) == (code, reason)
    assert at(firm, frozen + dt.timedelta(minutes=1), "run", *DICE).code == 0


def test_a_time_that_a_person_gives_too_early_is_their_mistake(firm: Path) -> None:
    frozen = AT
    at(firm, frozen, "run")
    earlier = (frozen - dt.timedelta(seconds=30)).isoformat()
    ended = at(firm, frozen + dt.timedelta(hours=1), "run", *DICE, "--at", earlier, "--json")
    assert (ended.code, ended.json["reason"]) == (65, "order")


# Waiting for a seed


def test_waiting_is_told_apart_from_trying_again(firm: Path) -> None:
    """'waiting for a seed is told apart from "try again"'"""
    first = at(firm, AT, "run", "--json", "--exit-waiting", "4")
    assert (first.code, first.json["reason"], first.json["state"]) == (
        4, "waiting-for-seed", "waiting",
    )  # fmt: skip
    since = first.json["waiting"]["since"]
    assert dt.datetime.fromisoformat(since) == AT
    again = at(firm, AT + dt.timedelta(days=3), "run", "--json")
    assert (again.code, again.json["waiting"]["since"]) == (75, since)  # as in 0.1
    assert re.fullmatch("[0-9a-f]{16}", again.json["run"])
    assert again.json["run"] != first.json["run"]
    for report in (first, again):
        jsonschema.validate(report.json, cs.schema("run"))


@pytest.mark.parametrize("code", sorted({*REASONS.values()} - {0, 75, 129, 130, 141, 143}))
def test_a_code_that_means_something_else_is_no_code_for_waiting(firm: Path, code: int) -> None:
    ended = at(firm, AT, "run", "--exit-waiting", str(code), "--json")
    assert (ended.code, ended.json["reason"]) == (2, "usage")
    assert not (firm / "signoff.db").exists()


# One object, whatever happens


@pytest.mark.parametrize(
    "line",
    ["rnu --json", "run --json --period nonsense", "run --json --dice", "status --json --nonsense",
     "run --json --witness audit", "health --json --nagios"],
)  # fmt: skip
def test_a_slip_in_the_options_is_an_object_too(firm: Path, line: str) -> None:
    ended = ceosample(*line.split(), folder=firm)
    jsonschema.validate(ended.json, cs.schema("failure"))
    assert ended.json["reason"] == "usage"
    assert ended.code == ended.json["error"]["exit_code"]


def test_a_mistake_of_ours_is_an_object_without_the_words_of_the_error(
    firm: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from ceosample import cli, job

    customer = "Ann Example, 1 High Street"

    def slip(*_: object, **__: object) -> None:
        raise TypeError(customer)

    monkeypatch.setattr(job, "run_due", slip)
    monkeypatch.setattr(sys, "argv", ["ceosample", "run", "--json", "-c", f"{firm}/ceosample.toml"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capfd.readouterr()
    assert ended.value.code == 70
    assert json.loads(said.out)["reason"] == "internal-error"
    assert "test_endings.py" in said.err  # where it was
    assert "Example" not in said.out + said.err


def begun(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, *arguments], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # The tests themselves may run under nohup, which a child would inherit.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "reason"),
    first_of(2, [(signal.SIGTERM, 143, "stopped"), (signal.SIGINT, 130, "interrupted"),
                 (signal.SIGHUP, 129, "hung-up")]),
)  # fmt: skip
def test_a_signal_leaves_an_object_and_the_next_run_continues(
    firm: Path, number: int, code: int, reason: str
) -> None:
    """'`--json` prints its object whatever happens, SIGTERM included'"""
    assert ceosample("run", "--period", "2026-09", folder=firm).code == 75
    asked_for = ("run", *DICE, "--period", "2026-09")
    with begun(firm, *asked_for, "--json", "--log", "-") as run:
        assert run.stderr is not None
        assert run.stdout is not None
        for line in run.stderr:
            if '"info"' in line and "frozen" in line:
                run.send_signal(number)
        report = json.loads(run.stdout.read())
    assert (run.returncode, report["reason"], report["state"]) == (code, reason, "failed")
    jsonschema.validate(report, cs.schema("run"))
    left = json.loads((firm / "packs/.complaint-responses.last-run.lock").read_text("utf-8"))
    assert (left["run"], left["reason"]) == (report["run"], reason)
    assert ceosample(*asked_for, folder=firm).code == 0
    assert ceosample("status", "--check", folder=firm).code == 0


# A reader that goes


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    first_of(
        2, ["status", "export -", "--help", "status --json", "ledger letter --help", "people"]
    ),
)
def test_a_broken_pipe_is_none_of_ours(demonstration: Path, line: str) -> None:
    """'exit quietly like other Unix tools, no traceback'"""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        ended = subprocess.run(
            [*PROGRAM, *line.split()], cwd=demonstration, stdout=gone, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, b"")


def test_the_ledger_goes_to_standard_output(demonstration: Path) -> None:
    ended = ceosample("export", "-", folder=demonstration)
    assert [json.loads(line)["sequence"] for line in ended.out.splitlines()] == [*range(1, 76)]
    assert not (demonstration / "-").exists()


# The log


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def names_in(folder: Path) -> set[str]:
    """What a letter's contents say of a customer: names and addresses."""
    found: set[str] = set()
    for path in folder.glob("letters-*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            letter = json.loads(line)["letter"]
            found |= {letter["recipient"], *letter["address"]}
    return found


def test_the_log_has_an_object_a_line_and_no_customer(firm: Path) -> None:
    """'one JSON object a line with time, run id, reason code; no customer's data'"""
    kept = firm / "run.log"
    at(firm, AT, "run", "--log", str(kept))
    at(firm, AT + dt.timedelta(minutes=1), "run", *DICE, "--log", str(kept))
    (firm / "responses-2026-10.csv").unlink(missing_ok=True)
    failed = at(firm, AT, "run", "--period", "2026-13", "--log", str(kept))
    assert failed.code == 2
    told = lines(kept.read_text("utf-8"))
    needed = {"time", "level", "run", "reason", "message"}
    assert [one for one in told if needed - one.keys()] == []
    assert len({one["run"] for one in told}) == 2
    assert [one["reason"] for one in told if one["message"].startswith("run ended")] == [
        "waiting-for-seed", "done",
    ]  # fmt: skip
    assert all(dt.datetime.fromisoformat(one["time"]).tzinfo for one in told)
    assert kept.stat().st_mode & 0o007 == 0
    names = names_in(firm)
    assert len(names) > 20
    text = kept.read_text("utf-8")
    assert [name for name in names if name in text] == []
    ids = re.findall(r"R-[A-Z0-9]{6}", (firm / "responses-2026-09.csv").read_text("utf-8"))
    assert ids
    assert [one for one in ids if one in text] == []


def test_a_failure_is_in_the_log_by_its_reason_alone(firm: Path) -> None:
    (firm / "responses-2026-09.csv").write_text("id\nR-SECRET\nR-SECRET\n", "utf-8")
    ended = at(firm, AT, "run", "--log", "run.log", "--json")
    last = lines((firm / "run.log").read_text("utf-8"))[-1]
    assert (last["reason"], last["level"], last["exit_code"]) == ("table", "error", ended.code)
    assert last["run"] == ended.json["run"]
    assert "R-SECRET" not in json.dumps(last)


def test_a_log_that_cannot_be_written_is_told_before_anything_is_done(firm: Path) -> None:
    ended = ceosample("run", "--log", "no/such/folder/run.log", folder=firm)
    assert ended.code == 70
    assert "no/such/folder/run.log" in ended.err
    assert not (firm / "signoff.db").exists()


@pytest.mark.slow
def test_journald_is_given_priorities_where_it_reads(firm: Path) -> None:
    """'how journald sees it (stderr prefix)': JOURNAL_STREAM names the stream that it made."""
    script = (
        'import os; s = os.fstat(2); os.environ["JOURNAL_STREAM"] = f"{s.st_dev}:{s.st_ino}"; '
        "from ceosample.cli import main; main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, "run", "--log", "-"], cwd=firm, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    told = [line for line in ended.stderr.splitlines() if line.startswith("<")]
    assert {line[:3] for line in told} == {"<6>"}
    assert lines("\n".join(line[3:] for line in told))[-1]["message"] == "run ended"
    assert log._PRIORITIES["ERROR"] == 3


# The table of reasons


def test_the_page_for_the_person_on_call_has_a_row_for_each_code_and_reason() -> None:
    """'a page for the person on call has a row for each exit code and reason'"""
    text = (PROJECT / "docs/on-call.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| `([a-z-]+)` \| (.+?) \| (.+?) \|(.*)\|$", text, re.M)
    assert [(reason, int(code)) for code, reason, *_ in rows] == [*REASONS.items()]
    assert all(len(happened) > 9 and len(do) > 7 for _, _, happened, do, _ in rows)


def test_every_error_has_a_reason_of_its_exit_code() -> None:
    kinds = [kind for kind in vars(cs.errors).values() if isinstance(kind, type)]
    errors = [kind for kind in kinds if issubclass(kind, cs.CeosampleError)]
    assert {kind.__name__: REASONS[kind.reason] for kind in errors} == {
        kind.__name__: kind.exit_code for kind in errors
    }
    assert {kind.reason for kind in errors} <= REASONS.keys()
    full = ErrorReport.of(OSError(28, "No space left on device"))
    assert (full.exit_code, full.reason) == (75, "disk-full")


def test_no_code_that_is_used_is_missing_from_the_table() -> None:
    used = {
        found
        for path in (PROJECT / "src/ceosample").rglob("*.py")
        for found in re.findall(r'reason="([a-z-]+)"', path.read_text("utf-8"))
    }
    assert used - REASONS.keys() == set()
    assert used


def test_the_shipped_units_use_the_code_for_waiting() -> None:
    """'(a code or a field that the shipped units use)'"""
    folder = PROJECT / "docs/schedulers"
    for name in ("ceosample.service", "crontab", "github-actions.yml"):
        assert "--exit-waiting 4" in (folder / name).read_text("utf-8")
    assert '"--exit-waiting", str(WAITING)' in (folder / "ceosample_dag.py").read_text("utf-8")
    text = (folder / "ceosample.service").read_text("utf-8")
    unit = dict(re.findall(r"^(\w+)=(.+)$", text, re.M))
    assert unit["SuccessExitStatus"].split() == ["4", "143"]
    stays = {int(code) for code in unit["RestartPreventExitStatus"].split()}
    assert unit["Restart"] == "on-failure"
    assert {*REASONS.values()} - stays == {0, 75, 143}  # of these 75 alone starts it again


@pytest.mark.slow
def test_cron_tries_again_where_the_database_does_not_answer(tmp_path: Path) -> None:
    text = (PROJECT / "docs/schedulers/crontab").read_text("utf-8")
    (line,) = re.findall(r"^15 6 \* \* \* (.+)$", text, re.M)
    tries = tmp_path / "tries"
    program = tmp_path / "ceosample"
    said = f"echo once >>{shlex.quote(str(tries))}; echo busy >&2"
    for code, times, mailed in ((75, 3, "busy\n"), (4, 1, ""), (0, 1, ""), (65, 1, "busy\n")):
        tries.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\n{said}\nexit {code}\n", "utf-8")
        program.chmod(0o755)
        here = line.replace("/opt/ceosample/bin/ceosample", shlex.quote(str(program)))
        here = here.replace("/srv/ceosample", shlex.quote(str(tmp_path))).replace(
            "sleep", ": sleep"
        )
        ended = subprocess.run(["/bin/sh", "-c", here], capture_output=True, text=True, check=False)
        assert (ended.stdout, tries.read_text("utf-8").count("once")) == (mailed, times)
