"""What was lost is noticed: a ledger, a month's files; and what can be made again of them."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ceosample.configuration import Configuration
from ceosample.configuration.pin import pinned
from command import Ended, asked
from due_months import write_months
from inputs import configure

MONTHS = ("2025-01", "2025-02")
PERIOD = MONTHS[0]
ROLL = ("--dice", "83019274650192837465", "--witness", "audit")


def run(folder: Path, *more: str) -> Ended:
    return asked("run", *more, folder=folder)


def id_of(folder: Path) -> str | None:
    return Configuration.load(folder / "ceosample.toml").ledger_id


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month that was drawn and sent by the command, and the next one frozen."""
    folder = tmp_path_factory.mktemp("sent")
    write_months(folder, *MONTHS, count=30)
    assert run(folder).code == 75
    assert run(folder, *ROLL).code == 75
    return folder


@pytest.fixture
def sent(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "sent"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    write_months(tmp_path, PERIOD, count=30)
    return tmp_path


# A refusal leaves nothing


@pytest.mark.parametrize(
    ("change", "more"),
    [
        (("size = 2", "size = 2000"), ()),  # the plan needs more than there is
        (("response_id", "no_such_column"), ()),
        (("pdf = false", "pdf = false\ntemplate = 'none.html'"), ROLL),  # nothing is frozen yet
        (("# ahead = 10", "ahead = 10  #"), ("--period", "2999-01")),  # not over
    ],
)
def test_a_run_that_is_refused_leaves_no_ledger(
    fresh: Path, change: tuple[str, str], more: tuple[str, ...]
) -> None:
    configure(fresh, change)
    refused = run(fresh, *more)
    assert refused.code in (3, 65), refused
    assert not [*fresh.glob("signoff.db*")]
    assert id_of(fresh) is None
    looked = asked("status", "--check", folder=fresh)
    assert looked.code == 65
    assert "INTACT" not in looked.out


def test_nothing_due_begins_no_ledger(fresh: Path) -> None:
    ended = asked("run", "--at", "2025-01-20T09:00:00+00:00", "--json", folder=fresh)
    assert (ended.code, ended.json["state"], ended.json["head"]) == (0, "nothing-due", None)
    assert not [*fresh.glob("signoff.db*")]


def test_a_key_of_the_clock_is_recorded_with_the_first_freeze(fresh: Path) -> None:
    configure(fresh, ("# ahead = 10", "ahead = 20  #"))
    assert run(fresh).code == 75
    assert asked("export", "events.jsonl", folder=fresh).code == 0
    kinds = [
        json.loads(line)["kind"] for line in (fresh / "events.jsonl").read_bytes().splitlines()
    ]
    assert kinds == ["opened", "rules", "rules", "frozen", "method_stated"]


# The configuration names its ledger


def test_the_first_run_writes_the_ledgers_id_and_no_other_byte(fresh: Path) -> None:
    file = fresh / "ceosample.toml"
    before = file.read_text("utf-8")
    file.chmod(0o640)
    assert run(fresh).code == 75
    after = file.read_text("utf-8")
    changed = [
        (a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b
    ]
    ((old, new),) = changed
    assert old.startswith('id = "" ')
    assert new == f'id = "{id_of(fresh)}"  # {old.partition("# ")[2]}'
    assert file.stat().st_mode & 0o777 == 0o640
    assert run(fresh).code == 75
    assert file.read_text("utf-8") == after


def test_a_ledger_that_is_gone_is_not_begun_again(sent: Path) -> None:
    """'with packs and ledger gone an unattended run freezes the month anew and exits 75'"""
    (sent / "signoff.db").unlink()
    shutil.rmtree(sent / "packs")
    for command in (("run",), ("run", "--period", PERIOD), ("run", "--dry-run"), ("status",)):
        refused = asked(*command, folder=sent)
        assert refused.code == 3, (command, refused)
        assert "restore its newest backup" in refused.err
    assert not (sent / "signoff.db").exists()
    assert not [*sent.glob("packs/20*")]
    checked = asked("check", "--json", folder=sent).json
    (ledger,) = (part for part in checked["parts"] if part["name"] == "ledger")
    assert (ledger["state"], ledger["exit_code"]) == ("fault", 3)
    assert "the configuration names the ledger" in ledger["said"][0]


def test_another_ledger_is_refused_by_what_reads_and_by_what_records(
    sent: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    write_months(other, PERIOD, count=30)
    assert run(other).code == 75
    shutil.copy(other / "signoff.db", sent / "signoff.db")
    for command in (
        ("run",),
        ("status",),
        ("role", "grant", "pat", "board", "--since", "2025-01-01", "--by", "x"),
        ("verify", f"packs/{PERIOD}", "--ledger"),
    ):
        refused = asked(*command, folder=sent)
        assert refused.code == 3, (command, refused)
        assert f"names the ledger {id_of(sent)}" in refused.err
    checked = asked("check", "--json", folder=sent).json
    states = {part["name"]: part["state"] for part in checked["parts"]}
    assert states["ledger"] == "fault"


def test_a_ledger_that_was_moved_is_the_same_and_another_is_not_imported(
    sent: Path, tmp_path: Path
) -> None:
    assert asked("export", "events.jsonl", folder=sent).code == 0
    configure(sent, ("signoff.db", "moved.db"))
    assert asked("import", "events.jsonl", folder=sent).code == 0
    assert asked("status", "--check", folder=sent).code == 0
    configure(sent, ("moved.db", "third.db"), (f'id = "{id_of(sent)}"', 'id = "another"'))
    refused = asked("import", "events.jsonl", folder=sent)
    assert (refused.code, "names the ledger another" in refused.err) == (3, True)
    assert not (sent / "third.db").exists()


def test_a_configuration_that_cannot_be_written_is_told_by_hand(fresh: Path) -> None:
    text = (fresh / "ceosample.toml").read_text("utf-8")
    start = text.index("[ledger]")
    table = tomllib.loads(text)["ledger"]
    inline = f'ledger = {{url = "{table["url"]}"}}\n'
    rest = text[text.index("[output]") :]
    (fresh / "ceosample.toml").write_text(inline + text[:start] + rest, "utf-8")
    ended = run(fresh)
    assert ended.code == 75
    assert 'add id = "' in ended.err
    assert id_of(fresh) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('[ledger]\nurl = "u"\n', '[ledger]\nid = "ab12"\nurl = "u"\n'),
        ('[ledger]\r\nurl = "u"\r\n', '[ledger]\r\nid = "ab12"\r\nurl = "u"\r\n'),
        ("  [ ledger ]  # ours\nurl = 'u'", "  [ ledger ]  # ours\nid = \"ab12\"\nurl = 'u'"),
        ('[ledger]\nid = ""\nurl = "u"', '[ledger]\nid = "ab12"\nurl = "u"'),
        ("[ledger]\nurl = 'u'\nid=''  # x", "[ledger]\nurl = 'u'\nid=\"ab12\"  # x"),
        ('[ledger.own_codes]\na = "b"\n[ledger]\nurl = "u"\n', None),
        ('ledger = {url = "u"}', None),
        ('[x]\ny = """\n[ledger]\n"""\n[ledger]\nurl = "u"', None),
    ],
)
def test_one_line_of_a_configuration_changes(old: str, new: str | None) -> None:
    found = pinned(old, "ab12")
    if new is None and found is not None:  # where it can be told, it says what it should
        assert tomllib.loads(found)["ledger"]["id"] == "ab12"
        assert found.replace('id = "ab12"\n', "") == old
    else:
        assert found == new


# Files that are lost


def lose(folder: Path, *names: str) -> None:
    for name in names:
        (folder / "packs" / PERIOD / name).unlink()


def test_nothing_lost_is_nothing_told(sent: Path) -> None:
    assert asked("status", folder=sent).code == 0
    assert run(sent).err.count("lost") == 0
    assert run(sent, "--json").json["lost"] == []


@pytest.mark.parametrize("name", ["pack.json", "draw.json", "manifest.csv", "exclusions.csv"])
def test_a_lost_file_is_noticed_by_run_check_and_status(sent: Path, name: str) -> None:
    lose(sent, name)
    words = f"'ceosample rebuild {PERIOD}'"
    told = asked("status", folder=sent)
    assert (told.code, words in told.out) == (1, True), told
    (lost,) = asked("status", "--json", folder=sent).json["lost"]
    assert lost["period"] == PERIOD
    assert lost["files"] == ([] if name == "pack.json" else [name])
    assert words in asked("check", folder=sent).out
    assert (asked("verify", "--all", folder=sent).code) == 1
    ended = run(sent)
    assert words in ended.err
    assert run(sent, "--json").json["lost"] == [lost] or ended.code == 3


def test_a_month_is_rebuilt_byte_by_byte(sent: Path, ready: Path) -> None:
    shutil.rmtree(sent / "packs" / PERIOD)
    told = asked("rebuild", PERIOD, folder=sent)
    assert told.code == 0, told
    assert "6 digests compared" in told.out
    kept = {path.name: path.read_bytes() for path in _files(ready)}
    made = {path.name: path.read_bytes() for path in _files(sent)}
    again = {name: data for name, data in kept.items() if name in made}
    assert made == again
    # The sheets that witnesses signed are on paper; all else is there again.
    assert {name.partition("-")[0] for name in kept.keys() - made.keys()} == {"commitment", "dice"}
    assert asked("status", "--check", folder=sent).code == 0
    assert asked("verify", f"packs/{PERIOD}", "--ledger", folder=sent).code == 0
    everything = asked("verify", "--all", "--json", folder=sent)
    assert (everything.code, everything.json["waiting"]) == (0, [MONTHS[1]])
    assert [*everything.json["months"]] == [PERIOD]
    nothing = asked("rebuild", PERIOD, "--json", folder=sent).json
    assert (nothing["written"], nothing["problems"]) == ([], [])


@pytest.mark.parametrize("rework", [False, True])
def test_a_pack_without_one_of_its_files_is_lost_too_and_made_whole(
    sent: Path, ready: Path, rework: bool
) -> None:
    pack: Any = json.loads((ready / "packs" / PERIOD / "pack.json").read_bytes())
    name = min(pack["files"])
    if rework:  # the folder of a pack may have another name than a rebuilt one would have
        (sent / "packs" / PERIOD / "pack.json").rename(sent / "kept.json")
        (sent / "packs" / PERIOD / "rework-1").mkdir()
        for other in pack["files"]:
            place = sent / "packs" / PERIOD / "rework-1" / other
            place.parent.mkdir(exist_ok=True)
            (sent / "packs" / PERIOD / other).rename(place)
        (sent / "kept.json").rename(sent / "packs" / PERIOD / "rework-1" / "pack.json")
        name = f"rework-1/{name}"
    before = (sent / "packs" / PERIOD / name).read_bytes()
    lose(sent, name)
    assert asked("status", folder=sent).code == 1
    told = asked("rebuild", PERIOD, "--json", folder=sent)
    assert (told.code, told.json["written"]) == (0, [name])
    assert (sent / "packs" / PERIOD / name).read_bytes() == before
    assert asked("status", folder=sent).code == 0


def _files(folder: Path) -> list[Path]:
    found = (folder / "packs" / PERIOD).rglob("*")
    return [path for path in found if path.is_file() and path.suffix != ".lock"]


def test_a_month_that_waits_is_rebuilt_as_far_as_it_came(sent: Path, ready: Path) -> None:
    shutil.rmtree(sent / "packs" / MONTHS[1])
    told = asked("rebuild", MONTHS[1], "--json", folder=sent).json
    assert told["written"] == ["manifest.csv", "exclusions.csv"]
    assert run(sent).code == 75


def test_a_rework_is_rebuilt_beside_its_pack(sent: Path) -> None:
    first: Any = json.loads((sent / "packs" / PERIOD / "pack.json").read_bytes())
    unit = first["letters"][0]["unit_id"]
    assert (
        asked(
            "record",
            "returned_for_rework",
            unit,
            "--by",
            "ceo",
            "--reason-code",
            "tone",
            folder=sent,
        ).code
        == 0
    )
    letters = sent / f"letters-{PERIOD}.jsonl"
    before = letters.read_text("utf-8")
    lines = [json.loads(line) for line in before.splitlines()]
    for line in lines:
        if line["unit_id"] == unit:
            line["letter"]["subject"] = "What we found"
    letters.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert asked("rework", unit, "--period", PERIOD, folder=sent).code == 0
    shutil.rmtree(sent / "packs" / PERIOD)
    part = asked("rebuild", PERIOD, "--json", folder=sent)
    # Its letters as they are now are the rework's; the first pack had other words.
    assert part.code == 1
    assert part.json["written"] == [
        "manifest.csv",
        "exclusions.csv",
        "draw.json",
        "rework-1/pack.json",
    ]
    (problem,) = part.json["problems"]
    assert f"1 letter of 2 would not be what was sent ({unit})" in problem
    assert "restore their contents as they were on 20" in problem
    letters.write_text(before, "utf-8")
    whole = asked("rebuild", PERIOD, "--json", folder=sent)
    assert (whole.code, whole.json["written"]) == (0, ["pack.json"])


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (f"responses-{PERIOD}.csv", "the source gives another manifest.csv than was frozen"),
        (f"responses-{PERIOD}.csv", "restore the source as it was on 20"),
        ("ceosample.toml", "changed since the freeze"),
    ],
)
def test_what_differs_is_refused_and_not_written(sent: Path, file: str, words: str) -> None:
    shutil.rmtree(sent / "packs" / PERIOD)
    text = (sent / file).read_text("utf-8")
    changed = (
        text.replace("size = 2", "size = 3")
        if file.endswith("toml")
        else text[: text.rindex("\n", 0, -1) + 1]
    )
    (sent / file).write_text(changed, "utf-8")
    refused = asked("rebuild", PERIOD, folder=sent)
    assert (refused.code, words in refused.err) == (3, True), refused
    assert not [*(sent / "packs").glob(f"{PERIOD}/*")]


