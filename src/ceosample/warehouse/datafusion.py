"""DataFusion: Parquet, CSV and Arrow files, read as a stream and so of any size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ceosample.warehouse import arrow
from ceosample.warehouse.dialect import DATAFUSION, Dialect
from ceosample.warehouse.homes import Block
from ceosample.warehouse.questions import Query


class DataFusion:
    """A session's context. Files have no transactions: nobody may rewrite them meanwhile."""

    dialect: Final[Dialect] = DATAFUSION
    slice: Final[int | None] = 48_000_000  # for which it takes some 100 MB
    errors: Final = (Exception,)  # it has none of its own

    def __init__(self, context: Any) -> None:
        self._context = context

    def columns(self, query: Query) -> list[tuple[str, str]]:
        return [(field.name, arrow.kind_of(field.type)) for field in self._ask(query).schema()]

    def rows(self, query: Query) -> Iterator[tuple[Any, ...]]:
        for batch in self._batches(query):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def blocks(self, query: Query) -> Iterator[Block]:
        for batch in self._batches(query):
            yield arrow.block_of(batch.column(0), batch.column(1))

    def holds(self, table: str) -> bool:
        return False

    def moment(self) -> None:
        return None

    def close(self) -> None:
        """The context is the caller's."""

    def _batches(self, query: Query) -> Iterator[Any]:
        for batch in self._ask(query).execute_stream():
            found = batch.to_pyarrow()
            if found.num_rows:
                yield found

    def _ask(self, query: Query) -> Any:
        values = {str(place): value for place, value in enumerate(query.values, 1)}
        return self._context.sql(query.text, param_values=values)
