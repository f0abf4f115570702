"""Where a month's responses come from: CSV, Parquet or a query; its rows; stated exclusions."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest

from ceosample import job
from ceosample.configuration import Configuration
from ceosample.errors import BusyError, ConfigurationError, FrameError, MissingPartError
from postgresql import Server
from refusals import NOT_SHOWN, NOT_THERE, did_you_mean, refused
from workbooks import book_of

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
PERIOD = "2026-10"

CSV = 'csv = "responses.csv"'
PARQUET = 'parquet = "responses.parquet"'
SQLITE = 'sql = "responses.sql"\nurl = "sqlite:///complaints.db"'
ALL_MONTHS = 'period_column = "final"'

IN_PROGRESS = """
[[source.exclusions]]
reason = "in-progress"
column = "status"
is = ["In progress"]
"""

#: All months in one table; in October two are eligible, one is in progress and one is a duplicate.
ROWS: list[dict[str, Any]] = [
    {"id": "A-1", "division": "Cards", "status": "Closed", "final": "2026-09-30", "paid": "10"},
    {"id": "A-2", "division": "Cards", "status": "Closed", "final": "2026-10-01", "paid": "10.5"},
    {"id": "A-3", "division": "Loans", "status": "In progress", "final": "2026-10-31", "paid": ""},
    {"id": "A-4", "division": "Loans", "status": "Closed", "final": "2026-10-31", "paid": "200"},
    {"id": "A-5", "division": "Loans", "status": "Twice", "final": "2026-10-02", "paid": "0"},
    {"id": "A-6", "division": "Cards", "status": "Closed", "final": "2026-11-01", "paid": "7"},
]

#: The digest of October's manifest, written by hand.
OCTOBER = hashlib.sha256(b"unit_id,division\nA-2,Cards\nA-4,Loans\nA-5,Loans\n").hexdigest()


def configured(folder: Path, source: str, after: str = "") -> Configuration:
    """A configuration with this table [source]."""
    (folder / "ceosample.toml").write_text(
        f"""
[population]
name = "complaint-responses"
[source]
unit_id = "id"
{source}
{after}
[strata]
variables = ["division"]
[plan]
size = 2
[seed]
source = "dice"
[signatory]
id = "ceo"
name = "Margaret Llewelyn"
title = "Chief Executive"
[letters]
contents = "letters.jsonl"
[ledger]
url = "sqlite:///signoff.db"
[output]
folder = "packs"
""",
        "utf-8",
    )
    return Configuration.load(folder / "ceosample.toml")


def faults(folder: Path, source: str, after: str = "") -> tuple[str, ...]:
    """What is wrong with a table [source], without the file's name."""
    with pytest.raises(ConfigurationError) as raised:
        configured(folder, source, after)
    return tuple(fault.partition(", ")[2] for fault in raised.value.faults)


def read(configuration: Configuration, period: str = PERIOD, total: int | None = None) -> Any:
    return job.read_source(job.Month(configuration, period, AT), total)


def write_csv(folder: Path, rows: list[dict[str, Any]] = ROWS) -> None:
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    (folder / "responses.csv").write_text("\n".join(lines) + "\n", "utf-8")


def write_sqlite(folder: Path, query: str, rows: list[dict[str, Any]] = ROWS) -> None:
    with sqlite3.connect(folder / "complaints.db") as connection:
        connection.execute("CREATE TABLE responses (id, division, status, final, paid)")
        connection.executemany(
            "INSERT INTO responses VALUES (:id, :division, :status, :final, :paid)", rows
        )
    connection.close()
    (folder / "responses.sql").write_text(query, "utf-8")


def write_parquet(path: Path, columns: dict[str, Any]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    path.parent.mkdir(exist_ok=True)
    parquet.write_table(pa.table(columns), path)


def columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] or None for row in rows] for name in rows[0]}


# The three sources


def october(folder: Path, kind: str) -> Configuration:
    """October out of a table of all months, each kind of source."""
    if kind == "csv":
        write_csv(folder)
        return configured(folder, f"{CSV}\n{ALL_MONTHS}", IN_PROGRESS)
    if kind == "parquet":
        write_parquet(folder / "responses.parquet", columns_of(ROWS))
        return configured(folder, f"{PARQUET}\n{ALL_MONTHS}", IN_PROGRESS)
    write_sqlite(folder, "SELECT * FROM responses WHERE substr(final, 1, 7) = :period")
    return configured(folder, SQLITE, IN_PROGRESS)