def test_all_is_verified_or_one_folder(sent: Path) -> None:
    for slip in ((), (f"packs/{PERIOD}", "--all"), ("--all", "--head", "ab")):
        assert asked("verify", *slip, folder=sent).code == 2
    letter = next((sent / "packs" / PERIOD / "letters").iterdir())
    letter.write_bytes(letter.read_bytes() + b" ")
    changed = asked("verify", "--all", folder=sent)
    assert (changed.code, "NOT ok" in changed.out) == (1, True)


def test_a_file_with_other_contents_stays(sent: Path) -> None:
    lose(sent, "pack.json")
    path = sent / "packs" / PERIOD / "draw.json"
    path.write_bytes(path.read_bytes() + b"\n")
    refused = asked("rebuild", PERIOD, folder=sent)
    assert (refused.code, "draw.json: got other contents" in refused.err) == (3, True)
    assert not (path.parent / "pack.json").exists()


def test_texts_that_were_erased_are_not_missed(sent: Path) -> None:
    """A pack that was deleted with its letters' texts is gone on purpose."""
    first: Any = json.loads((sent / "packs" / PERIOD / "pack.json").read_bytes())
    unit = first["letters"][0]["unit_id"]
    lose(sent, "pack.json")
    assert asked("status", folder=sent).code == 1
    erased = asked(
        "erase", unit, "--period", PERIOD, "--by", "dpo", "--reason-code", "retention", folder=sent
    )
    assert erased.code == 0, erased
    assert asked("status", folder=sent).code == 0
