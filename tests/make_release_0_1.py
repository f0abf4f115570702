"""Write ``golden/release-0.1``, with ceosample 0.1 installed (extra ``test``) and no other release.

    python tests/make_release_0_1.py

Everything is invented. The clock and the random bytes are fixed; the signatory's key is not, so
another run writes other digests of it, and the same figures.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import importlib
import itertools
import json
import secrets
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from command import Ended
from release_0_1 import AS_OF as _AS_OF
from release_0_1 import (
    EXPECTED,
    FIXTURE,
    FOLDER,
    MONTHS,
    ask,
    cs,
    from_python,
    json_of,
    of_commands,
    of_name,
)

#: Any, because another release's modules need not have these names.
bank: Any = importlib.import_module("ceosample.demo.bank")
cli: Any = importlib.import_module("ceosample.cli").cli

AS_OF = _AS_OF.isoformat()
BEACON = "00f1e2d3c4b5a69788796a5b4c3d2e1f" * 4
ROUND, NEXT_ROUND = "1500000", "1500001"
PASSPHRASE = "correct horse"

TABLES = """\
[tracker]
id = "Ref"
period = "Month"
signed_on = "Date signed"
outcome = "Outcome"
outcomes = {"OK" = "signed", "Sent back" = "returned_for_rework"}
signed_by = "Signed by"
people = {"M. Llewelyn" = "ceo"}
strata = {division = "Department"}

[signatures]
roots = ["signing/root.pem"]
certificates = {ceo = ["CERTIFICATE"]}

[ledger]"""

CHAIN = (('source = "dice" ', 'source = "chain" '), ("# secret = ", "secret = "))

COUNTS = "--opening 16 --new 1200 --final 1190 --carried 26"

TRACKER = """\
Ref,Month,Date signed,Outcome,Signed by,Department
OLD-1,2025-03,2025-04-02,OK,M. Llewelyn,Savings
OLD-2,2025-03,,Sent back,,Mortgages
OLD-3,2025-04,2025-05-06,OK,M. Llewelyn,Savings
OLD-4,2025-04,,,,Insurance
"""

WRONG_TRACKER = """\
Ref,Month,Date signed,Outcome,Signed by,Department
OLD-9,2025-05,2025-06-03,OK,M. Llewelyn,Savings
"""


class Office:
    """Runs the command in the month's folder, a minute after the last time, and keeps the lines."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
        self.lines: list[str] = []

    def at(self, moment: str) -> None:
        self.now = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)

    def do(self, line: str, code: int = 0, folder: Path = FOLDER) -> str:
        """Run a command, require how it ends, and return what it printed."""
        ended = self.run(shlex.split(line), folder)
        assert ended.code == code, f"{line}: {ended}"
        self.lines.append(f"{self.now:%Y-%m-%d %H:%M}  {code:>2}  ceosample {line}")
        return ended.out

    def run(self, arguments: Sequence[str], folder: Path) -> Ended:
        self.now += dt.timedelta(minutes=1)
        return ask(arguments, folder, self.now)


# What 0.1 leaves: four months, in every state that its command brings about


def make(office: Office) -> None:
    """The demonstration's folder, and what an office did in it for four months."""
    office.do("demo", folder=FIXTURE)
    write_inputs()
    configure(
        ("# reserves = 2 ", "reserves = 1 "),
        ("size = 12 ", "size = 8 "),
        ("[ledger]", TABLES.replace("CERTIFICATE", write_keys())),
    )
    people(office)
    tracker(office)
    october(office)
    chain(office)
    november(office)
    december(office)
    january(office)
    fill_in()
    for period in MONTHS:
        keep_drawn(period)
    keep_what_is_read()


def people(office: Office) -> None:
    grant = "--since 2026-11-02 --by board"
    office.do(f"grant ceo signatory {grant} --limit 500.00 --currency GBP")
    office.do(f"grant cfo deputy --of ceo {grant} --until 2027-03-31")
    office.do(f"grant office executive-office {grant}")
    office.do(f"grant old-hand recorder {grant}")
    office.do("revoke old-hand recorder --since 2026-12-01 --by board")