@pytest.mark.parametrize("kind", ["csv", "parquet", "sql"])
def test_each_kind_of_source_gives_the_same_frame(tmp_path: Path, kind: str) -> None:
    reading = read(october(tmp_path, kind))
    assert [unit.unit_id for unit in reading.frame.units] == ["A-2", "A-4", "A-5"]
    assert reading.frame.left_out == (("A-3", "in-progress"),)
    assert reading.frame.digest == OCTOBER


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "source: missing; give one of csv, excel, parquet, sql"),
        (f"{CSV}\n{PARQUET}", "source: got csv and parquet; give one of csv, excel, parquet, sql"),
        ('sql = "x.sql"', "source.url: missing; give the URL of the database that source.sql asks"),
        (f'{CSV}\nurl = "sqlite://"', "source.url: got a URL for the source csv"),
        (f"{CSV}\nperiod_colum = 'x'", did_you_mean("period_column")),
        (
            "sql = 'x.sql'\nurl = 'no'",
            f"source.url: got {NOT_SHOWN}; give a database's URL",
        ),
    ],
)
def test_a_source_is_one_of_three(tmp_path: Path, source: str, said: str) -> None:
    (fault,) = faults(tmp_path, source)
    assert said in fault


def test_a_fault_of_the_source_hides_none_of_the_seed(tmp_path: Path) -> None:
    text = configured_text(tmp_path).replace('source = "dice"', 'source = "chain"')
    (tmp_path / "ceosample.toml").write_text(text.replace(CSV, ""), "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        Configuration.load(tmp_path / "ceosample.toml")
    assert [fault.partition(", ")[2].partition(":")[0] for fault in raised.value.faults] == [
        "source",
        "seed.secret",
    ]


def configured_text(folder: Path) -> str:
    configured(folder, CSV)
    return (folder / "ceosample.toml").read_text("utf-8")


def test_a_column_that_is_not_there_is_named_with_its_key(tmp_path: Path) -> None:
    write_csv(tmp_path)
    stated = IN_PROGRESS.replace('"status"', '"state"')
    with pytest.raises(FrameError) as raised:
        read(configured(tmp_path, f"{CSV}\nperiod_column = 'closed'", stated))
    assert [fault.partition(": not in")[0] for fault in raised.value.faults] == [
        "column 'closed' (of source.period_column)",
        "column 'state' (of source.exclusions[1].column)",
    ]


# Parquet


def test_a_folder_of_parquet_files_is_one_table(tmp_path: Path) -> None:
    write_parquet(tmp_path / "all.parquet/2.parquet", columns_of(ROWS[3:]))
    write_parquet(tmp_path / "all.parquet/1.parquet", columns_of(ROWS[:3]))
    configuration = configured(tmp_path, f"parquet = 'all.parquet'\n{ALL_MONTHS}", IN_PROGRESS)
    assert read(configuration).frame.digest == OCTOBER


def test_a_column_that_one_file_of_a_folder_lacks_is_a_fault(tmp_path: Path) -> None:
    """It would be read as empty cells, and nothing would be left out any more."""
    write_parquet(tmp_path / "all/1.parquet", columns_of(ROWS[:3]))
    lacking = {name: values for name, values in columns_of(ROWS[3:]).items() if name != "status"}
    write_parquet(tmp_path / "all/2.parquet", lacking)
    with pytest.raises(FrameError, match=r"column 'status'.*not in the table"):
        read(configured(tmp_path, f"parquet = 'all'\n{ALL_MONTHS}", IN_PROGRESS))


def test_parquet_has_numbers_and_times_of_its_own(tmp_path: Path) -> None:
    import pyarrow as pa

    nanoseconds = [1_790_812_800_000_000_001, 1_793_491_199_999_999_999, 1_793_491_200_000_000_000]
    write_parquet(
        tmp_path / "responses.parquet",
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "division": pa.array(["Cards"] * 3).dictionary_encode(),
            "final": pa.array(nanoseconds, pa.timestamp("ns")),
            "paid": pa.array([0.1, float("nan"), 5.0]),
        },
    )
    stated = '[[source.exclusions]]\nreason = "small"\ncolumn = "paid"\nfrom = 0.1\nbefore = 1\n'
    reading = read(configured(tmp_path, f"{PARQUET}\n{ALL_MONTHS}", stated))
    assert reading.frame.left_out == (("1", "small"),)
    assert [unit.unit_id for unit in reading.frame.units] == ["2"]
    assert reading.others == 1


