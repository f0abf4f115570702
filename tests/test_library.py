"""As a part of other systems: what can be pickled, written as JSON, logged, shared by threads."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import logging
import pickle
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ceosample as cs
import months
import release_0_1
from ceosample import errors
from ceosample.canonical import canonical_file
from ceosample.result import Result
from ceosample.signoff.intake.tracker import tracker_of
from face import public_names

GOLDEN = Path(__file__).parent / "golden"
ERRORS = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, cs.CeosampleError)
]


COLUMNS = cs.tracker.Columns(id="Ref", period="Month", signed_on="On")


@cache
def results() -> list[Result]:
    """One of each result, made as a user makes it."""
    frame = months.frame_of()
    gate = cs.gate.Gate("complaint-responses", "2026-10", "1/2", "5e" * 32)
    folder = cs.verify(release_0_1.FOLDER / "packs" / release_0_1.MONTHS[0])
    with months.open_ledger() as ledger:
        who: dict[str, Any] = {"by": "sampling", "at": months.AT}
        ledger.freeze(frame, months.PLAN, seed_source="dice", **who)
        draw = months.drawn_with(months.SEED)
        event = ledger.register(draw, **who)
        pack = months.pack_of(months.SEED, event.hash, None, 1, "handler-1", "ceo")
        ledger.send(pack, by="office", at=months.AT)
        events = list(ledger.events(**months.MONTH))
        return [
            frame,
            months.PLAN,
            months.PLAN.promise(frame),
            cs.commit(frame, months.PLAN, seed_source="dice"),
            draw,
            pack,
            event,
            ledger.check(),
            cs.signoff_coverage(events),
            cs.signoff_coverage(events).signoff,
            cs.figures.metrics(events, as_of=months.LATER),
            cs.figures.at_risk(events, as_of=months.LATER, within=5),
            cs.figures.without_owner(events),
            cs.figures.policy_summary(events, as_of=months.LATER),
            cs.report.board_report(events, population=months.POPULATION, as_of=months.LATER),
            cs.report.notice(
                events, audience="staff", population=months.POPULATION, as_of=months.LATER
            ),
            cs.verification.verify_record(draw.record, *_tables(draw)),
            folder,
            *filter(None, [folder.pack]),
            cs.regimes.Regime.named("fca-disp-1.6.2r").deadline("2026-10-01"),
            cs.figures.letters_table(events),
            tracker_of(b"Ref,Month,On\nR-1,2025-03,2025-04-02\n", "old.csv", COLUMNS),
            cs.gate.verify([canonical_file(gate.to_dict())], gate.seed),
            cs.signing.Report(cs.signing.Level.OTHER_LETTER, "it is no PDF", "0" * 64),
            cs.Rotation(months=3, start="2026-01"),
            *inferred(draw, events),
            ledger.compare(ledger.head),
            cs.verification.Evidence({"index.json": b"{}"}, ledger.check(), ("2026-10",)),
            cs.verification.EvidenceReport(cs.verification.EvidenceLevel(0), "no index", "0" * 64),
            cs.verification.explain(
                release_0_1.FOLDER / "packs" / release_0_1.MONTHS[0], "R-KBRL2Z"
            ),
            cs.verification.Standing(None, "ab" * 32, 1, 3, 1, "cd" * 32),
            cs.office.Logo(b"", "A bank", "0" * 64, 1, 1),
            cs.office.DocketField("complaint", "The complaint"),
            cs.Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
        ]


def inferred(draw: cs.Draw, events: list[cs.Event]) -> list[Any]:
    """What the verdicts on a draw say; a gate's letters are estimated too."""
    sound = dict.fromkeys(draw.unit_ids, "sound")
    watched = cs.inference.monitor([(draw, sound)])
    mixed = {**sound, draw.unit_ids[0]: "defective"}
    asked: dict[str, tuple[str, ...]] = {"CR-1": (), "CR-2": (), "CR-3": ()}
    gate = cs.gate.Gate("complaint-responses", "2026-10", "1/4", "5e" * 32)
    report = cs.gate.Report((), None, None, None, {(): 40}, {(): 3}, {**gate.chances}, asked, "")
    verdicts = {"CR-1": "defective", "CR-2": "sound", "CR-3": "sound"}
    record = cs.inference.verdict_record(events, population=months.POPULATION, as_of=months.LATER)
    return [
        watched,
        watched.months[0],
        cs.inference.bound(draw, sound),
        cs.inference.judged(draw, sound),
        cs.inference.Cell(4, 2, 1),
        cs.inference.estimate(draw, mixed, few=True, lonely="adjust"),
        cs.gate.estimate(report, verdicts),
        record,
        cs.inference.infer(record),
    ]


def _tables(draw: cs.Draw) -> tuple[bytes, bytes]:
    return b"".join(draw.frame.manifest()), b"".join(draw.frame.excluded())


def by_name() -> dict[str, Result]:
    """The same by their classes."""
    return {type(result).__name__: result for result in results()}