def tracker(office: Office) -> None:
    office.do("import-tracker sign-offs.csv --by office --json")
    office.do("import-tracker sign-offs-wrong.csv --by office")
    wrong = hashlib.sha256(WRONG_TRACKER.encode()).hexdigest()
    office.do(f"withdraw-tracker {wrong} --by office --reason-code wrong-file")


def october(office: Office) -> None:
    """The demonstration's month is brought to its end."""
    ids = drawn("2026-10")
    for number in (2, 4, 6, 8, 12):
        office.do(f"record dispatched {ids[number - 1]} --by office")
    office.do(f"rework {ids[2]} --period 2026-10")
    office.do(f"record signed {ids[2]} --by ceo")
    office.do(f"record dispatched {ids[2]} --by office")
    office.do(f"record board_answer {ids[6]} --outcome approved --by board")
    office.do(f"record resolved_nonstandard {ids[6]} --amount 250.00 --currency GBP --by ceo")
    office.do(f"record delegated {ids[9]} --to cfo --by ceo")
    office.do(f"record signed_by_deputy {ids[9]} --by cfo")
    office.do(f"record dispatched {ids[9]} --by office")
    office.do(f"record finding {ids[0]} --verdict sound --by ceo")
    office.do(f"record finding {ids[1]} --verdict defective --codes tone --codes facts --by ceo")
    praise = "--colleague h-014 --reason-code kindness --by ceo"
    office.do(f"record recognition {ids[0]} {praise} --text 'Well said.'")
    office.do(f"record note {ids[3]} --by office --text 'The parrot is well.'")
    office.do(f"record note {ids[4]} --by office --text 'To be forgotten.'")
    said = "--channel call --outcome thanked --by ceo --json"
    office.do(f"record contact {ids[1]} {said}")
    office.do(f"record contact {ids[4]} {said}")
    office.do(f"hold {ids[3]} --period 2026-10 --reason-code litigation --by office")
    office.do(f"forget {ids[4]} --period 2026-10 --reason-code asked --by office")
    # A correction that is about no letter: where 0.1 holds one of a letter's, it exports no table.
    office.do(f"reconcile --period 2026-10 {COUNTS.replace('26', '27')} --by register")
    with the_ledger() as ledger:
        wrong = ledger.head
    office.do(f"correct {wrong} --reason-code typing-error --by register")
    office.do(f"reconcile --period 2026-10 {COUNTS} --by register")
    office.do("propose OOP-1 --policy late-fee --review-by 2026-12-31 --amount 40 --currency GBP "
              f"--response {ids[0]} --by h-014")  # fmt: skip
    office.do("cosign OOP-1 --by h-052")
    office.do("review OOP-1 adopted --by head-of-complaints")
    office.do("propose OOP-2 --policy late-fee --review-by 2027-01-15 --division Savings --by h-1")
    office.do("cosign OOP-2 --by h-2")
    office.do("propose OOP-3 --policy parking --review-by 2027-06-30 --by h-1")
    office.do("close --period 2026-10")


def chain(office: Office) -> None:
    """Made and published before its first month begins; dice until then."""
    configure(*CHAIN)
    office.at("2026-11-20T09:00")
    office.do("seed new --first 2026-12 --months 12")
    office.do("seed publish --by custodian")
    configure(*((new, old) for old, new in CHAIN))