def test_only_the_columns_that_are_asked_for_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ceosample.job.sources import arrow_cells

    wide = columns_of(ROWS) | {"letter": ["Dear Mrs Smith"] * len(ROWS)}
    write_parquet(tmp_path / "responses.parquet", wide)
    seen: list[object] = []
    cells = arrow_cells._cells

    def watched(*arguments: Any, **named: Any) -> list[object]:
        found = cells(*arguments, **named)
        seen.extend(found)
        return found

    monkeypatch.setattr(arrow_cells, "_cells", watched)
    read(configured(tmp_path, f"{PARQUET}\n{ALL_MONTHS}"))
    assert "A-1" in seen
    assert "Dear Mrs Smith" not in seen
    assert "200" not in seen


@pytest.mark.parametrize(
    ("name", "data"), [("nowhere", None), ("responses.parquet", b"no parquet"), ("folder", None)]
)
def test_parquet_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    (tmp_path / "folder").mkdir()
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(FrameError, match=name):
        read(configured(tmp_path, f"parquet = '{name}'"))


def test_parquet_without_its_extra_is_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPartError, match=r"pip install 'ceosample\[parquet\]'"):
        read(configured(tmp_path, PARQUET))


# Queries


def test_the_month_comes_into_a_query_as_bound_parameters(tmp_path: Path) -> None:
    write_sqlite(
        tmp_path,
        "SELECT id, :period || ' ' || :first_day || ' ' || :last_day || ' ' || :next_month"
        " AS division FROM responses WHERE id = 'A-1'",
    )
    (unit,) = read(configured(tmp_path, SQLITE), "2024-02").frame.units
    assert unit.stratum == ("2024-02 2024-02-01 2024-02-29 2024-03-01",)


def test_a_query_asks_for_no_other_parameters(tmp_path: Path) -> None:
    write_sqlite(tmp_path, "SELECT * FROM responses WHERE id = :unit AND status <> '\\:period'")
    with pytest.raises(ConfigurationError, match=r"responses\.sql: got the parameter :unit; use"):
        read(configured(tmp_path, SQLITE))


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM responses", "UPDATE responses SET id = '1' RETURNING *", "CREATE TABLE x (y)"],
)
def test_a_query_cannot_write_to_a_file_of_sqlite(tmp_path: Path, query: str) -> None:
    write_sqlite(tmp_path, query)
    before = (tmp_path / "complaints.db").read_bytes()
    with pytest.raises(FrameError, match="readonly database"):
        read(configured(tmp_path, SQLITE))
    assert (tmp_path / "complaints.db").read_bytes() == before


@pytest.mark.parametrize("query", ["VACUUM INTO '{}'", "ATTACH '{}' AS other"])
def test_a_query_makes_no_other_file(tmp_path: Path, query: str) -> None:
    write_sqlite(tmp_path, query.format(tmp_path / "copy.db"))
    with pytest.raises(FrameError, match="may only read this database; write a SELECT"):
        read(configured(tmp_path, SQLITE))
    assert not (tmp_path / "copy.db").exists()


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "responses.sql").write_text("SELECT 1", "utf-8")
    with refused(FrameError, NOT_THERE, place="complaints.db"):
        read(configured(tmp_path, SQLITE))
    assert not (tmp_path / "complaints.db").exists()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM nowhere", r"responses\.sql: the database refused: no such table"),
        ("SELECT id, id FROM responses", "column 'id': appears more than once"),
        (
            "SELECT id FROM responses",
            r"column 'division' \(of strata.variables\): not in the table",
        ),
    ],
)
def test_what_is_wrong_with_a_query_is_said(tmp_path: Path, query: str, said: str) -> None:
    write_sqlite(tmp_path, query)
    with pytest.raises(FrameError, match=said):
        read(configured(tmp_path, SQLITE))


def test_text_that_is_not_utf_8_is_not_quoted(tmp_path: Path) -> None:
    write_sqlite(tmp_path, "SELECT id, CAST(X'536D697468FF' AS TEXT) AS division FROM responses")
    with pytest.raises(FrameError, match=r"rows 1, 2, 3 .*, column 'division'") as raised:
        read(configured(tmp_path, SQLITE))
    assert "surrogate" in str(raised.value)
    assert "Smith" not in str(raised.value)


