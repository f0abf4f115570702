"""A monitor's word: how the sign-off stands, for people, plug-ins, Prometheus and programs."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

import ceosample as cs
from ceosample.configuration import Configuration
from ceosample.health.look import health
from ceosample.health.nagios import plugin_lines
from ceosample.health.prometheus import HELP, exposition
from ceosample.health.state import Finding, Health, HealthLevel
from command import Ended, asked, time_told
from due_months import POPULATION, on, write_months
from pages import PROJECT, blocks

#: September is over, and October is not.
AT = on("2026-10-02")
DICE = ("--dice", "83019274650192837465", "--witness", "audit")

#: A line of performance data: label=value[unit];warn;crit;min.
DATUM = re.compile(r"([a-z_]+)=(\d+)(s?);(\d*);(\d*);0")


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A firm's folder, in which September is due."""
    write_months(tmp_path, "2026-09")
    return tmp_path


def at(folder: Path, moment: dt.datetime, *arguments: str) -> Ended:
    """The command at a moment, in this process."""
    with time_told(lambda: moment):
        return asked(*arguments, folder=folder)


def state(folder: Path, moment: dt.datetime, *arguments: str) -> Any:
    """The state as JSON, held to its schema by two readers of schemas, and to its exit code."""
    ended = at(folder, moment, "health", "--json", *arguments)
    jsonschema.Draft202012Validator(cs.schema("health")).validate(ended.json)
    jsonschema_rs.validate(cs.schema("health"), ended.json)
    assert ended.code == ended.json["exit_code"] == HealthLevel[ended.json["level"]]
    return ended.json


def reasons(found: Any) -> list[str]:
    """What needs a person; the letters of these tables are late from the first day."""
    said = [finding["reason"] for finding in found["findings"]]
    return [reason for reason in said if reason != "late-letters"]


def later(days: float) -> dt.datetime:
    return AT + dt.timedelta(days=days)


def test_what_waits_is_told_since_when_and_becomes_a_warning(firm: Path) -> None:
    """'what waits since when', '[--waiting-days N]'"""
    before = state(firm, AT)
    assert (before["level"], reasons(before)) == ("WARNING", ["no-ledger"])
    at(firm, AT, "run")
    soon = state(firm, later(2))
    assert (soon["level"], soon["findings"]) == ("OK", [])
    (waits,) = soon["facts"]["waiting"]
    assert (waits["period"], waits["what"]) == ("2026-09", "seed")
    assert dt.datetime.fromisoformat(waits["since"]) == AT
    assert reasons(state(firm, later(3.1))) == ["waiting-for-seed"]
    assert state(firm, later(3.1), "--waiting-days", "9")["level"] == "OK"
    assert state(firm, later(0.1), "--waiting-days", "0")["level"] == "WARNING"


def test_the_last_run_and_the_last_success_are_remembered(firm: Path) -> None:
    """'last success': a run that finds nothing to do counts too."""
    at(firm, AT, "run")
    at(firm, later(1), "run", *DICE)
    at(firm, later(2), "run")
    found = state(firm, later(3))
    last = found["last_run"]
    assert (last["reason"], dt.datetime.fromisoformat(last["succeeded_at"])) == (
        "nothing-due", later(2),
    )  # fmt: skip
    ended = at(firm, later(4), "run", *DICE[:1], "1" * 20, *DICE[2:], "--json")
    assert ended.code == 3
    found = state(firm, later(5))
    assert (found["level"], reasons(found)) == ("CRITICAL", ["conflict"])
    assert found["last_run"]["run"] == ended.json["run"]
    assert dt.datetime.fromisoformat(found["last_run"]["succeeded_at"]) == later(2)
    at(firm, later(6), "run")
    assert reasons(state(firm, later(6))) == []


def test_a_scheduler_that_stopped_shows_as_a_month_that_is_due(firm: Path) -> None:
    at(firm, AT, "run")
    at(firm, later(1), "run", *DICE)
    found = state(firm, on("2026-11-09"))
    (waits,) = found["facts"]["waiting"]
    assert (waits["period"], waits["what"], reasons(found)) == ("2026-10", "run", ["overdue"])
    assert waits["since"].startswith("2026-11-01T00:00:00")


def _without_packs(folder: Path) -> None:
    shutil.rmtree(folder / "packs/2026-09")


def _without_ledger(folder: Path) -> None:
    (folder / "signoff.db").unlink()