def november(office: Office) -> None:
    """Dice, a letter that moves up, digital signatures, a file of decisions; some stay open."""
    shutil.copy(FOLDER / "ceosample.toml", FOLDER / "november.toml")
    office.at("2026-12-01T09:00")
    office.do("run --period 2026-11 --control-total 160", code=75)
    dice = "--dice 31415926535897932384 --witness audit --witness office"
    office.do(f"run --period 2026-11 {dice}")
    ids = drawn("2026-11")
    office.at("2026-12-02T09:00")
    office.do(f"record replaced {ids[0]} --reason-code duplicate --by office")
    with the_ledger() as ledger:
        moved_up = [e for e in ledger.events(period="2026-11") if e.kind == "selected"][-1].unit_id
    office.do(f"rework {moved_up} --period 2026-11")
    office.do(f"record withdrawn {ids[1]} --reason-code reopened --approver coo --by office")
    key = "--pkcs12 signing/key.p12 --passphrase-file signing/passphrase.txt"
    office.do(f"sign {ids[2]} {ids[3]} --period 2026-11 {key}")
    office.at("2026-12-03T09:00")
    office.do("record --signed packs/2026-11/signed --period 2026-11")
    header = "unit_id,kind,at,by,reason_code,text\n"
    row = f"{ids[4]},returned_for_rework,2026-12-03T09:00:00+00:00,ceo,tone,Please say sorry.\n"
    (FOLDER / "decisions.csv").write_text(header + row, "utf-8")
    office.do("record --from decisions.csv --recorder pa-2")
    office.do(f"record dispatched {ids[2]} --by office")
    office.do(f"record lapsed {ids[5]} --reason-code deadline --by office")
    rows = "".join(f"{unit_id},{unit_id.lower()}@mail.example\n" for unit_id in ids)
    (FOLDER / "addresses.csv").write_text(f"unit_id,address\n{rows}", "utf-8")
    office.do("close --period 2026-11 --still-open")


def december(office: Office) -> None:
    """The chain of seeds draws it in one go."""
    configure(*CHAIN, ("# pdf = true ", "pdf = false "))
    office.at("2027-01-04T09:00")
    office.do("run --json")
    ids = drawn("2026-12")
    office.do(f"record viewed {ids[0]} --by ceo")
    office.do(f"record signed {ids[1]} --by ceo")
    office.do(f"record declined {ids[2]} --reason-code facts --by ceo")
    office.do(f"record issued_under_other_name {ids[2]} --by office")
    office.do(f"record taken_over {ids[3]} --by ceo")


def january(office: Office) -> None:
    """A chain and a beacon: frozen, and waiting for the beacon's value."""
    office.at("2027-02-01T09:00")
    configure(
        ('source = "chain" ', 'source = "chain+beacon" '),
        ('# beacon = "drand-52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"',
         'beacon = "nist-2"'),
    )  # fmt: skip
    office.do(f"run --period 2027-01 --round {ROUND}", code=75)


def drawn(period: str) -> list[str]:
    """The ids of a month's letters, in the order of its pack."""
    return [letter.unit_id for letter in cs.Pack.load(FOLDER / "packs" / period)]


def keep_drawn(period: str) -> None:
    """Of a month's contents the letters that were drawn, for the size of the folder."""
    path, ids = FOLDER / f"letters-{period}.jsonl", drawn_at_all(period)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(li for li in lines if json.loads(li)["unit_id"] in ids), "utf-8")


def drawn_at_all(period: str) -> set[str]:
    """A month's letters and those in reserve."""
    kinds = ("selected", "reserve")
    with the_ledger() as ledger:
        return {e.unit_id for e in ledger.events(period=period) if e.kind in kinds}


def fill_in() -> None:
    """December's sheet with a signature entered, and what its signing room saves: not yet taken."""
    place = FOLDER / "packs" / MONTHS[-1]
    pack = cs.Pack.load(place)
    by_hand, on_screen = (pack[unit_id] for unit_id in drawn(MONTHS[-1])[5:7])
    said = {"kind": "signed", "at": "2027-01-05T09:00:00+00:00", "by": "ceo"}
    header, *rows = csv.reader((place / "attendance.csv").read_text("utf-8-sig").splitlines())
    with (FOLDER / "attendance-signed.csv").open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, header, lineterminator="\n")
        sheet.writeheader()
        for row in (dict(zip(header, cells, strict=True)) for cells in rows):
            sheet.writerow(row | said if row["unit_id"] == by_hand.unit_id else row)
    decision = {"unit_id": on_screen.unit_id, "letter": on_screen.digest, **said}
    saved = {"scheme": "ceosample/1", "pack": pack.digest, "decisions": [decision]}
    (FOLDER / "decisions.json").write_text(f"{json.dumps(saved)}\n", "utf-8")