def on_postgresql(folder: Path, url: str, query: str) -> Configuration:
    (folder / "responses.sql").write_text(query, "utf-8")
    return configured(folder, f'sql = "responses.sql"\nurl = "{url}"', IN_PROGRESS)


@pytest.fixture
def database(postgresql: Server) -> Any:
    with postgresql.database() as name:
        with postgresql.connect(name) as connection:
            connection.execute(
                "CREATE TABLE responses "
                "(id text, division text, status text, final date, paid text)"
            )
            for row in ROWS:
                connection.execute(
                    "INSERT INTO responses VALUES (%s, %s, %s, %s, %s)", [*row.values()]
                )
        yield postgresql.url(name)


def test_a_query_is_put_to_postgresql(database: str, tmp_path: Path) -> None:
    query = "SELECT * FROM responses WHERE final >= :first_day AND final < :next_month"
    for url in (database, database.replace("+psycopg", "")):
        assert read(on_postgresql(tmp_path, url, query)).frame.digest == OCTOBER


def test_signs_that_mean_something_to_a_driver_are_themselves_in_a_query(
    database: str, tmp_path: Path
) -> None:
    query = (
        "SELECT * FROM responses WHERE status LIKE '%' AND '%s' <> '%(x)s' AND '10:30' > '09:15' "
        "AND final::text LIKE :period || '-%' AND '$1' <> '\\:first_day' -- 100 %"
    )
    assert read(on_postgresql(tmp_path, database, query)).frame.digest == OCTOBER


def test_a_date_of_postgresql_says_the_month(database: str, tmp_path: Path) -> None:
    query = (
        "SELECT id, division, status, final::timestamptz AT TIME ZONE 'UTC' AS final FROM responses"
    )
    configuration = on_postgresql(tmp_path, database, query)
    source = attrs.evolve(configuration.source, period_column="final")
    reading = read(attrs.evolve(configuration, source=source))
    assert reading.frame.digest == OCTOBER
    assert reading.others == 2


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM responses RETURNING *",
        "WITH gone AS (DELETE FROM responses RETURNING *) SELECT * FROM gone",
        "SELECT id, division, status, nextval('numbers') FROM responses",
        "SELECT * FROM responses; COMMIT; DELETE FROM responses",
        "COPY responses TO '/tmp/responses-of-a-query'",
    ],
)
def test_a_query_cannot_write_to_postgresql(
    database: str, postgresql: Server, tmp_path: Path, query: str
) -> None:
    name = database.rpartition("/")[2]
    with postgresql.connect(name) as connection:
        connection.execute("CREATE SEQUENCE numbers")
    with pytest.raises(FrameError, match=r"responses\.sql: the database refused"):
        read(on_postgresql(tmp_path, database, query))
    with postgresql.connect(name) as connection:
        assert connection.execute("SELECT count(*) FROM responses").fetchone() == (len(ROWS),)


def test_what_postgresql_says_of_a_value_is_not_repeated(database: str, tmp_path: Path) -> None:
    query = "SELECT id, division, status::int AS status FROM responses"
    with pytest.raises(FrameError, match=r"could not take a value \(InvalidTextRep") as raised:
        read(on_postgresql(tmp_path, database, query))
    assert "Closed" not in str(raised.value)


def test_a_password_is_neither_shown_nor_said(
    postgresql: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"postgresql://ceosample:hunter2@127.0.0.1:{postgresql.port}/nowhere"
    configuration = on_postgresql(tmp_path, url, "SELECT 1")
    assert "hunter2" not in repr(configuration)
    with pytest.raises(ConfigurationError, match='"nowhere" does not exist') as raised:
        read(configuration)
    assert "hunter2" not in f"{raised.value}{caplog.text}"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ('"postgresql://x:hunter2@h:5432x/db"', NOT_SHOWN),
        ('["postgresql://x:hunter2@h/db"]', "a list of 1"),
        ('"hunter2"', NOT_SHOWN),
    ],
)
def test_a_url_that_is_none_is_not_repeated(tmp_path: Path, url: str, told: str) -> None:
    (said,) = faults(tmp_path, f'sql = "responses.sql"\nurl = {url}')
    assert said.startswith(f"source.url: got {told}; give a database's URL")
    assert "hunter2" not in said
    configured(tmp_path, CSV)
    text = (tmp_path / "ceosample.toml").read_text("utf-8")
    (tmp_path / "ceosample.toml").write_text(text.replace('"sqlite:///signoff.db"', url), "utf-8")
    with pytest.raises(ConfigurationError, match=f"ledger.url: got {told}; give") as raised:
        Configuration.load(tmp_path / "ceosample.toml")
    assert "hunter2" not in str(raised.value)


