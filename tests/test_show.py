"""Objects show themselves: every public result as a page's part and as text, and never as code."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ceosample as cs
import months
from ceosample import show
from ceosample.letters.signatures.validate import SignedReport
from ceosample.report.picture import Picture
from ceosample.signoff.store import databases
from ceosample.signoff.store.store import Store
from ceosample.warehouse import SqlFrame
from face import public_names
from test_library import by_name

#: What is given and not found, or is a word and no table: their repr says it all.
INPUTS = {
    *("batch.Configuration", "batch.Month", "batch.SeedInputs", "Decisions", "Period", "Rotation"),
    *("regimes.DueDatePolicy", "seeds.Round", "Signatory", "signing.Consent", "signing.SigningKey"),
    *("tracker.Columns", "inference.Cell", "inference.SampledLetter", "office.DocketField"),
    *("office.Logo", "timestamps.Stamps", "verification.RecorderKey"),
}
#: Public, and on a page of their own.
BESIDE = [Picture, SqlFrame]

HOSTILE = "<script>alert(1)</script>"
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def public_results() -> dict[str, type]:
    found = {
        name: thing
        for name, thing in public_names().items()
        if inspect.isclass(thing) and not issubclass(thing, Exception | enum.Enum)
    }
    assert set(found) > INPUTS
    return {c.__name__: c for n, c in found.items() if n not in INPUTS} | {
        c.__name__: c for c in BESIDE
    }


def others(folder: Path) -> list[object]:
    """One of each public result that the library's other tests have none of."""
    gate = cs.gate.Gate("complaint-responses", "2026-11", {HOSTILE: "1/2"}, "5e" * 32)
    register = cs.gate.Register(folder / "gate.jsonl", gate)
    draw, pack = by_name()["Draw"], by_name()["Pack"]
    assert isinstance(draw, cs.Draw)
    assert isinstance(pack, cs.Pack)
    connection = duckdb.connect()
    connection.register("t", pa.table({"id": ["a", "b"], "division": ["Cards", HOSTILE]}))
    with SqlFrame.from_duckdb(
        connection, "t", **months.MONTH, unit_id="id", strata=["division"]
    ) as frame:
        return [
            frame,
            gate,
            register,
            register.ask("CR-1", HOSTILE, at=AT),
            pack["C-0"],
            draw.selections[0],
            draw.reserves[0],
            months.SEED,
            cs.seeds.SeedChain.new(
                "complaint-responses", first="2026-11", months=3, random=_random
            ),
            cs.verification.Receipt("ab" * 32, AT, AT, "a dated letter"),
            cs.timestamps.TimeStamp("ab" * 32, AT, None, "1.2.3", 7, 7, HOSTILE, "cd" * 32),
            cs.regimes.Regime.named("fca-disp-1.6.2r"),
            cs.design.size_for(tolerable="0.05", confidence="0.9"),
            SignedReport(cs.signing.Level.ALTERED, "more was appended", "cd" * 32),
            cs.report.pictures.tickets(draw),
            cs.Ledger.open("sqlite://", clock=lambda: AT, ledger_id="1" * 32),
        ]


def _random(count: int) -> bytes:
    return b"\x07" * count


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    made = others(tmp_path_factory.mktemp("show"))
    return {type(thing).__name__: thing for thing in [*by_name().values(), *made]}


class Read(HTMLParser):
    """The tags and the texts of a part of a page; every tag must be closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = [""]
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.texts.append("")
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


def test_every_public_result_is_tried_here(results: dict[str, Any]) -> None:
    assert set(public_results()) <= set(results)


@pytest.mark.parametrize("name", sorted(public_results()))
def test_a_public_result_shows_itself_in_a_notebook_and_as_text(
    name: str, results: dict[str, Any]
) -> None:
    kind: Any = public_results()[name]
    thing = results[name]
    assert isinstance(thing, kind)
    page = Read(thing._repr_html_())
    assert any(text.strip() for text in page.texts) or page.tags == {"img"}
    own = kind.__str__ is not object.__str__ or _own_repr(kind)
    assert own, "its text is object's, or the list of its fields that attrs makes"
    assert str(thing).strip()
    assert "object at 0x" not in str(thing) + repr(thing)


def _own_repr(kind: Any) -> bool:
    return kind.__repr__ is not object.__repr__ and "attrs generated" not in str(
        inspect.getsourcefile(kind.__repr__)
    )


@pytest.mark.parametrize("name", sorted(public_results()))
def test_nothing_shown_names_a_colour_but_a_picture_s_paper(
    name: str, results: dict[str, Any]
) -> None:
    """'readable in light and dark': who sets no colour has the page's own."""
    html = results[name]._repr_html_()
    said = re.findall(r'style="([^"]*)"', html)
    if name == "Picture":
        assert said == ["max-width:100%;background:#fff"]
    else:
        assert not re.search("color|background|class=", " ".join(said))


ANY = st.text() | st.text(st.sampled_from("<>/&;\"'{}% abi"))


@given(ANY, ANY, ANY, ANY)
def test_whatever_is_shown_is_text_and_comes_back_as_it_was(
    title: str, name: str, cell: str, note: str
) -> None:
    """'everything in it escaped'"""
    table = Read(show.html_table(title, [name, "n"], [[cell, "1"]], "lr", [note]))
    assert table.tags == {*["p", "strong", "table", "thead", "tbody", "tr", "th", "td", "bdi"]}
    assert [*filter(None, table.texts)] == [*filter(None, [title, name, "n", cell, "1", note])]
    facts = Read(show.html_facts(title, [(name, cell)], [note]))
    assert facts.tags <= table.tags
    assert [*filter(None, facts.texts)] == [*filter(None, [title, name, cell, note])]