def keep_what_is_read() -> None:
    """For the size: what 0.1 makes for print and for the screen, and reads no more, goes."""
    packs = FOLDER / "packs"
    for name in ("attendance.pdf", "room.html", "closing-*.pdf", "interim-*.pdf"):
        for path in packs.rglob(name):
            path.unlink()


def configure(*changes: tuple[str, str]) -> None:
    path = FOLDER / "ceosample.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")
    # The same with another ledger and another chain, which 'import' and 'seed new' begin.
    elsewhere = text.replace("signoff.db", "elsewhere.db").replace("chain.json", "elsewhere.json")
    (FOLDER / "elsewhere.toml").write_text(elsewhere, "utf-8")


def write_inputs() -> None:
    """The months after the demonstration's, smaller; files that an office writes."""
    for period, count in (("2026-11", 160), ("2026-12", 80), ("2027-01", 80), ("2027-02", 80)):
        month = bank.month(period, count=count)
        rows = [list(month.responses[0]), *([*row.values()] for row in month.responses)]
        text = "".join(",".join(row) + "\n" for row in rows)
        (FOLDER / f"responses-{period}.csv").write_text(text, "utf-8")
        lines = (
            json.dumps({"unit_id": unit_id, **plain(period, said)}, ensure_ascii=False)
            for unit_id, said in month.contents.items()
        )
        (FOLDER / f"letters-{period}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (FOLDER / "sign-offs.csv").write_text(TRACKER, "utf-8")
    (FOLDER / "sign-offs-wrong.csv").write_text(WRONG_TRACKER, "utf-8")


def plain(period: str, said: dict[str, Any]) -> dict[str, Any]:
    """From December on letters are written by hand, so that they can be edited in Word."""
    if period < "2026-12":
        return said
    kept = {
        name: said["letter"][name] for name in ("recipient", "address", "salutation", "subject")
    }
    text = {"body": "We are sorry about the parrot.", "closing": "Yours sincerely,"}
    docket = {name: value for name, value in said["docket"].items() if name != "regime"}
    return {"letter": {**kept, **text}, "docket": docket}


def write_keys() -> str:
    """A signatory's key with its certificate, below a root; the certificate's SHA-256."""
    folder = FOLDER / "signing"
    folder.mkdir()
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = certificate("The Root", root_key, "The Root", root_key, ca=True)
    own = certificate("Margaret Llewelyn", key, "The Root", root_key, ca=False)
    sealed = BestAvailableEncryption(PASSPHRASE.encode())
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "passphrase.txt").write_text(f"{PASSPHRASE}\n")
    data = pkcs12.serialize_key_and_certificates(b"key", key, own, [root], sealed)
    (folder / "key.p12").write_bytes(data)
    return own.fingerprint(hashes.SHA256()).hex()


def certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, *, ca: bool
) -> x509.Certificate:
    names = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer))
    own, above = names
    no, signs = False, not ca
    usage = x509.KeyUsage(no, signs, no, no, no, ca, no, no, no)
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(2 - ca)
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2076, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


# What 0.1 says of it