def test_a_database_that_does_not_answer_is_tried_again_later(tmp_path: Path) -> None:
    url = "postgresql://ceosample@127.0.0.1:1/nowhere"
    with pytest.raises(BusyError, match="refused"):
        read(on_postgresql(tmp_path, url, "SELECT 1"))


def test_a_driver_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingPartError, match=r"pip install 'ceosample\[postgresql\]'"):
        read(on_postgresql(tmp_path, "postgresql://x@127.0.0.1/x", "SELECT 1"))
    with pytest.raises(MissingPartError, match=r"nodatabase"):
        read(on_postgresql(tmp_path, "nodatabase://x@127.0.0.1/x", "SELECT 1"))


# The month's rows


@pytest.mark.parametrize(
    "cell", ["2026-10", "2026-10-31", "2026-10-31T23:59:59", "2026-10-01 00:00:00.123456"]
)
def test_a_row_belongs_to_the_month_of_its_date(tmp_path: Path, cell: str) -> None:
    """'A response belongs to the period in which its draft became final.'"""
    write_csv(tmp_path, [*ROWS[:1], {**ROWS[1], "final": cell}])
    configuration = configured(tmp_path, f"{CSV}\n{ALL_MONTHS}")
    reading = read(configuration)
    assert [unit.unit_id for unit in reading.frame.units] == ["A-2"]
    assert (reading.rows, reading.others) == (2, 1)
    assert reading.frame.exclusions == {}


def test_a_time_with_a_zone_is_dated_in_a_zone_that_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path, [{**ROWS[1], "final": "2026-09-30T23:30:00Z"}])
    with pytest.raises(FrameError, match=r"row 1, column 'final': .*give population\.zone"):
        read(configured(tmp_path, f"{CSV}\n{ALL_MONTHS}"))
    there = attrs.evolve(configured(tmp_path, f"{CSV}\n{ALL_MONTHS}"), zone="Europe/London")
    assert read(there).frame.count == 1


@pytest.mark.parametrize("cell", ["31.10.2026", "20261031", "2026-13", "2026-02-30", "soon"])
def test_what_is_no_date_is_a_fault_and_is_not_quoted(tmp_path: Path, cell: str) -> None:
    write_csv(tmp_path, [ROWS[1], {**ROWS[0], "final": cell}])
    with pytest.raises(
        FrameError, match=r"row 2, column 'final': got text of .*; give a (date|month)"
    ) as raised:
        read(configured(tmp_path, f"{CSV}\n{ALL_MONTHS}"))
    assert cell not in str(raised.value)


def test_a_row_without_a_date_is_left_out_by_a_stated_exclusion_or_is_a_fault(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path, [*ROWS, {**ROWS[3], "id": "A-7", "final": ""}])
    with pytest.raises(FrameError, match=r"row 7, column 'final': got an empty cell, so the row"):
        read(configured(tmp_path, f"{CSV}\n{ALL_MONTHS}", IN_PROGRESS))
    still_open = '[[source.exclusions]]\nreason = "open"\ncolumn = "final"\nmissing = true\n'
    for period in ("2026-09", PERIOD):
        reading = read(configured(tmp_path, f"{CSV}\n{ALL_MONTHS}", still_open), period)
        assert ("A-7", "open") in reading.frame.left_out


def test_a_fault_names_the_row_as_the_table_has_it(tmp_path: Path) -> None:
    write_csv(tmp_path, [*ROWS, {**ROWS[3], "division": ""}, ROWS[3]])
    with pytest.raises(FrameError) as raised:
        read(configured(tmp_path, f"{CSV}\n{ALL_MONTHS}", IN_PROGRESS))
    assert [fault.partition("; ")[0] for fault in raised.value.faults] == [
        "row 7, column 'id': got 'A-4' as in row 4",
        "row 7, column 'division': got an empty cell",
        "row 8, column 'id': got 'A-4' as in row 4",
    ]


# Stated exclusions


