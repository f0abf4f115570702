"""Spark: tables, views and DataFrames, on one machine or many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from ceosample.errors import FrameError
from ceosample.warehouse.dialect import SPARK, Dialect
from ceosample.warehouse.engine import CODED, INTEGER, TEXT, Files
from ceosample.warehouse.questions import Query

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_INTEGERS = ("tinyint", "smallint", "int", "bigint")

#: Decimals without a digit after the point.
_WHOLE = re.compile(r"decimal\(\d+,0\)")

#: Files of Parquet that Spark itself found in a folder, or in a folder for each partition.
_LOOSE = re.compile(r"Format: Parquet, Location: (InMemoryFileIndex|CatalogFileIndex)")

_NUMBERS = count(1)

#: About so many rows are sorted by one core, and are one piece of lines.
_IN_A_RANGE: Final = 50_000

#: So many pieces of lines come to the driver at once.
_AT_ONCE: Final = 16


def named(session: SparkSession, table: Any) -> tuple[Any, str | None]:
    """The name under which a table can be asked, and that of the view which was made for it.

    Raises:
        FrameError: a DataFrame of another session, which does not see this one's views.
    """
    from pyspark.sql import DataFrame

    if not isinstance(table, DataFrame):
        return table, None
    if table.sparkSession is not session:
        raise FrameError("session: the DataFrame is of another one; give dataframe.sparkSession")
    names = (f"ceosample_{number}" for number in _NUMBERS)
    name = next(name for name in names if not session.catalog.tableExists(name))
    table.createTempView(name)  # an error if there is one, which createOrReplace would take over
    return name, name


class Spark:
    """A session. It has no transactions, so the files must stay as they are meanwhile."""

    dialect: Final[Dialect] = SPARK

    def __init__(self, session: SparkSession, view: str | None = None) -> None:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        # A session that was stopped has none of its own.
        self.errors = (PySparkException, Py4JError, AssertionError)
        self._session = session
        self._view = view

    def columns(self, query: Query) -> list[tuple[str, str]]:
        fields = self._ask(query).schema.fields
        return [(field.name, _kind(field.dataType.simpleString())) for field in fields]

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        answer = self._ask(query)
        # An iterator asks for one partition after the other and holds two; the candidates are few,
        # and all partitions look for theirs at once.
        return map(tuple, answer.collect() if query.few else answer.toLocalIterator(True))

    def pieces(self, lines: Query, count: int) -> Iterator[tuple[str, bytes]]:
        """Each range of ids is sorted by one core and comes as one text, not as rows."""
        from pyspark.sql import functions as do

        number = count // _IN_A_RANGE + 1
        ranges = self._ask(lines).repartitionByRange(number, "unit").sortWithinPartitions("unit")
        # The one task of a range collects its lines in their order.
        text = do.array_join(do.collect_list("line"), "").cast("binary").alias("data")
        place = do.spark_partition_id().alias("place")
        texts = ranges.groupBy(place).agg(do.min("unit").alias("lowest"), text)
        # An iterator asks for one partition after the other. Behind an exchange they are sorted by
        # then, by all cores; and they are few, whatever the session's number of partitions is.
        few = texts.select("lowest", "data").repartition(number // _AT_ONCE + 1)
        return ((lowest, bytes(data)) for lowest, data in few.toLocalIterator(True))

    def files(self, query: Query) -> Files:
        """What the plan's scans read; a session on another machine shows no plan.

        A lake's own reader has another index of files in its plan, or no scan of files at all.
        """
        frame = self._ask(query)
        plan = getattr(frame, "_jdf", None)
        if plan is None:
            return Files()
        text = plan.queryExecution().executedPlan().toString()
        loose = frame.inputFiles() if _LOOSE.search(text) else []
        local = [unquote(urlsplit(uri).path) for uri in loose if urlsplit(uri).scheme == "file"]
        return Files(tuple(local), has_csv="Format: CSV" in text, has_casts=" as string)" in text)

    def holds(self, table: str) -> bool:
        return False

    def moment(self) -> None:
        return None

    def close(self) -> None:
        if self._view is not None:
            with suppress(*self.errors):  # the caller may have stopped the session
                self._session.catalog.dropTempView(self._view)
            self._view = None

    def _ask(self, query: Query) -> DataFrame:
        # Before it reads SQL, Spark puts its settings and the environment's variables there.
        if "${" in query.text:
            raise FrameError(
                "table: its name or a column's has '${', which Spark replaces; give another name"
            )
        values = {f"v{place}": value for place, value in enumerate(query.values, 1)}
        return self._session.sql(query.text, args=values)


def _kind(name: str) -> str:
    """Spark's names; a collation is part of one, so text is what compares by its bytes."""
    if name == "string" or name.startswith("varchar("):
        return TEXT
    if name == "void":  # nulls alone
        return CODED
    return INTEGER if name in _INTEGERS or _WHOLE.fullmatch(name) else name