def reading(head: str) -> Iterator[str]:
    """Commands that change no event, each of which a later release must answer alike.

    Before a colon stands the folder below the month's own in which it runs.
    """
    yield "status --json"
    yield f"status --check --head {head} --json"
    yield f"status --head {'0' * 64} --json"
    yield "status --period 2026-10 --json"
    yield "status -c nowhere.toml"
    yield "nonsense"
    yield f"metrics --as-of {AS_OF} --budget 45 --json"
    yield "metrics --as-of 2026-12-02T12:00:00+00:00 --json"
    yield f"metrics --first 2026-11 --last 2026-12 --as-of {AS_OF} --json"
    yield f"open --within 30 --as-of {AS_OF} --json"
    yield "open --within 30 --as-of 2026-12-04T12:00:00+00:00 --json"
    yield f"policies --as-of {AS_OF} --json"
    yield "people --json"
    yield "plan --period 2027-02 --json"
    yield "check --period 2027-01 --json"
    yield f"run --dry-run --at {AS_OF} --json"
    yield f"run --period 2027-01 --at {AS_OF} --json"
    for period in ("2026-10", "2026-11", "2026-12"):
        yield f"verify packs/{period} --json"
        yield f"run --period {period} --at {AS_OF} --json"
    yield (
        "verify packs/2026-10 --head {frozen} --dated 2026-11-02T09:10:00+00:00 "
        "--rolled 2026-11-02T09:20:00+00:00 --json"
    )
    yield f"run --period 2026-11 -c november.toml --at {AS_OF} --json"
    yield "verify packs/2027-01 --json"
    yield "seed show --json"
    yield "seed check"
    yield f"report --as-of {AS_OF} --no-pictures --out board.html"
    yield f"report --as-of {AS_OF} --period 2026-11 --ids --no-pictures --out november.pdf"
    yield "export letters.csv"
    yield "export letters.xlsx"
    yield "export events.jsonl"
    yield "import events.jsonl -c elsewhere.toml"
    yield "status -c elsewhere.toml --json"
    yield "close --period 2026-10"
    yield "close --period 2026-12"
    yield "mail --period 2026-11 --to addresses.csv --from office@bank.example --out drafts"
    yield "docx {open} --period 2026-12 --out word"
    yield "init"
    yield "empty: init"
    yield "seed new -c elsewhere.toml --first 2027-03"
    yield "demo --folder new-demo"


def writing() -> Iterator[str]:
    """Commands that go on with the ledger, in order, and what it then says."""
    yield "import-tracker sign-offs.csv --by office --json"
    file = hashlib.sha256(TRACKER.encode()).hexdigest()
    yield f"withdraw-tracker {file} --reason-code trial --by office"
    yield "grant office dispatcher --since 2027-01-01 --by board"
    yield "revoke cfo deputy --since 2027-02-05 --by board"
    yield "record dispatched {signed} --by office --json"
    yield "record dispatched {signed} --by office --json"
    yield "record finding {signed} --verdict sound --by ceo --json"
    yield "record signed {lapsed} --by ceo --json"
    yield "correct {contact} --reason-code twice --by ceo --json"
    yield "hold {held} --period 2026-10 --reason-code settled --lift --by office --json"
    yield "forget {held} --period 2026-10 --reason-code asked --by office --json"
    yield "rework {returned} --period 2026-11"
    yield "record signed {returned} --by ceo --json"
    yield (
        "sign {substitute} --period 2026-11 --pkcs12 signing/key.p12 "
        "--passphrase-file signing/passphrase.txt"
    )
    yield "record --signed packs/2026-11/signed --period 2026-11 --json"
    yield "record --from attendance-signed.csv --recorder pa-2 --json"
    yield "record --from decisions.json --recorder pa-2 --json"
    yield "reconcile --period 2026-11 --opening 26 --new 160 --final 150 --carried 36 --by register"
    yield "review OOP-2 kept --by head-of-complaints"
    yield "cosign OOP-3 --by h-2"
    yield "propose OOP-4 --policy parking --review-by 2027-06-30 --by h-1"
    yield f"run --period 2027-01 --beacon {BEACON} --json"
    yield "verify packs/2027-01 --json"
    yield f"run --period 2027-02 --round {NEXT_ROUND} --unfinished --json"
    yield f"run --period 2027-02 --round {NEXT_ROUND} --unfinished --refreeze --json"
    yield "supersede --period 2027-01 --reason-code trial --by office --json"
    yield "seed new"
    yield "seed publish --by custodian"
    yield "status --check --json"
    yield "metrics --as-of 2027-02-20T12:00:00+00:00 --json"
    yield "policies --as-of 2027-02-20T12:00:00+00:00 --json"
    yield "people --json"