def left_out(folder: Path, *conditions: str, rows: list[dict[str, Any]] = ROWS) -> list[str]:
    """The ids that conditions leave out, with their reasons, of a table of one month."""
    write_csv(folder, rows)
    stated = "".join(
        f'[[source.exclusions]]\nreason = "reason-{number}"\n{condition}\n'
        for number, condition in enumerate(conditions, 1)
    )
    frame = read(configured(folder, CSV, stated)).frame
    return [f"{unit_id} {reason[-1]}" for unit_id, reason in frame.left_out]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        ('column = "status"\nis = ["In progress", "Twice"]', ["A-3 1", "A-5 1"]),
        ('column = "status"\nis = ["in progress"]', []),
        ('column = "status"\nis_not = ["Closed", "Twice"]', ["A-3 1"]),
        ('column = "paid"\nmissing = true', ["A-3 1"]),
        ('column = "paid"\nmissing = false', ["A-1 1", "A-2 1", "A-4 1", "A-5 1", "A-6 1"]),
        ('column = "paid"\nis = [10]', ["A-1 1"]),
        ('column = "paid"\nis = ["10"]', ["A-1 1"]),
        ('column = "paid"\nis_not = [10, 10.5, 200, 7]', ["A-5 1"]),
        ('column = "paid"\nfrom = 10.5', ["A-2 1", "A-4 1"]),
        ('column = "paid"\nbefore = 10', ["A-5 1", "A-6 1"]),
        ('column = "paid"\nfrom = 10\nbefore = 200\nis_not = [10.5]', ["A-1 1"]),
        ('column = "final"\nfrom = 2026-10-31', ["A-3 1", "A-4 1", "A-6 1"]),
        ('column = "final"\nbefore = 2026-10-01', ["A-1 1"]),
        ('column = "final"\nis = [2026-10-31]', ["A-3 1", "A-4 1"]),
    ],
)
def test_a_condition_leaves_out_what_it_says(
    tmp_path: Path, condition: str, ids: list[str]
) -> None:
    assert left_out(tmp_path, condition) == ids


def test_the_first_condition_that_applies_gives_the_reason(tmp_path: Path) -> None:
    cards = 'column = "division"\nis = ["Cards"]'
    closed = 'column = "status"\nis = ["Closed"]'
    assert left_out(tmp_path, cards, closed) == ["A-1 1", "A-2 1", "A-4 2", "A-6 1"]


def test_the_source_s_own_reason_comes_before_the_conditions(tmp_path: Path) -> None:
    rows = [{**row, "why": "duplicate" if row["status"] == "Twice" else ""} for row in ROWS]
    write_csv(tmp_path, rows)
    stated = '[[source.exclusions]]\nreason = "zero"\ncolumn = "paid"\nis = [0, 200]\n'
    reading = read(configured(tmp_path, f"{CSV}\nexclusion = 'why'", stated))
    assert reading.frame.left_out == (("A-4", "zero"), ("A-5", "duplicate"))
    assert [rows for _, rows in reading.stated] == [1]


def test_a_condition_that_nothing_meets_is_shown(tmp_path: Path) -> None:
    write_csv(tmp_path)
    reading = read(configured(tmp_path, CSV, IN_PROGRESS.replace("In progress", "Open")))
    assert str(reading).splitlines()[1] == (
        "source.exclusions[1], in-progress: 0 rows where 'status' is 'Open'; nothing is so: is the "
        "condition right?"
    )
    assert reading.to_dict()["stated"] == [
        {
            "where": "source.exclusions[1]",
            "reason": "in-progress",
            "condition": "'status' is 'Open'",
            "rows": 0,
        }
    ]


