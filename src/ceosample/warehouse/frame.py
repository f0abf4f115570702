"""A frame whose rows stay in their database: only counts, digests and candidates come out."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import attrs

from ceosample.errors import CeosampleError, FrameError
from ceosample.period import Period
from ceosample.progress import Progress, watched
from ceosample.sampling.frames.arguments import takes
from ceosample.sampling.frames.cuts import Cut, labels
from ceosample.sampling.frames.manifest import digest_of, kept, rows_to_csv
from ceosample.sampling.frames.saved_frame import SavedFrame
from ceosample.sampling.frames.strata import Renamed, Stratum
from ceosample.sampling.names import EXCLUSIONS, MANIFEST
from ceosample.sampling.ticket import Ticketed
from ceosample.show import html_table, stratum_words, text_table
from ceosample.warehouse import engine, faults
from ceosample.warehouse.census import counted
from ceosample.warehouse.engine import Buffer, Cluster, Sorting
from ceosample.warehouse.lines import Pieces, lines_of
from ceosample.warehouse.lowest import lowest, statements
from ceosample.warehouse.questions import Query, Questions
from ceosample.warehouse.slices import KEY, Slice, slices
from ceosample.warehouse.table_spec import TableArguments, TableSpec, checked

if TYPE_CHECKING:
    import datafusion
    import duckdb
    import psycopg
    import pyspark.sql

#: One statement asks about so many ids.
_AT_ONCE = 1000

_HEADER = ["stratum", "eligible"]


@attrs.frozen(slots=False, repr=False, eq=False)  # a __dict__ is where cached_property keeps values
class SqlFrame:
    """The eligible responses of one population in one period, in a table of a database.

    Make one with :meth:`from_duckdb`, :meth:`from_postgresql`, :meth:`from_datafusion`,
    :meth:`from_spark`, or :meth:`from_arrow` for a table in memory. It gives the tickets, letters
    and bytes that ``Frame`` gives for the same rows. While it is in use its connection is in a
    transaction, and is its own; :meth:`close` ends that, as ``with`` does.

    Attributes:
        population: the name of the sampled stream.
        period: the ISO month.
        variables: the names of the stratum variables, in the plan's order.
        exclusions: the number of responses left out, by reason.
        control_total: the independent register's count of all rows, or None.
        content: whether the frame commits to the letters' contents.
        has_manifest: whether it has a manifest, so that a draw can be committed to it.

    >>> import pyarrow as pa, ceosample as cs
    >>> table = pa.table({"id": [f"R-{i}" for i in range(100)]})
    >>> seed = cs.Seed.from_dice("83019274650192837465", witnesses=["internal audit"])
    >>> with SqlFrame.from_arrow(
    ...     table, population="complaint-responses", period="2026-10", unit_id="id"
    ... ) as frame:
    ...     cs.draw(frame, cs.Plan(size=3), seed).unit_ids
    ('R-88', 'R-52', 'R-76')
    """

    population: str
    period: Period
    variables: tuple[str, ...]
    exclusions: Mapping[str, int]
    control_total: int | None
    content: bool
    has_manifest: bool
    _sizes: Mapping[Stratum, int]
    _home: Sorting | Cluster
    _questions: Questions
    _moment: str | None
    _pieces: dict[str, Pieces] = attrs.Factory(dict)

    @classmethod
    @takes(TableSpec)
    def from_duckdb(
        cls,
        connection: duckdb.DuckDBPyConnection,
        table: str | Sequence[str],
        **arguments: Unpack[TableArguments],
    ) -> SqlFrame:
        """A table, view or registered object of DuckDB.

        Args:
            connection: open; the frame begins a transaction on it unless one is under way.
            table: its name, or its schema's and its own. Names are taken as they are, never as SQL.
            arguments: which columns are what, of which month, and whether there is a manifest:
                see :class:`~ceosample.warehouse.table_spec.TableArguments`.

        Raises:
            FrameError: what breaks a rule, or a total that does not reconcile.

        >>> import duckdb
        >>> connection = duckdb.connect()
        >>> _ = connection.execute("CREATE TABLE responses AS SELECT range AS id FROM range(1000)")
        >>> with SqlFrame.from_duckdb(connection, "responses", population="complaint-responses",
        ...                           period="2026-10", unit_id="id") as frame:
        ...     frame.sizes()
        {(): 1000}
        >>> connection.close()
        """
        from ceosample.warehouse.duckdb import DuckDb

        return cls._of(DuckDb(connection), TableSpec(table=table, **arguments))

    @classmethod
    @takes(TableSpec)
    def from_postgresql(
        cls,
        connection: psycopg.Connection[Any],
        table: str | Sequence[str],
        **arguments: Unpack[TableArguments],
    ) -> SqlFrame:
        """A table or view of PostgreSQL, by psycopg 3; the other arguments are DuckDB's.

        The frame begins a transaction that is REPEATABLE READ and READ ONLY, or takes the one that
        is under way if it holds its moment.
        """
        from ceosample.warehouse.postgresql import PostgreSql

        return cls._of(PostgreSql(connection), TableSpec(table=table, **arguments))

    @classmethod
    @takes(TableSpec)
    def from_datafusion(
        cls,
        context: datafusion.SessionContext,
        table: str | Sequence[str],
        **arguments: Unpack[TableArguments],
    ) -> SqlFrame:
        """A table of a DataFusion context: Parquet, CSV or Arrow files registered with it.

        The other arguments are DuckDB's. Files have no transactions: leave them as they are while
        the frame is in use.
        """
        from ceosample.warehouse.datafusion import DataFusion

        return cls._of(DataFusion(context), TableSpec(table=table, **arguments))

    @classmethod
    @takes(TableSpec)
    def from_arrow(
        cls,
        table: Any,
        **arguments: Unpack[TableArguments],
    ) -> SqlFrame:
        """A table in memory, asked by DataFusion: what ``Frame`` gives for it, many times faster.

        Args:
            table: a ``pyarrow.Table``, or what hands one over by ``__arrow_c_stream__``, as tables
                of polars and pandas do. An Arrow table is used as it is: leave its buffers
                unchanged while the frame is in use.

        The other arguments are DuckDB's.

        Raises:
            FrameError: no table; what breaks a rule, or a total that does not reconcile.
            MissingPartError: DataFusion is not installed.

        >>> import pyarrow as pa
        >>> responses = pa.table({"id": range(1000)})
        >>> with SqlFrame.from_arrow(responses, population="complaint-responses",
        ...                          period="2026-10", unit_id="id") as frame:
        ...     frame.sizes()
        {(): 1000}
        """
        from ceosample.warehouse.datafusion import TABLE, holding

        spec = TableSpec(table=TABLE, **arguments)
        return cls._of(holding(table, spec.columns.wanted), spec)

    @classmethod
    @takes(TableSpec)
    def from_spark(
        cls,
        session: pyspark.sql.SparkSession,
        table: str | Sequence[str] | pyspark.sql.DataFrame,
        **arguments: Unpack[TableArguments],
    ) -> SqlFrame:
        """A table, view or DataFrame of Spark 4; the other arguments are DuckDB's.

        A DataFrame is a temporary view as long as the frame is in use. Spark computes it again for
        each question: it must have the same rows each time, so leave its files as they are.
        """
        from ceosample.warehouse.spark import Spark, named

        name, view = named(session, table)
        return cls._of(Spark(session, view), TableSpec(table=name, **arguments))

    @classmethod
    def _of(cls, home: Sorting | Cluster, spec: TableSpec) -> SqlFrame:
        """The frame; where the table has problems, the transaction that was begun is ended."""
        try:
            found = checked(spec, home)
        except BaseException:
            home.close()
            raise
        return cls(
            population=spec.population,
            period=found.period,
            variables=spec.columns.strata,
            exclusions=found.reasons,
            control_total=spec.control_total,
            content=spec.content is not None,
            has_manifest=spec.manifest,
            sizes=found.sizes,
            home=home,
            questions=found.questions,
            moment=found.moment,
        )

    def sizes(self) -> Mapping[Stratum, int]:
        """The number of eligible responses in each stratum, by the bytes of its values."""
        return self._sizes

    def lowest(self, key: str, counts: Mapping[Stratum, int]) -> dict[Stratum, list[Ticketed]]:
        """In each stratum asked about, so many units with the lowest tickets, in order.

        Raises:
            FrameError: the table is not what it was.
        """
        return self.lowest_among({stratum: stratum for stratum in self._sizes}, key, counts)

    def lowest_among(
        self, names: Mapping[Stratum, Stratum], key: str, counts: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Ticketed]]:
        """The same under other names of the strata.

        Raises:
            FrameError: the table is not what it was.
        """

        if self._here is not None:
            return self._here.lowest_among(names, key, counts)
        return self._asked(names, key, counts)

    def _asked(
        self, names: Mapping[Stratum, Stratum], key: str, counts: Mapping[Stratum, int]
    ) -> dict[Stratum, list[Ticketed]]:
        """The same by the engine's tickets."""

        def ask(bounds: Mapping[Stratum, int]) -> Iterator[tuple[str, Stratum]]:
            wanted = {s: bounds[name] for s, name in names.items() if name in bounds}
            for some in statements(wanted, self._sizes, self._questions.most_bounds):
                everywhere = len(some) == len(self._sizes)
                query = self._questions.below(key, some, everywhere=everywhere)
                for unit_id, *values in self.rows(query):
                    if (stratum := tuple(values)) in some:
                        yield unit_id, names[stratum]

        if not self._held:
            # Hashed before and, where it is saved, after: the letters are of the rows between.
            _ = self.digest
        column = self._questions.columns.unit_id
        found = lowest(key, counts, self.merged(names).sizes(), ask, column)
        self.require_same_sizes()
        return found

    def merged(self, names: Mapping[Stratum, Stratum]) -> Renamed:
        """Strata under other names, those of one name as one."""
        return Renamed(self, names)

    def cut(self, cuts: Mapping[str, Cut]) -> Renamed:
        """The strata with numeric or date variables cut at a plan's points.

        Raises:
            FrameError: a variable that is not there; every value that is no number or no date.
        """
        return self.merged(labels([*self._sizes], self.variables, cuts))

    def committed(self, unit_ids: Collection[str]) -> dict[str, str]:
        """The salted digests of these letters' contents, where the frame commits to them.

        Raises:
            FrameError: the table is not the one whose manifest was hashed.
        """
        if not self.content or not unit_ids:
            return {}
        if self._here is not None:
            return self._here.committed(unit_ids)
        found = {
            unit_id: content
            for some in _some(sorted(set(unit_ids)))
            for unit_id, content in self.rows(self._questions.contents(some))
        }
        if not self._held and self._digest(MANIFEST) != self.digest:
            raise _other_manifest()
        return found

    def manifest(self) -> Iterator[bytes]:
        """The bytes of ``manifest.csv``, in chunks, as the engine sorts them.

        Raises:
            FrameError: none was asked for; or the table is not what it was, at the end.
        """
        return self._file(MANIFEST, self.digest)

    def excluded(self) -> Iterator[bytes]:
        """The bytes of ``exclusions.csv``, in chunks."""
        return self._file(EXCLUSIONS, self.excluded_digest)

    @property
    def count(self) -> int:
        """The number of eligible responses."""
        return sum(self._sizes.values())

    @cached_property
    def digest(self) -> str | None:
        """The SHA-256 of ``manifest.csv``; None if no manifest was asked for.

        Raises:
            FrameError: every id that stands twice.
        """
        return self._digest(MANIFEST)

    @cached_property
    def excluded_digest(self) -> str | None:
        """The SHA-256 of ``exclusions.csv``; None if no manifest was asked for.

        Raises:
            FrameError: every id that stands twice, or is eligible too.
        """
        return self._digest(EXCLUSIONS)

    def close(self) -> None:
        """End what was begun for the frame, a transaction or a view; the connection stays open."""
        self._home.close()
        for pieces in self._pieces.values():
            pieces.close()

    def __enter__(self) -> SqlFrame:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        """An answer, if the frame's moment is still the one that is seen."""
        self._require_moment()
        return engine.rows(self._home, query)

    def require_same_sizes(self) -> None:
        """Raise if the table is counted otherwise by now, where no transaction keeps it still."""
        if not self._held:
            answer = engine.rows(self._home, self._questions.census(text=None))
            now = counted(self._questions, answer)
            if now.strata != self._sizes:
                raise faults.changed("its strata have other sizes")
            if now.reasons != self.exclusions:
                raise faults.changed("its reasons for leaving out have other sizes")

    @cached_property
    def _held(self) -> bool:
        self._require_moment()
        return self._home.holds(self._questions.name)

    @property
    def questions(self) -> Questions:
        """The SQL of its questions."""
        return self._questions

    def _require_moment(self) -> None:
        with engine.asking(self._home, "connection"):
            now = self._home.moment()
        if now != self._moment:
            raise FrameError(
                "connection: the transaction in which the frame was made is over; make the frame "
                "again, and draw before the transaction ends"
            )

    @cached_property
    def _here(self) -> SavedFrame | None:
        """The frame in its files on this machine, where a table is read once; else nothing.

        Letters are of the rows whose lines were hashed, whatever becomes of the table.

        Raises:
            FrameError: every id that appears twice; the table is not what it was.
        """
        home = self._home
        if not self.has_manifest or not isinstance(home, Cluster):
            return None
        for name in (MANIFEST, EXCLUSIONS):
            self._pieces[name] = Pieces(self._header(name))
            self._bring(home, name)
        try:
            found = SavedFrame.of(
                self._pieces[MANIFEST],
                self._pieces[EXCLUSIONS],
                population=self.population,
                period=self.period,
                control_total=self.control_total,
            )
        except CeosampleError:
            self._require_each_once()
            raise
        if (found.sizes(), found.exclusions) != (self._sizes, self.exclusions):
            raise faults.changed("its strata or its reasons for leaving out have other sizes")
        return found

    def _bring(self, home: Cluster, name: str) -> None:
        """Keep the lines of a file on this machine.

        Raises:
            FrameError: they are not as many as were counted.
        """
        excluded = name == EXCLUSIONS
        of = self._rows_in(name)
        if not of:
            return
        lines = self._questions.lines(excluded=excluded)
        kept = self._pieces[name].put(engine.pieces(home, lines, of))
        with watched(f"sorting {name}", "line") as tell:
            deque(_told(kept, of, tell, done=0), maxlen=0)

    def _require_each_once(self) -> None:
        for excluded in (False, True):
            if not excluded or self.exclusions:
                found = self.rows(self._questions.repeated(excluded=excluded))
                faults.raise_repeats(self._questions.columns.unit_id, (unit for (unit,) in found))
        if self.exclusions:
            self._require_one_side()

    def _header(self, name: str) -> bytes:
        content = ["content"] if self.content else []
        fields = [*self.variables, *content] if name == MANIFEST else ["reason"]
        return b"".join(rows_to_csv(["unit_id", *fields], []))

    def _rows_in(self, name: str) -> int:
        return self.count if name == MANIFEST else sum(self.exclusions.values())

    def _lines(self, name: str) -> Iterator[Buffer]:
        self._require_moment()
        yield self._header(name)
        questions, home = self._questions, self._home
        excluded = name == EXCLUSIONS
        if isinstance(home, Cluster) or (excluded and questions.columns.exclusion is None):
            return
        ask = questions.excluded if excluded else questions.manifest
        blocks = (block for part in self._slices(name) for block in engine.blocks(home, ask(part)))
        yield from lines_of(blocks, questions.columns.unit_id)

    def _slices(self, name: str) -> Sequence[Slice]:
        if isinstance(self._home, Cluster) or self._home.slice is None:
            return [(None, None)]
        excluded = name == EXCLUSIONS
        counts = {(reason,): n for reason, n in self.exclusions.items()}
        rows = counts if excluded else self._sizes
        count = sum(rows.values())
        beside = sum(n * (len("".join(values).encode()) + 3) for values, n in rows.items())
        beside += 65 * count * self.content

        def sample(bound: int) -> Iterator[str]:
            query = self._questions.sample(KEY, bound, excluded=excluded)
            return (unit for (unit,) in self.rows(query))

        return slices(self._home.slice, count, beside, sample)

    def _digest(self, name: str) -> str | None:
        if not self.has_manifest:
            return None
        if self._here is not None:
            return self._here.digest if name == MANIFEST else self._here.excluded_digest
        if name == EXCLUSIONS and self.exclusions:
            self._require_one_side()
        with watched(f"sorting {name}", "line") as tell:
            return digest_of(_told(self._lines(name), self._rows_in(name), tell))

    def _require_one_side(self) -> None:
        both = (unit for (unit,) in self.rows(self._questions.on_both_sides()))
        faults.raise_repeats(self._questions.columns.unit_id, both)

    def _file(self, name: str, digest: str | None) -> Iterator[bytes]:
        if digest is None:
            raise FrameError(
                f"{name}: not made, as manifest=False asked; make the frame without manifest=False"
            )
        if self._here is not None:
            return self._here.manifest() if name == MANIFEST else self._here.excluded()
        return kept(self._lines(name), digest, _other_manifest)

    def __repr__(self) -> str:
        left_out = sum(self.exclusions.values())
        return (
            f"<SqlFrame {self.population} {self.period}: {self.count} eligible in "
            f"{len(self._sizes)} strata, {left_out} left out, in {self._home.dialect.name}>"
        )

    def __str__(self) -> str:
        return f"{repr(self)[1:-1]}\n{text_table(_HEADER, self._rows(), 'lr')}"

    def _repr_html_(self) -> str:
        return html_table(repr(self)[1:-1], _HEADER, self._rows(), "lr")

    def _rows(self) -> list[list[str]]:
        return [[stratum_words(stratum), str(size)] for stratum, size in self._sizes.items()]


def _told(lines: Iterable[Buffer], of: int, tell: Progress, *, done: int = -1) -> Iterator[Buffer]:
    """The same bytes, the lines among them told as they pass; no value holds a line feed.

    Args:
        lines: the bytes.
        of: the number of lines below the header.
        tell: is told how many passed.
        done: the number before the first, which is the header if there is one.

    Raises:
        FrameError: they are not as many as were counted.
    """
    for data in lines:
        yield data
        done += bytes(data).count(b"\n")
        tell(done, of)
    if done != of:
        raise faults.changed(f"got {done} units where {of} were counted")


def _some(unit_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids in lists that a statement can take."""
    for start in range(0, len(unit_ids), _AT_ONCE):
        yield unit_ids[start : start + _AT_ONCE]


def _other_manifest() -> FrameError:
    return faults.changed("its manifest has another digest")