def answers(office: Office, folder: Path) -> Iterator[dict[str, Any]]:
    """Each of these commands, when it ran, how it ended, and the JSON that it printed."""
    events = list(the_ledger().events())
    head = events[-1].hash
    places = letters_of_interest(events)
    (folder / "chain.json").chmod(0o600)
    office.at("2027-02-10T12:00")
    lines = [*((line, False) for line in reading(head)), *((line, True) for line in writing())]
    for line, writes in lines:
        below, _, command = line.rpartition(": ")
        arguments = command.format(**places).split()
        (folder / below).mkdir(exist_ok=True)
        ended = office.run(arguments, folder / below)
        yield {
            "now": office.now.isoformat(),
            "writes": writes,
            "folder": below,
            "arguments": arguments,
            "code": ended.code,
            "json": json_of(ended, arguments, folder),
        }


def letters_of_interest(events: Sequence[Any]) -> dict[str, str]:
    october, november, december = map(drawn, MONTHS)
    contact = next(event.hash for event in events if event.kind == "contact")
    frozen = next(event.hash for event in events if event.kind == "frozen")
    up = [e for e in events if e.kind == "selected" and e.period == "2026-11"][-1]
    return {
        "open": december[4],
        "signed": november[3],
        "lapsed": november[5],
        "returned": november[4],
        "substitute": up.unit_id,
        "held": october[3],
        "contact": contact,
        "frozen": frozen,
    }


def the_ledger() -> Any:
    return cs.Ledger.open(f"sqlite:///{FOLDER / 'signoff.db'}", create=False)


def write(name: str, value: Any) -> None:
    """A line for each entry, whether of a list or of an object."""
    if isinstance(value, dict):
        lines = [f"{in_a_line(key)}: {in_a_line(value[key])}" for key in sorted(value)]
    else:
        lines = [in_a_line(entry) for entry in value]
    before, behind = "{}" if isinstance(value, dict) else "[]"
    text = ",\n".join(lines)
    (EXPECTED / name).write_text(f"{before}\n{text}\n{behind}\n", "utf-8")


def in_a_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def tell(office: Office) -> None:
    """Ask everything of a copy, and keep the answers."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(FOLDER, Path(place) / "month"))
        write("python.json", from_python(copy))
        write("steps.json", list(answers(office, copy)))
        for name in ("letters.csv", "letters.xlsx", "board.html", "events.jsonl"):
            shutil.copy(copy / name, EXPECTED / name)
    write("commands.json", of_commands(cli))
    write("names.json", {name: of_name(getattr(cs, name)) for name in sorted(cs.__all__)})


#: How often bytes were asked for.
_asked = itertools.count(1)


def token_bytes(nbytes: int | None = None) -> bytes:
    """Bytes that are the same in every run, in place of random ones."""
    return hashlib.sha256(b"%d" % next(_asked)).digest()[:nbytes]


def main() -> None:
    assert find_spec("ceosample.outlets"), "this is for ceosample 0.1; later releases moved that"
    for folder in (FOLDER, EXPECTED):
        shutil.rmtree(folder, ignore_errors=True)
    EXPECTED.mkdir(parents=True)
    secrets.token_bytes = token_bytes
    office = Office()
    make(office)
    (FIXTURE / "made-by.txt").write_text("\n".join([*office.lines, ""]), "utf-8")
    tell(office)


if __name__ == "__main__":
    main()