def test_a_cell_that_a_condition_cannot_compare_is_a_fault(tmp_path: Path) -> None:
    write_csv(tmp_path, [ROWS[0], {**ROWS[1], "paid": "ten pounds"}])
    stated = '[[source.exclusions]]\nreason = "large"\ncolumn = "paid"\nfrom = 100\n'
    with pytest.raises(FrameError) as raised:
        read(configured(tmp_path, CSV, stated))
    assert raised.value.faults == (
        "row 2, column 'paid': got text of 10 characters; give a number, for source.exclusions[1] "
        "compares it",
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('column = "x"\nis = ["y"]', "source.exclusions[2].reason: missing; give a code"),
        ('reason = "Not Ours"\ncolumn = "x"\nis = ["y"]', "source.exclusions[2].reason: got"),
        ('reason = "a"\nis = ["y"]', "source.exclusions[2].column: missing"),
        ('reason = "a"\ncolumn = "x"', "source.exclusions[2]: no condition; give one or more of"),
        ('reason = "a"\ncolumn = "x"\nis = []', "source.exclusions[2].is: got []"),
        ('reason = "a"\ncolumn = "x"\nis = "y"', "source.exclusions[2].is: got 'y'"),
        ('reason = "a"\ncolumn = "x"\nis = [1, "y"]', "source.exclusions[2].is: got [1, 'y']"),
        ('reason = "a"\ncolumn = "x"\nis = [1, true]', "source.exclusions[2].is: got"),
        ('reason = "a"\ncolumn = "x"\nis = [""]', "source.exclusions[2].is: got"),
        ('reason = "a"\ncolumn = "x"\nfrom = nan', "source.exclusions[2].from: got nan"),
        ('reason = "a"\ncolumn = "x"\nbefore = "y"', "source.exclusions[2].before: got 'y'"),
        (
            'reason = "a"\ncolumn = "x"\nfrom = 2\nbefore = 2',
            "from 2 and before 2; give a later",
        ),
        (
            'reason = "a"\ncolumn = "x"\nfrom = 2\nbefore = 2026-10-01',
            "give two numbers or two dates",
        ),
        ('reason = "a"\ncolumn = "x"\nmissing = true\nis = ["y"]', "source.exclusions[2].missing"),
        ('reason = "a"\ncolumn = "x"\nis_no = ["y"]', did_you_mean("is_not")),
    ],
)
def test_a_fault_of_an_exclusion_names_its_place(tmp_path: Path, entry: str, said: str) -> None:
    (fault,) = faults(tmp_path, CSV, f"{IN_PROGRESS}\n[[source.exclusions]]\n{entry}")
    assert said in fault


@pytest.mark.slow
def test_july_2023_by_a_configuration_alone(shared: Path, tmp_path: Path) -> None:
    """The public export of 76 months, as it is: the month, and who is left out, are stated."""
    data = shared / "data/cfpb-one-bank-2017-05-to-2023-08.csv.gz"
    configuration = configured(
        tmp_path,
        f"csv = '{data}'\nperiod_column = 'Date submitted'\nmissing = 'not stated'",
        IN_PROGRESS.replace("status", "Company response to consumer"),
    )
    source = attrs.evolve(configuration.source, unit_id="Complaint ID")
    configuration = attrs.evolve(configuration, source=source, variables=("Product",))
    reading = read(configuration, "2023-07", 1749)
    assert reading.frame.exclusions == {"in-progress": 863}
    assert (reading.frame.count, len(reading.frame.sizes())) == (886, 8)
    assert reading.stated[0][1] == 863
    assert reading.rows == reading.others + 1749


def test_every_example_of_the_page_about_sources_gives_the_month(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs/sources.md").read_text("utf-8")
    examples = re.findall(r"^```toml\n\[source\]\n(.*?)^```", page, re.M | re.S)
    (query,) = re.findall(r"^```sql\n(.*?)^```", page, re.M | re.S)
    assert len(examples) == 5
    names = {"id": "response_id", "final": "final_date"}
    rows = [{names.get(name, name): value for name, value in row.items()} for row in ROWS]
    write_csv(tmp_path, rows[1:5])
    (tmp_path / "responses.csv").rename(tmp_path / "responses-2026-10.csv")
    write_csv(tmp_path, rows)
    write_parquet(tmp_path / "responses/1.parquet", columns_of(rows))
    table = [[*rows[0]], *([*row.values()] for row in rows)]
    (tmp_path / "register.xlsx").write_bytes(book_of(table))
    write_sqlite(tmp_path, query)
    with sqlite3.connect(tmp_path / "complaints.db") as connection:
        for old, new in names.items():
            connection.execute(f"ALTER TABLE responses RENAME COLUMN {old} TO {new}")
    connection.close()
    found = []
    for example in examples:
        source, mark, stated = example.partition("[[source.exclusions]]")
        text = source.replace('unit_id = "response_id"\n', "")
        configuration = configured(tmp_path, text, mark + stated)
        source_read = attrs.evolve(configuration.source, unit_id="response_id")
        frame = read(attrs.evolve(configuration, source=source_read)).frame
        found.append((frame.count, frame.exclusions))
    assert found == [(4, {}), (4, {}), (4, {}), (4, {}), (2, {"goodwill": 1, "in-progress": 1})]
