"""Several populations in one configuration: one file, one ledger, a folder each."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

import ceosample as cs
import command
from ceosample.cli.unattended.run_each import worst
from ceosample.configuration import Configuration
from ceosample.errors import ConfigurationError
from command import Ended
from due_months import on, write_months
from inputs import configure

MONTHS = ("2026-09", "2026-10")
DICE = ("--dice", "83019274650192837465", "--witness", "internal audit")
OTHER_DICE = ("--dice", "19283746501928374650", "--witness", "internal audit")

#: What stands in place of the template's one population; the second says nothing of its own.
LIST = """\
[[population]]
name = "complaints"
title = "Complaints"
first = "2026-09"
zone = "Europe/London"
[population.plan]
size = {at_most = 7}
[population.strata]
variables = ["division"]
[[population.source.filter]]
column = "channel"
is = ["letter", "telephone"]

[[population]]
name = "claims"
title = "Claims"
first = "2026-09"
[population.source]
csv = "claims-{period}.csv"

"""


def listed(text: str, entries: str = LIST) -> str:
    """A configuration with a list of populations in place of its one."""
    begin, end = text.index("[population]"), text.index("[source]")
    return text[:begin] + entries + text[end:]


def relist(folder: Path, entries: str) -> Path:
    path = folder / "ceosample.toml"
    path.write_text(listed(path.read_text("utf-8").replace("[[population]]", "[population]", 1)
                           if "[[population]]" in path.read_text("utf-8")
                           else path.read_text("utf-8"), entries), "utf-8")  # fmt: skip
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two closed months of two populations that have the same ids."""
    folder = tmp_path_factory.mktemp("populations")
    write_months(folder, *MONTHS, count=40, size=2)
    for period in MONTHS:
        shutil.copy(folder / f"responses-{period}.csv", folder / f"claims-{period}.csv")
    path = folder / "ceosample.toml"
    path.write_text(listed(path.read_text("utf-8")), "utf-8")
    return folder


@pytest.fixture
def two(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "firm"))


def ceosample(folder: Path, *arguments: str, at: str = "2026-10-02") -> Ended:
    with command.time_told(lambda: on(at)):
        return command.asked(*arguments, folder=folder)