def _another_ledger(folder: Path) -> None:
    (folder / "signoff.db").unlink()
    cs.Ledger.open(f"sqlite:///{folder / 'signoff.db'}", clock=lambda: AT).close()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without_packs, "missing-packs"),
        (_without_ledger, "no-ledger"),
        (_another_ledger, "conflict"),
    ],
)
def test_what_was_lost_is_critical(firm: Path, spoil: Callable[[Path], None], reason: str) -> None:
    """'missing packs'"""
    at(firm, AT, "run")
    at(firm, later(1), "run", *DICE)
    assert reasons(state(firm, later(2))) == []
    spoil(firm)
    found = state(firm, later(2))
    assert found["level"] == "CRITICAL"
    assert reason in reasons(found)


def test_the_clock_is_looked_at(firm: Path) -> None:
    at(firm, AT, "run")
    found = state(firm, AT - dt.timedelta(seconds=30))
    assert (found["level"], found["facts"]["clock_behind"]) == ("OK", 30)
    # The ledger asks the computer's own clock, which time_told moves too.
    found = state(firm, AT - dt.timedelta(minutes=6))
    assert (found["level"], reasons(found)) == ("CRITICAL", ["clock"])


def test_a_check_is_remembered_with_its_head_and_age(firm: Path) -> None:
    """'checked head and age'"""
    at(firm, AT, "run")
    assert state(firm, AT)["checked"] is None
    status = at(firm, later(1), "status", "--check", "--json").json
    found = state(firm, later(2))
    assert found["checked"]["head"] == status["head"] == found["facts"]["head"]
    assert dt.datetime.fromisoformat(found["checked"]["at"]) == later(1)
    checked = state(firm, later(3), "--check")["checked"]
    assert (dt.datetime.fromisoformat(checked["at"]), checked["ok"]) == (later(3), True)
    assert checked["events"] == found["facts"]["events"]


def test_a_ledger_that_differs_stays_critical_until_it_is_checked_again(firm: Path) -> None:
    at(firm, AT, "run")
    configuration = Configuration.load(firm / "ceosample.toml")
    with cs.Ledger.open(configuration.ledger_url) as ledger:
        broken = ledger.check("0" * 64)
    from ceosample.health.last_check import remember_check

    assert not broken.ok
    remember_check(configuration, broken, AT)
    assert reasons(state(firm, AT)) == ["difference"]
    assert state(firm, AT, "--check")["level"] == "OK"


def test_late_letters_and_empty_places_are_counted(demonstration: Path) -> None:
    """'late letters, empty places'"""
    when = dt.datetime(2026, 11, 5, 9, tzinfo=dt.UTC)
    found = state(demonstration, when)
    risk = at(demonstration, when, "at-risk", "--json").json["at_risk"]["letters"]
    late = [letter for letter in risk if letter["overdue"]]
    assert found["facts"]["late_letters"] == len(late) > 0
    assert [finding["reason"] for finding in found["findings"]] == ["late-letters"]
    assert found["facts"]["empty_places"] == 0


# A plug-in


def test_a_plug_in_s_line_has_performance_data(firm: Path) -> None:
    """'exit code by the monitoring plug-in convention (0,1,2,3) with performance data'"""
    at(firm, AT, "run")
    ended = at(firm, later(4), "health", "--nagios")
    first, *details = ended.out.splitlines()
    told, _, data = first.partition(" | ")
    assert told.startswith(f"CEOSAMPLE WARNING - {POPULATION}: 2026-09 waits for its seed")
    found = {label: (int(value), unit, warn) for label, value, unit, warn, _ in DATUM.findall(data)}
    assert " ".join(match[0] for match in DATUM.finditer(data)) == data
    assert found["waiting"] == (4 * 86_400, "s", str(3 * 86_400))
    assert found["missing_packs"][0] == found["late_letters"][0] == 0
    assert found["last_success"] == (4 * 86_400, "s", "")
    assert details == ["WARNING: 2026-09 waits for its seed for 4 days (waiting-for-seed)"]
    assert ended.code == 1


@pytest.mark.parametrize(
    "arguments",
    [["--waiting-days", "-1"], ["--nonsense"], ["--nagios", "--prometheus"],
     ["-c", "nowhere.toml"], ["--prometheus", "metrics.txt"], ["-c", "nowhere.toml", "--nagios"]],
)  # fmt: skip
def test_what_cannot_be_told_is_unknown(firm: Path, arguments: list[str]) -> None:
    """A usage error of 2 would be CRITICAL to a monitor."""
    assert at(firm, AT, "health", *arguments).code == 3


def test_a_program_gets_the_failure_of_every_command(firm: Path) -> None:
    ended = at(firm, AT, "health", "--json", "-c", "nowhere.toml")
    jsonschema.validate(ended.json, cs.schema("failure"))
    assert (ended.code, ended.json["reason"]) == (78, "configuration")