def without_floats(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and without_floats(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(without_floats, value))
    return value is None or isinstance(value, bool | int | str)


def test_a_result_is_json_without_floats() -> None:
    for result in results():
        assert without_floats(result.to_dict()), type(result)
        assert json.loads(result.to_json()) == result.to_dict(), type(result)


def test_a_result_comes_back_whole_from_a_pickle() -> None:
    for result in results():
        again = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own
        assert again.to_dict() == result.to_dict(), type(result)
        assert repr(again) == repr(result), type(result)


def test_every_public_result_is_tried_here() -> None:
    public = {thing for thing in public_names().values() if inspect.isclass(thing)}
    tried = {type(result) for result in results()}
    assert {c for c in public if issubclass(c, Result)} <= tried


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_comes_back_whole_from_a_pickle(error: type[cs.CeosampleError]) -> None:
    raised = error("row 3: no id", "row 9: no id")
    again = pickle.loads(pickle.dumps(raised))  # noqa: S301 - our own
    assert type(again) is error
    assert (again.faults, str(again)) == (raised.faults, str(raised))


@pytest.mark.slow
def test_the_golden_record_and_export_are_what_the_schemas_say() -> None:
    """And what is broken is not: a schema that takes everything would be none."""
    record = json.loads((GOLDEN / "draw.json").read_text("utf-8"))
    jsonschema.validate(record, cs.schema("draw"))
    for name, wrong in (
        ("scheme", "ceosample/2"),
        ("period", "2026-13"),
        ("commitment", "abc"),
        ("strata", [{"stratum": ["Cards"], "N": 4.5, "n": 1, "probability": "1/4"}]),
        ("selections", [{**record["selections"][0], "probability": "0.25"}]),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**record, name: wrong}, cs.schema("draw"))
    lines = (GOLDEN / "ledger.jsonl").read_text("utf-8").splitlines()
    events = [fields for fields in map(json.loads, lines) if "kind" in fields]
    assert len(events) > 30
    for event in events:
        jsonschema.validate(event, cs.schema("event"))
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**event, "sequence": 0}, cs.schema("event"))


def test_the_schema_of_decisions_knows_what_the_reader_knows() -> None:
    from ceosample.signoff.intake.decisions import NEEDED, PLACE, Decisions
    from ceosample.signoff.recording.event_fields import RECORDABLE
    from ceosample.signoff.replay.lifecycle import DIGITALLY
    from ceosample.signoff.rules.fields import FIELDS

    entry = cs.schema("decisions")["properties"]["decisions"]["items"]
    assert set(entry["properties"]) == {*NEEDED, *PLACE, *FIELDS} - set(DIGITALLY)
    assert entry["required"] == list(NEEDED)
    assert entry["properties"]["kind"]["enum"] == sorted(RECORDABLE)
    decision = {
        "unit_id": "R-1", "letter": "ab" * 32, "kind": "signed",
        "at": "2026-11-02T09:00:00+00:00", "by": "ceo",
    }  # fmt: skip
    file = {"scheme": "ceosample/1", "pack": "cd" * 32, "decisions": [decision]}
    jsonschema.validate(file, cs.schema("decisions"))
    assert len(Decisions.from_json(json.dumps(file).encode()).decisions) == 1
    for name, wrong in (("at", "2026-11-02 09:00"), ("kind", "sign"), ("by", ""), ("extra", 1)):
        broken = {**file, "decisions": [{**decision, name: wrong}]}
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, cs.schema("decisions"))
        with pytest.raises(cs.errors.LedgerError):
            Decisions.from_json(json.dumps(broken).encode())


def test_every_schema_is_one_and_no_other_is_there() -> None:
    for name in ("draw", "decisions", "event"):
        jsonschema.Draft202012Validator.check_schema(cs.schema(name))
    with pytest.raises(KeyError, match="there are draw, decisions, event"):
        cs.schema("../draw")


@pytest.mark.slow
def test_importing_it_changes_nothing_global_and_prints_nothing() -> None:
    code = (
        "import logging, random, sys, warnings, locale, decimal\n"
        "import numpy\n"
        "def state():\n"
        "    return (logging.root.handlers[:], logging.root.level, warnings.filters[:],\n"
        "        random.getstate(), str(numpy.random.get_state()), decimal.getcontext().prec,\n"
        "        locale.setlocale(locale.LC_ALL))\n"
        "before = state()\n"
        "import ceosample\n"
        "[getattr(ceosample, name) for name in ceosample.__all__]\n"
        "assert state() == before\n"
        "logging.getLogger('ceosample').warning('nobody listens')\n"
        "handlers = logging.getLogger('ceosample').handlers\n"
        "assert [type(h).__name__ for h in handlers] == ['NullHandler'], handlers\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_a_ledger_is_shared_by_threads(tmp_path: Path) -> None:
    """'A `Ledger` may be used by several threads at once'"""
    with months.open_ledger(f"sqlite:///{tmp_path / 'book.db'}") as ledger:
        heard: list[int] = []

        def reconcile(year: int) -> None:
            for month in range(1, 13):
                event = ledger.reconcile(
                    "complaint-responses", f"{year}-{month:02}", by="office", at=months.AT,
                    opening=1, new=2, final=1, carried=2,
                )  # fmt: skip
                heard.append(event.sequence)

        threads = [threading.Thread(target=reconcile, args=(year,)) for year in range(2020, 2024)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(heard) == list(range(3, 51))
        assert ledger.check().ok


def test_a_run_logs_months_and_digests_and_no_id(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from ceosample import job
    from ceosample.configuration import Configuration
    from inputs import configure, write_month

    write_month(tmp_path, "2026-10")
    configure(tmp_path, ("# pdf = true", "pdf = false"))
    configuration = Configuration.load(tmp_path / "ceosample.toml")
    at = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    month = job.Month(configuration, "2026-10", at)
    with caplog.at_level(logging.INFO), cs.Ledger.open(configuration.ledger_url) as ledger:
        job.run(month, ledger)
        seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
        outcome = job.run(month, ledger, seed=seed)
    said = [record.getMessage() for record in caplog.records if record.name == "ceosample.job"]
    assert any("waiting for the seed" in line for line in said)
    assert said[-1].endswith(f"pack {outcome.pack}")
    pack = cs.Pack.load(outcome.folder)
    assert not [u for u in (letter.unit_id for letter in pack) if any(u in line for line in said)]