@pytest.fixture(scope="module")
def sent(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first month of both, sent."""
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("sent") / "firm"))
    assert ceosample(folder, "run").code == 75
    for name, dice in (("complaints", DICE), ("claims", OTHER_DICE)):
        assert ceosample(folder, "run", "--population", name, *dice, at="2026-10-03").code == 0
    return folder


# The file


def test_the_first_of_them_names_the_ledger_and_the_others_find_it_named(two: Path) -> None:
    ended = ceosample(two, "run")
    assert (ended.code, "ledger.id" in ended.err) == (75, False)
    text = (two / "ceosample.toml").read_text("utf-8")
    with cs.Ledger.open(f"sqlite:///{two / 'signoff.db'}") as ledger:
        assert text.count(ledger.ledger_id) == 1


def test_each_population_has_its_own_and_shares_the_rest(made: Path) -> None:
    """'each with its own filter, zone, plan, seed, titles and folder packs/POPULATION/PERIOD'"""
    complaints, claims = Configuration.load_all(made / "ceosample.toml")
    assert (complaints.population, complaints.title) == ("complaints", "Complaints")
    assert (complaints.zone, claims.zone) == ("Europe/London", None)
    assert (str(complaints.plan.size), claims.plan.size) == ("at most 7", 2)
    assert (complaints.variables, claims.variables) == (("division",), ())
    assert (len(complaints.source.filter), claims.source.filter) == (1, ())
    assert (complaints.source.file, claims.source.file) == (
        "responses-{period}.csv", "claims-{period}.csv",
    )  # fmt: skip
    assert complaints.ledger_url == claims.ledger_url
    assert complaints.packs == made.resolve() / "packs" / "complaints"
    assert claims.signatory == complaints.signatory


def test_a_file_of_one_population_stays_as_it_is(tmp_path: Path) -> None:
    write_months(tmp_path, MONTHS[0], count=20)
    found = Configuration.load(tmp_path / "ceosample.toml")
    assert (found.apart, found.packs) == (False, tmp_path.resolve() / "packs")
    assert Configuration.load(tmp_path / "ceosample.toml", found.population) == found
    ended = ceosample(tmp_path, "run", "--json")
    assert (ended.code, ended.json["scheme"]) == (75, "ceosample-run/1")
    assert (tmp_path / "packs" / MONTHS[0] / "manifest.csv").exists()


def test_a_list_of_one_has_the_folder_of_a_list(two: Path) -> None:
    path = two / "ceosample.toml"
    text = path.read_text("utf-8")
    begin, end = text.index('\n[[population]]\nname = "claims"'), text.index("[source]")
    path.write_text(text[:begin] + "\n" + text[end:], "utf-8")
    found = Configuration.load(path)
    assert found.packs.name == "complaints"
    assert ceosample(two, "run", "--json").json["population"] == "complaints"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('"claims"', "complaints"),
        ('"claims"', "2026-10"),
        ('"claims"', "com1"),
        ('"claims"', "Claims"),
    ],
)
def test_a_name_that_is_no_folder_of_its_own_on_every_system_is_refused(
    two: Path, change: str, says: str
) -> None:
    """Capitals are refused altogether, so ``A`` and ``a`` never meet in one folder."""
    configure(two, (f"name = {change}", f'name = "{says}"'))
    with pytest.raises(ConfigurationError, match=f"got '{says}'"):
        Configuration.load_all(two / "ceosample.toml")


def test_a_problem_is_told_with_its_population_and_a_shared_one_once(two: Path) -> None:
    configure(
        two,
        ("size = {at_most = 7}", "size = {at_most = 0}"),
        ('title = "Claims"', 'title = "Claims"\ncolour = "red"'),
        ('id = "ceo"', "id = 7"),
    )
    with pytest.raises(ConfigurationError) as caught:
        Configuration.load_all(two / "ceosample.toml")
    own = [fault for fault in caught.value.faults if "population '" in fault]
    shared = [fault for fault in caught.value.faults if fault not in own]
    assert ["signatory.id" in fault for fault in shared] == [True]
    assert [fault.split(", ", 1)[1].split(": got")[0].split(": not")[0] for fault in own] == [
        "population 'complaints', plan, size, at_most",
        "population 'claims', population.colour",
    ]


@pytest.mark.parametrize("entries", ["population = []\n", "population = [1]\n"])
def test_a_list_that_is_none_is_refused(two: Path, entries: str) -> None:
    path = two / "ceosample.toml"
    path.write_text(entries + path.read_text("utf-8").split("[source]", 1)[1], "utf-8")
    with pytest.raises(ConfigurationError, match=r"\[\[population\]\]"):
        Configuration.load_all(path)


def test_what_a_population_has_instead_replaces_what_is_shared(two: Path) -> None:
    """One of several keys, such as minutes for a size, and another kind of seed."""
    configure(
        two,
        ("size = {at_most = 7}", "minutes = 45\nper_letter = 4"),
        ('csv = "claims-{period}.csv"', 'sql = "claims.sql"\nurl = "sqlite:///claims.db"'),
        ('source = "dice" ', 'source = "chain"\nsecret = "chain.json" # '),
        ('zone = "Europe/London"', 'zone = "Europe/London"\nseed = {source = "dice"}'),
    )
    complaints, claims = Configuration.load_all(two / "ceosample.toml")
    assert complaints.plan.size is None
    assert complaints.plan.minutes == 45
    assert (claims.source.kind, claims.source.url) == ("sql", "sqlite:///claims.db")
    assert (complaints.seed_source, dict(complaints.seeding)) == ("dice", {})
    assert (claims.seed_source, dict(claims.seeding)) == ("chain", {"secret": "chain.json"})


# A run


def test_a_run_takes_all_and_each_has_its_folder(two: Path) -> None:
    ended = ceosample(two, "run", "--json")
    assert ended.code == 75
    jsonschema.validate(ended.json, cs.schema("runs"))
    for report in ended.json["populations"]:
        jsonschema.validate(report, cs.schema("run"))
    assert [r["population"] for r in ended.json["populations"]] == ["complaints", "claims"]
    for name in ("complaints", "claims"):
        assert (two / "packs" / name / MONTHS[0] / "manifest.csv").exists()
    kept = (two / "packs" / "complaints" / MONTHS[0] / "manifest.csv").read_text("utf-8")
    table = (two / f"responses-{MONTHS[0]}.csv").read_text("utf-8").splitlines()
    channels = {line.split(",")[0]: line.split(",")[2] for line in table}
    ids = [line.split(",")[0] for line in kept.splitlines()[1:]]
    assert {channels[unit_id] for unit_id in ids} == {"letter", "telephone"}
    plan = ceosample(two, "plan", "--period", MONTHS[0], "--population", "complaints", "--json")
    source = plan.json["source"]
    assert source["other_populations"] + source["eligible"] == source["rows"] - len(
        [1 for line in table[1:] if line.split(",")[-2] and line.split(",")[2] in channels.values()
         and line.split(",")[2] in ("letter", "telephone")]
    )  # fmt: skip


def test_one_that_fails_stops_no_other_and_the_exit_code_is_the_worst(two: Path) -> None:
    broken = two / f"responses-{MONTHS[0]}.csv"
    broken.write_text("nothing,of,this\n", "utf-8")
    ended = ceosample(two, "run", "--json")
    first, second = ended.json["populations"]
    assert (ended.code, ended.json["exit_code"]) == (65, 65)
    assert (first["state"], first["error"]["exit_code"]) == ("failed", 65)
    assert (second["state"], second["waiting"]["period"]) == ("waiting", MONTHS[0])
    again = ceosample(two, "run")
    assert again.code == 65
    assert "ceosample: complaints: " in again.err
    assert "Claims, 2026-09: frozen in" in again.out
    assert ceosample(two, "run", "--population", "claims").code == 75


def test_the_worst_exit_code_is_a_failure_before_a_wait() -> None:
    assert [worst(codes) for codes in ([0, 0], [0, 75], [75, 1], [3, 65, 75], [70, 78])] == [
        0, 75, 1, 65, 78,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [DICE, ("--period", MONTHS[0], "--refreeze"), ("--beacon", "ab" * 32)]
)
def test_what_is_one_populations_is_not_tried_on_all(two: Path, arguments: tuple[str, ...]) -> None:
    ended = ceosample(two, "run", *arguments)
    assert ended.code == 78
    assert "this file has complaints, claims; choose one, --population" in ended.err
    assert not (two / "signoff.db").exists()


def test_a_month_with_its_own_empty_source_holds_no_other_population_up(two: Path) -> None:
    table = two / f"claims-{MONTHS[0]}.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    ended = ceosample(two, "run", "--json", at="2026-11-02")
    complaints, claims = ended.json["populations"]
    assert [m["state"] for m in complaints["months"]] == ["waiting"]
    assert [m["state"] for m in claims["months"]] == ["empty", "waiting"]
    for report in (complaints, claims):
        jsonschema.validate(report, cs.schema("run"))


def test_a_dry_run_and_a_check_look_at_all(two: Path) -> None:
    ended = ceosample(two, "run", "--dry-run")
    assert ended.code == 0
    assert ("Complaints, 2026-09" in ended.out, "Claims, 2026-09" in ended.out) == (True, True)
    (two / f"claims-{MONTHS[0]}.csv").unlink()
    checked = ceosample(two, "check", "--json")
    assert [r["population"] for r in checked.json["populations"]] == ["complaints", "claims"]
    assert [r["ok"] for r in checked.json["populations"]] == [True, False]
    assert (checked.code, checked.json["exit_code"], checked.json["ok"]) == (65, 65, False)


# The other commands


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--period", MONTHS[0]),
        ("status",),
        ("metrics",),
        ("report", "--out", "board.html"),
        ("infer", "--period", MONTHS[0]),
        ("at-risk",),
        ("policies",),
        ("close", "--period", MONTHS[0], "--still-open"),
        ("sheets", "--period", MONTHS[0]),
        ("rework", "R-1", "--period", MONTHS[0]),
        ("docx", "R-1", "--period", MONTHS[0], "--out", "word"),
        ("supersede", "--period", MONTHS[0], "--by", "a", "--reason-code", "mistake"),
        ("hold", "R-1", "--period", MONTHS[0], "--by", "a", "--reason-code", "dispute"),
        ("reconcile", "--period", MONTHS[0], "--opening", "0", "--new", "1", "--final", "1",
         "--carried", "0", "--by", "a"),
        ("seed", "show"),
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_a_command_about_one_population_names_those_that_there_are(
    sent: Path, arguments: tuple[str, ...]
) -> None:
    ended = ceosample(sent, *arguments)
    assert ended.code == 78, ended.err
    assert "population: missing, and this file has complaints, claims" in ended.err


def test_a_command_is_about_the_population_that_is_named(sent: Path, tmp_path: Path) -> None:
    for name, letters in (("complaints", 7), ("claims", 2)):
        one = ("--population", name)
        status = ceosample(sent, "status", "--json", *one).json
        assert [(m["population"], len(m["letters"])) for m in status["months"]] == [(name, letters)]
        figures = ceosample(sent, "metrics", "--json", *one, at="2026-10-04").json
        assert figures["sample"]["signoff"]["of"] == letters
        page = tmp_path / f"{name}.html"
        board = ("report", "--no-pictures", "--out", str(page), *one)
        assert ceosample(sent, *board, at="2026-10-04").code == 0
        assert f"{name.title()}, September 2026" in page.read_text("utf-8")
        close = ("close", "--period", MONTHS[0], "--still-open", *one)
        assert ceosample(sent, *close, at="2026-10-04").code == 0
        folder = sent / "packs" / name / MONTHS[0]
        assert [*folder.glob("interim-*.html")]
        assert ceosample(sent, "verify", str(folder), "--ledger").code == 0


def test_an_id_of_two_populations_is_recorded_for_the_one_that_is_named(sent: Path) -> None:
    drawn = {
        name: json.loads((sent / "packs" / name / MONTHS[0] / "draw.json").read_text("utf-8"))
        for name in ("complaints", "claims")
    }
    selected, reserve = (
        {unit["unit_id"] for unit in drawn[name][kind]}
        for name, kind in (("complaints", "selections"), ("claims", "selections"))
    )
    only = sorted(selected - reserve)[0]
    ended = ceosample(
        sent, "record", "signed", only, "--by", "ceo", "--population", "claims", at="2026-10-04"
    )
    assert ended.code != 0
    ended = ceosample(
        sent, "record", "signed", only, "--by", "ceo", "--population", "complaints", "--json",
        at="2026-10-04",
    )  # fmt: skip
    assert (ended.code, ended.json["population"]) == (0, "complaints")
    assert ended.json["at"].endswith("+01:00")  # the zone of that population


def test_the_ledgers_commands_need_no_population(sent: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    assert ceosample(sent, "export", str(out)).code == 0
    assert {"complaints", "claims"} <= {
        json.loads(line)["population"] for line in out.read_text("utf-8").splitlines()
    }
    assert ceosample(sent, "people").code == 0
    assert ceosample(sent, "repair", "--dry-run", "--by", "a").code == 0