@pytest.mark.parametrize(
    ("levels", "worst"),
    [("", "OK"), ("WARNING UNKNOWN", "WARNING"), ("UNKNOWN CRITICAL", "CRITICAL"),
     ("UNKNOWN", "UNKNOWN"), ("WARNING CRITICAL", "CRITICAL")],
)  # fmt: skip
def test_the_most_urgent_finding_is_the_level(levels: str, worst: str) -> None:
    findings = tuple(Finding(HealthLevel[name], "busy", "a | b\nc") for name in levels.split())
    found = Health("responses", AT, "0.2.0", 3, findings)
    assert found.level.name == worst
    first = plugin_lines(found).splitlines()[0]
    assert "|" not in first  # it has no performance data, and words cannot begin any


# Prometheus


def samples(text: str) -> dict[tuple[str, str], float]:
    """What Prometheus' own client reads, by name and by the label ``period`` or ``population``."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        assert family.type == "gauge"
        for sample in family.samples:
            key = sample.labels.get("period") or sample.labels.get("population") or ""
            found[sample.name, key] = sample.value
    return found


def test_a_node_exporter_s_file_is_whole_and_read_by_prometheus(firm: Path) -> None:
    """'a textfile for a node exporter, whole or not at all'"""
    at(firm, AT, "run")
    file = firm / "ceosample.prom"
    ended = at(firm, later(4), "health", "--prometheus", str(file))
    assert (ended.code, ended.out) == (1, "")
    text = file.read_text("utf-8")
    found = samples(text)
    assert text.endswith("\n")
    assert found["ceosample_health_status", POPULATION] == 1
    assert found["ceosample_waiting_since_timestamp_seconds", "2026-09"] == AT.timestamp()
    assert found["ceosample_last_success_timestamp_seconds", POPULATION] == AT.timestamp()
    assert found["ceosample_ledger_up", POPULATION] == 1
    assert {name for name, _ in found if not re.fullmatch("ceosample(_[a-z]+)+", name)} == set()
    assert file.stat().st_mode & 0o044  # the exporter is another user
    assert [path.name for path in firm.iterdir() if path.suffix == ".part"] == []
    printed = at(firm, later(4), "health", "--prometheus")
    assert printed.out == text


def test_a_ledger_that_is_away_still_gives_metrics(firm: Path) -> None:
    at(firm, AT, "run")
    (firm / "signoff.db").unlink()
    found = samples(at(firm, AT, "health", "--prometheus").out)
    assert found["ceosample_ledger_up", POPULATION] == 0
    assert found["ceosample_health_status", POPULATION] == 2
    assert ("ceosample_waiting_months", POPULATION) not in found


def test_labels_are_escaped() -> None:
    text = exposition(Health('a"b\\c', AT, "0.2.0", 3, ()))
    assert ("ceosample_health_status", 'a"b\\c') in samples(text)


# What it may not say or do


def test_it_says_nothing_of_customers_and_writes_nothing_into_the_ledger(
    demonstration: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(demonstration, tmp_path / "firm"))
    before = (folder / "signoff.db").read_bytes()
    said = "".join(
        at(folder, dt.datetime(2026, 12, 5, 9, tzinfo=dt.UTC), "health", *form).out
        for form in ([], ["--json"], ["--nagios"], ["--prometheus"], ["--check"])
    )
    left = [path.read_text("utf-8") for path in (folder / "packs").glob(".*.last-*.lock")]
    assert left
    for path in folder.glob("letters-*.jsonl"):
        for line in path.read_text("utf-8").splitlines():
            letter = json.loads(line)
            for word in (letter["unit_id"], letter["letter"]["recipient"]):
                assert word not in said + "".join(left)
    assert (folder / "signoff.db").read_bytes() == before


def test_a_damaged_word_says_nothing(firm: Path) -> None:
    at(firm, AT, "run")
    for word in ("{", "[]", '{"scheme": "ceosample-last-run/1"}', '{"scheme": "another/1"}'):
        for name in ("last-run", "last-check"):
            (firm / f"packs/.{POPULATION}.{name}.lock").write_text(word, "utf-8")
        found = health(Configuration.load(firm / "ceosample.toml"), at=AT)
        assert (found.last_run, found.checked) == (None, None)


def test_the_rules_on_the_page_ask_for_metrics_that_there_are() -> None:
    """An alert on a metric that is gone would never ring."""
    (block,) = blocks(PROJECT / "docs/on-call.md", "yaml")
    rules = [rule for group in yaml.safe_load(block)["groups"] for rule in group["rules"]]
    used = {name for rule in rules for name in re.findall(r"ceosample_(\w+)", rule["expr"])}
    assert len(rules) >= 3
    assert used <= HELP.keys()
