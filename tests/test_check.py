"""ceosample check: every part asked, all faults at once, nothing written."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ceosample import Ledger, job
from ceosample.cli import cli
from ceosample.configuration import KEYS, TEMPLATE, Configuration
from ceosample.configuration.keys import EXCLUSION
from ceosample.errors import ConfigurationError
from ceosample.job.checks.parts import PARTS
from ceosample.sampling.seeds.chain import secret_file
from ceosample.seeds import SeedChain
from inputs import configure, write_month
from refusals import CHANGED_SINCE_THE_FREEZE, NOT_SHOWN, did_you_mean

PERIOD = "2026-10"
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ready")
    write_month(folder, PERIOD)
    configure(folder)
    return folder


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    shutil.copytree(ready, tmp_path / "month")
    return tmp_path / "month"


def checked(folder: Path) -> job.CheckReport:
    configuration = Configuration.load(folder / "ceosample.toml")
    return job.check(job.Month(configuration, PERIOD, AT))


def command(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(
        cli, ["check", "--config", str(folder / "ceosample.toml"), "--period", PERIOD, *more]
    )


def part(report: job.CheckReport, name: str) -> Any:
    return next(part for part in report.parts if part.name == name)


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file and folder: its mode, when it was changed, its bytes."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [folder, *sorted(folder.rglob("*"))]
    }


def test_a_configuration_that_would_run_is_ok_in_every_part(folder: Path) -> None:
    report = checked(folder)
    assert report.ok, str(report)
    assert [found.name for found in report.parts] == ["configuration", *PARTS]
    assert {found.state for found in report.parts} == {"ok"}
    done = command(folder)
    assert done.exit_code == 0
    assert done.output.startswith(
        "Complaint responses, 2026-10: 13 ok, 0 problems, 0 not checked\n"
    )


@pytest.mark.parametrize("is_begun", [False, True])
def test_nothing_is_written_or_touched(folder: Path, is_begun: bool) -> None:
    """'It never creates a file, lock or database.'"""
    if is_begun:
        Ledger.open(f"sqlite:///{folder / 'signoff.db'}").close()
    before = state(folder)
    assert command(folder).exit_code == 0
    (folder / "letters-2026-10.jsonl").rename(folder / "elsewhere")
    renamed = state(folder)
    assert command(folder).exit_code == 65
    assert state(folder) == renamed
    assert (folder / "signoff.db").exists() is is_begun
    assert set(before) - set(renamed) == {"letters-2026-10.jsonl"}


def test_all_faults_are_told_at_once_and_the_first_gives_the_exit_code(folder: Path) -> None:
    (folder / "responses-2026-10.csv").write_text("response_id\nA-1\n", "utf-8")
    (folder / "own.html").write_text("{% if %}", "utf-8")
    (folder / "letters-2026-10.jsonl").write_text("[]\n", "utf-8")
    (folder / "packs").write_text("in the way", "utf-8")
    configure(
        folder,
        ("# template =", "template ="),
        ('# fonts = "fonts"', 'fonts = "nowhere"'),
        ("# [deadlines]", "[deadlines]"),
        ('# regimes = ["our-own.toml"]', 'regimes = ["our-own.toml"]'),
        ("# [signatures]", "[signatures]"),
        ('# roots = ["our-authority.pem"]', 'roots = ["our-authority.pem"]'),
    )
    report = checked(folder)
    faulty = [found.name for found in report.parts if found.state == "fault"]
    assert faulty == [
        "source", "letters", "pdf", "contents", "deadlines", "signatures", "output",
    ]  # fmt: skip
    assert part(report, "plan").state == "not checked"
    assert part(report, "letters").said[0].startswith("letters.template: the template, line 1:")
    assert part(report, "contents").said == (
        'letters-2026-10.jsonl, line 1: not a JSON object with a "unit_id"; correct the line',
    )
    assert (report.exit_code, command(folder).exit_code) == (65, 65)


def test_a_configuration_with_faults_is_78_and_nothing_else_is_checked(folder: Path) -> None:
    configure(folder, ('unit_id = "response_id"', 'unit-id = "response_id"'))
    done = command(folder, "--json")
    assert done.exit_code == 78
    said = json.loads(done.output)
    assert said["parts"][0]["state"] == "fault"
    assert any(did_you_mean("unit_id") in fault for fault in said["parts"][0]["said"])
    assert {found["state"] for found in said["parts"][1:]} == {"not checked"}


def test_a_part_that_is_not_installed_is_69(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(folder, ('csv = "responses-{period}.csv" ', 'parquet = "responses.parquet" '))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = command(folder)
    assert done.exit_code == 69
    assert "pip install 'ceosample[parquet]'" in done.output


def test_letters_without_contents_are_counted_and_none_is_shown(folder: Path) -> None:
    path = folder / "letters-2026-10.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    eligible = {
        row.split(",")[0]
        for row in (folder / "responses-2026-10.csv").read_text("utf-8").splitlines()[1:]
    }
    path.write_text("".join(lines[40:]), "utf-8")
    said = part(checked(folder), "contents").said
    total = int(said[0].split()[2])
    left = sum(json.loads(line)["unit_id"] in eligible for line in lines[40:])
    assert said[0] == f"{left} of {total} eligible letters have contents"
    assert said[1].startswith(f"a run that draws one of the other {total - left} stops")
    name = json.loads(lines[50])["letter"]["recipient"]
    assert name not in command(folder).output


def test_stated_exclusions_are_shown_with_their_rows(folder: Path) -> None:
    stated = '[[source.exclusions]]\nreason = "gone"\ncolumn = "division"\nis = ["Nowhere"]\n'
    configure(folder, ("\n[strata]\n", f"\n{stated}\n[strata]\n"))
    for name in ("check", "plan"):
        done = CliRunner().invoke(
            cli, [name, "--config", str(folder / "ceosample.toml"), "--period", PERIOD]
        )
        assert "source.exclusions[1], gone: 0 rows where 'division' is 'Nowhere'" in done.output


def with_chain(folder: Path, population: str = "complaint-responses") -> SeedChain:
    configure(
        folder, ('source = "dice" ', 'source = "chain" '), ('# secret = "chain', 'secret = "chain')
    )
    chain = SeedChain.new(population, first=PERIOD, months=12, random=secrets.token_bytes)
    secret_file.save(chain, folder / "chain.json")
    return chain


def test_a_chain_must_be_ours_published_and_its_owner_s_alone(folder: Path) -> None:
    chain = with_chain(folder)
    done = command(folder)
    assert done.exit_code == 65
    assert "the chain is not published" in done.output
    before = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    with Ledger.open(f"sqlite:///{folder / 'signoff.db'}", clock=lambda: before) as ledger:
        ledger.publish(chain.published, by="sampling", at=before)
    done = command(folder)
    assert done.exit_code == 0, done.output
    assert chain.published.end[:8] in done.output
    assert chain.secret not in done.output
    (folder / "chain.json").chmod(0o644)
    assert "0644" in command(folder).output


def test_a_chain_of_another_population_is_a_fault(folder: Path) -> None:
    with_chain(folder, "other-letters")
    done = command(folder)
    assert "seed.secret: got the chain of other-letters" in done.output
    assert done.exit_code == 78


def test_a_signatory_without_the_role_is_a_fault_once_roles_are_known(folder: Path) -> None:
    with Ledger.open(f"sqlite:///{folder / 'signoff.db'}") as ledger:
        ledger.grant("someone", "signatory", since=dt.date(2026, 1, 1), by="board", at=AT)
    assert part(checked(folder), "signatory").state == "fault"


def run(folder: Path, period: str, at: dt.datetime) -> None:
    configuration = Configuration.load(folder / "ceosample.toml")
    with Ledger.open(configuration.ledger_url) as ledger:
        job.run(job.Month(configuration, period, at), ledger)


def test_without_a_month_the_first_that_is_due_is_checked(folder: Path) -> None:
    asked = ["check", "--config", str(folder / "ceosample.toml"), "--json"]
    over = json.loads(CliRunner().invoke(cli, asked).stdout)["period"]
    today = dt.datetime.now(dt.UTC)
    assert over == f"{today.replace(day=1) - dt.timedelta(days=1):%Y-%m}"
    configure(folder, ('# first = "2026-10"', 'first = "2026-09"'))
    done = CliRunner().invoke(cli, asked)
    assert (done.exit_code, json.loads(done.stdout)["period"]) == (65, "2026-09")
    assert "responses-2026-09.csv: not there" in done.stdout


def test_what_a_run_would_take_on_is_said_and_that_it_could_not_know(folder: Path) -> None:
    assert part(checked(folder), "ledger").said[1] == (
        "a run needs --period, for population.first is missing and no month is frozen"
    )
    configure(folder, ('# first = "2026-10"', 'first = "2026-09"'))
    assert part(checked(folder), "ledger").said[1] == (
        "a run without --period takes on: 2026-09, 2026-10"
    )
    configure(folder, ('first = "2026-09"', 'first = "2026-11"'))
    assert (
        part(checked(folder), "ledger").said[1] == "nothing is due before 2026-12-01T00:00:00+00:00"
    )


def test_a_month_that_is_not_over_is_no_fault_of_the_configuration(folder: Path) -> None:
    configuration = Configuration.load(folder / "ceosample.toml")
    early = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
    month = job.Month(configuration, PERIOD, early)
    said = "2026-10 is not over: until the end of 2026-10-31 (UTC) a run needs --unfinished"
    report = job.check(month)
    assert (report.ok, said in part(report, "ledger").said) == (True, True)
    assert said not in part(checked(folder), "ledger").said
    with Ledger.open(configuration.ledger_url) as ledger:
        job.run(job.Month(configuration, PERIOD, early, unfinished=True), ledger)
    assert said not in part(job.check(month), "ledger").said


def test_a_response_that_had_a_frame_is_a_fault_as_it_is_of_the_run(folder: Path) -> None:
    shutil.copy(folder / "responses-2026-10.csv", folder / "responses-2026-09.csv")
    run(folder, "2026-09", AT)
    report = checked(folder)
    assert (part(report, "ledger").state, report.exit_code) == ("fault", 65)
    assert "that are in the frame of another month" in part(report, "ledger").said[0]
    (folder / "packs/2026-09/manifest.csv").write_text("unit_id,division\n", "utf-8")
    report = checked(folder)
    assert (part(report, "ledger").state, report.exit_code) == ("fault", 3)
    assert CHANGED_SINCE_THE_FREEZE in part(report, "ledger").said[0]


def test_a_month_that_is_frozen_is_checked_as_it_was_frozen(folder: Path) -> None:
    run(folder, PERIOD, AT)
    (folder / "responses-2026-10.csv").unlink()
    report = checked(folder)
    assert report.ok, str(report)
    assert part(report, "source").said[0].startswith("frozen before: 151 eligible")
    assert part(report, "seed").said == ("its freeze named dice",)
    configure(folder, ('source = "dice"', 'source = "chain"'), ("# secret =", "secret ="))
    assert f"seed.source {CHANGED_SINCE_THE_FREEZE}" in part(checked(folder), "seed").said[0]
    manifest = folder / "packs/2026-10/manifest.csv"
    manifest.write_bytes(b"".join(manifest.read_bytes().splitlines(keepends=True)[:-1]))
    report = checked(folder)
    assert f"manifest {CHANGED_SINCE_THE_FREEZE}" in part(report, "plan").said[0]
    assert report.exit_code == 3


def test_a_month_that_was_frozen_twice_is_checked_as_it_was_frozen_last(folder: Path) -> None:
    run(folder, PERIOD, AT)
    table = folder / "responses-2026-10.csv"
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:-1]))
    configuration = Configuration.load(folder / "ceosample.toml")
    with Ledger.open(configuration.ledger_url) as ledger:
        job.run(job.Month(configuration, PERIOD, AT, refreeze=True), ledger)
    report = checked(folder)
    assert report.ok, str(report)
    assert part(report, "source").said[0].startswith("frozen before: 150 eligible")


def test_a_folder_with_another_ledger_s_month_is_a_fault(folder: Path) -> None:
    run(folder, PERIOD, AT)
    (folder / "signoff.db").unlink()
    (folder / "packs/2026-10/manifest.csv").write_text("unit_id,division\n", "utf-8")
    report = checked(folder)
    assert (part(report, "output").state, report.exit_code) == ("fault", 3)
    assert "a month that this ledger does not have" in part(report, "output").said[0]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite+pysqlite:///"])
def test_a_ledger_in_memory_is_refused_for_it_would_not_last(folder: Path, url: str) -> None:
    configure(folder, ("sqlite:///signoff.db", url))
    done = CliRunner().invoke(
        cli, ["run", "--config", str(folder / "ceosample.toml"), "--period", PERIOD]
    )
    assert isinstance(done.exception, ConfigurationError)
    assert f"ledger.url: got {NOT_SHOWN}" in str(done.exception)
    assert not (folder / "packs").exists()


def test_a_file_of_sqlite_is_relative_to_the_configuration_whatever_names_its_driver(
    folder: Path,
) -> None:
    configure(folder, ("sqlite:///signoff.db", "sqlite+pysqlite:///signoff.db"))
    with Ledger.open(Configuration.load(folder / "ceosample.toml").ledger_url):
        assert (folder / "signoff.db").is_file()


@pytest.mark.parametrize("pickup", ["packs", "./packs/", "elsewhere/../packs"])
def test_the_records_folder_is_no_pick_up_folder(folder: Path, pickup: str) -> None:
    configure(folder, ('# pickup = "outbox"', f'pickup = "{pickup}"'))
    with pytest.raises(
        ConfigurationError, match=r"output\.pickup: got .*, which is output.folder too"
    ):
        Configuration.load(folder / "ceosample.toml")


def test_a_file_that_is_no_ledger_is_a_fault_and_stays(folder: Path) -> None:
    (folder / "signoff.db").write_bytes(b"not a database at all")
    before = state(folder)
    report = checked(folder)
    assert part(report, "ledger").state == "fault"
    assert part(report, "signatory").state == "not checked"
    assert state(folder) == before


def test_the_template_of_init_names_every_key() -> None:
    """Commented or not: what can be said is found in the file that one begins with."""
    named = {*re.findall(r"(\w+) = ", TEMPLATE)}
    lists = {"source.exclusions": EXCLUSION, "source.filter": EXCLUSION}
    for table, keys in {**KEYS, **lists}.items():
        assert re.search(rf"^(# )?\[+{re.escape(table)}\]", TEMPLATE, re.M), table
        assert not set(keys) - named - {"exclusions", "filter"}, table
    assert "ceosample check" in TEMPLATE


def test_init_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "ceosample check" in CliRunner().invoke(cli, ["init"]).output


def test_every_letter_is_tried_before_there_is_a_draw(folder: Path) -> None:
    """'proves that a configuration would run, without drawing'"""
    path = folder / "letters-2026-10.jsonl"
    letters = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    (tried,) = part(checked(folder), "trial").said
    assert tried == f"{len(letters)} letters can be rendered"
    letters[0]["letter"] = {"recipient": "Ms Lee", "address": ["3 Mill Lane"]}
    letters[0]["docket"] = {}
    path.write_text("".join(f"{json.dumps(one)}\n" for one in letters), "utf-8")
    trial = part(checked(folder), "trial")
    assert (trial.state, trial.exit_code) == ("fault", 65)
    assert trial.said == (
        f"letter {letters[0]['unit_id']}: the fields 'salutation', 'subject', 'body', 'closing' "
        "are missing",
    )


def test_what_cannot_be_tried_says_so(folder: Path) -> None:
    configure(folder, ("# template =", "template ="))  # of a file that is not there
    assert part(checked(folder), "trial").said == ("the template or the deadlines have problems",)
    (folder / "letters-2026-10.jsonl").write_text("", "utf-8")
    assert part(checked(folder), "trial").said == ("there is no letter to try",)


def test_a_file_for_all_months_without_a_column_of_months_is_asked_about(folder: Path) -> None:
    assert len(part(checked(folder), "source").said) == 1
    (folder / "responses-2026-10.csv").rename(folder / "all.csv")
    configure(folder, ('csv = "responses-{period}.csv" ', 'csv = "all.csv" '))
    assert part(checked(folder), "source").said[-1].startswith("all of its rows count for 2026")
    configure(folder, ('# period_column = "final_date"', 'period_column = "finalised"'))
    assert len(part(checked(folder), "source").said) == 1


def test_of_very_many_faults_the_first_are_shown_and_json_has_all(folder: Path) -> None:
    (folder / "letters-2026-10.jsonl").write_text("[]\n" * 99, "utf-8")
    assert "lines 1, 2, 3 and 96 more: not a JSON object" in command(folder).output
    parts = json.loads(command(folder, "--json").output)["parts"]
    assert [len(one["said"]) for one in parts if one["name"] == "contents"] == [99]
    with (folder / "ceosample.toml").open("a", encoding="utf-8") as file:
        file.writelines(f"[unknown_{number}]\n" for number in range(99))
    shown = command(folder).output
    assert shown.count("not known") == 21
    assert "and 78 more; --json has all" in shown
    assert len(json.loads(command(folder, "--json").output)["parts"][0]["said"]) == 99