@pytest.mark.parametrize(
    "value", [HOSTILE, '"><img src=x onerror=alert(1)>', "\u202egnp.exe\u202c"]
)
def test_a_hostile_value_stays_in_its_cell(value: str) -> None:
    html = show.html_table("t", ["h"], [[value]], "l")
    assert "<script" not in html
    assert "<img" not in html
    cell = re.findall(r"<td [^>]*><bdi>(.*)</bdi></td>", html)
    assert len(cell) == 1  # a text that turns the reading around is shut in with its cell
    assert Read(html).texts.count(value) == 1


def test_a_hostile_division_is_text_in_all_that_speaks_of_it(tmp_path: Path) -> None:
    rows = [{"id": f"C-{i}", "division": HOSTILE} for i in range(6)]
    frame = cs.Frame.from_records(rows, **months.MONTH, unit_id="id", strata=["division"])
    plan = cs.Plan(size=2, take_all=[("Escalated <i>",)])
    draw = cs.draw(frame, plan, months.SEED)
    with months.open_ledger() as ledger:
        who: dict[str, Any] = {"by": "<b>sampler", "at": months.AT}
        ledger.freeze(frame, plan, seed_source="dice", **who)
        event = ledger.register(draw, **who)
        events = list(ledger.events())
        as_of: dict[str, Any] = {"as_of": months.LATER}
        shown: list[Any] = [
            frame, plan, plan.promise(frame), cs.commit(frame, plan, seed_source="dice"), draw,
            draw.selections[0], draw.reserves[0], event, ledger, cs.signoff_coverage(events),
            cs.figures.metrics(events, **as_of), cs.figures.at_risk(events, **as_of),
            cs.report.board_report(events, population=months.POPULATION, **as_of),
            cs.verification.Receipt("ab" * 32, AT, AT, HOSTILE),
        ]  # fmt: skip
        for thing in shown:
            html = thing._repr_html_()
            assert not re.search("<(script|i|b)>", html), type(thing)
        assert sum("&lt;script&gt;" in thing._repr_html_() for thing in shown) >= 9


def test_a_chain_shows_its_end_and_never_its_secret(results: dict[str, Any]) -> None:
    chain = results["SeedChain"]
    for said in (str(chain), repr(chain), chain._repr_html_()):
        assert chain.end in said
        assert chain.secret not in said


def test_a_terminal_obeys_nothing_that_is_shown_as_facts() -> None:
    receipt = cs.verification.Receipt("ab" * 32, AT, AT, "a letter\n  commitment  \x1b[2Jcd")
    lines = str(receipt).splitlines()
    assert len(lines) == 5
    assert lines[-1].endswith(r"a letter\n  commitment  \x1b[2Jcd")


def test_a_gate_s_answer_says_whether_it_was_drawn(results: dict[str, Any]) -> None:
    answer = results["GateAnswer"]
    drawn = attrs.evolve(answer, selected=True)
    undrawn = attrs.evolve(answer, selected=False)
    assert str(drawn).startswith("Question 1: selected\n")
    assert "<strong>Question 1: not selected</strong>" in undrawn._repr_html_()


def test_a_ledger_shows_its_newest_events_and_where_it_is_without_a_password() -> None:
    with months.open_ledger() as ledger:
        months.sent(ledger)
        newest = [event.hash for event in ledger.events()]
        assert repr(ledger) == "<Ledger in memory>"
        lines = str(ledger).splitlines()
        assert lines[0] == "Ledger in memory"
        assert [int(line.split()[0]) for line in lines[2:]] == [*range(len(newest), 0, -1)][:8]
        assert ledger._repr_html_().count("<tr>") == 1 + 8
    assert str(ledger).splitlines()[0] == "Ledger in memory"  # closed, and still no error
    assert "<table>" in ledger._repr_html_()
    url = databases.parse("postgresql+psycopg://clerk:s3cret@books.example/signoff")
    afar = cs.Ledger(Store(databases.engine(url)), lambda: AT)  # asked for its name, not reached
    assert repr(afar) == "<Ledger signoff at books.example>"


def test_a_report_of_a_broken_draw_and_of_a_broken_book_say_what_is_wrong() -> None:
    draw = by_name()["Draw"]
    assert isinstance(draw, cs.Draw)
    record = draw.record.replace(b"C-0", b"C-9")
    report = cs.verification.verify_record(
        record, b"".join(draw.frame.manifest()), b"".join(draw.frame.excluded())
    )
    assert report.first_difference is not None
    assert "NOT ok: " in report._repr_html_()
    assert Read(report._repr_html_()).texts.count(report.first_difference) == 1
    broken = cs.verification.ChainReport(
        cs.verification.ChainLevel.BROKEN, "event 3: was changed", 2, None
    )
    assert "event 3: was changed" in broken._repr_html_()


def test_the_board_s_report_shows_its_first_page() -> None:
    report: Any = by_name()["BoardReport"]
    text, html = str(report), report._repr_html_()
    for words in ("Signed in person", "of 4 letters drawn", "Without an owner", "October 2026"):
        assert words in text
        assert words in html
    assert "No letter signed in person in the 1 month on record in 2 divisions: Cards" in text


def test_a_letter_is_shown_in_a_frame_and_as_plain_text(results: dict[str, Any]) -> None:
    letter = results["Letter"]
    assert letter._repr_html_().startswith('<div style="border')
    assert "We are sorry about the parrot." in str(letter).splitlines()


def test_the_template_is_read_when_something_is_shown_and_not_before() -> None:
    code = "import ceosample.show as s; print(s._template.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
