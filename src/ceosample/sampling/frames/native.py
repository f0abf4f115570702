"""A dataframe's columns as its own library has them, without an object for each cell.

pyarrow and polars join a million texts, and number the different ones, in a few hundredths of a
second. A library is asked for its own tables alone, whatever else is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import attrs
import numpy as np

from ceosample.sampling.frames.coded import Coded
from ceosample.sampling.frames.lines import Lines


@attrs.frozen(slots=False, eq=False)  # a __dict__ is where cached_property keeps its values
class NativeTexts(Sequence[object]):
    """The cells of a column of texts; they become objects of Python only where one is asked for."""

    _size: int
    _joined: Callable[[], bytes]
    _coded: Callable[[], Coded]
    _objects: Callable[[], list[object]]

    @cached_property
    def lines(self) -> Lines | None:
        """The texts with line feeds behind them; None where one is null."""
        return Lines.of_bytes(self._joined(), self._size)

    @cached_property
    def coded(self) -> Coded:
        """The different texts, and where they are."""
        return self._coded()

    @cached_property
    def _cells(self) -> list[object]:
        return self._objects()

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[object]:
        return iter(self._cells)

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> list[object]: ...
    def __getitem__(self, place: int | slice) -> object:
        return self._cells[place]


def lines_of(cells: Sequence[object]) -> Lines | None:
    """The cells of any column as lines; None unless all are text, or all are whole numbers."""
    return cells.lines if isinstance(cells, NativeTexts) else Lines.of(cells)


def coded_of(cells: Sequence[object]) -> Coded | None:
    """The different cells of any column; None unless each is text, a whole number or null."""
    return cells.coded if isinstance(cells, NativeTexts) else Coded.of(cells)


def native_texts(series: Any, objects: Callable[[], list[object]]) -> NativeTexts | None:
    """A column of texts of pyarrow's or polars' own; None for any other.

    Args:
        series: the column, as narwhals has it.
        objects: its cells in Python's kinds.
    """
    native = series.to_native()
    library = type(native).__module__.partition(".")[0]
    if str(series.dtype) != "String":
        return None
    if library == "polars":
        return NativeTexts(
            len(native),
            lambda: _joined_by_polars(native),
            lambda: _coded_by_polars(native),
            objects,
        )
    # pandas keeps texts in pyarrow's arrays where it was told to.
    if library != "pyarrow" and getattr(native.dtype, "storage", None) != "pyarrow":
        return None
    array = _array(native)
    if array is None:
        return None
    return NativeTexts(
        len(array), lambda: _joined_by_arrow(array), lambda: _coded_by_arrow(array), objects
    )


def _joined_by_polars(series: Any) -> bytes:
    if series.null_count() or not len(series):
        return b""
    return f"{series.str.join(chr(10))[0]}\n".encode()


def _coded_by_polars(series: Any) -> Coded:
    import polars as pl

    # A child that was forked has none of polars' threads, and would wait for them for ever: so
    # polars is asked for what it does in this thread, and numpy does the rest.
    numbers = series.cast(pl.Categorical).to_physical().to_numpy()
    if series.null_count():  # a null has no number
        numbers = np.where(series.is_null().to_numpy(), -1, np.nan_to_num(numbers, nan=-1))
    return Coded.by_numbers(numbers.astype(np.int64) + 1, series.__getitem__)


def _array(native: Any) -> Any:
    """An array of pyarrow's; None where a text is not UTF-8, or cannot be converted."""
    import pyarrow as pa

    array = native if isinstance(native, pa.ChunkedArray) else pa.array(native)
    try:
        array.validate(full=True)
        array = array.cast(pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _joined_by_arrow(array: Any) -> bytes:
    import pyarrow as pa
    import pyarrow.compute as pc

    if array.null_count:
        return b""
    nothing, line_feed = (pa.scalar(text, pa.large_string()) for text in ("", "\n"))
    return bytes(bytes_of(pc.binary_join_element_wise(array, nothing, line_feed)))


def bytes_of(array: Any) -> memoryview:
    """The bytes of Arrow's large texts, one behind the other: they lie in memory like that."""
    _, offsets, data = array.buffers()
    places = memoryview(offsets).cast("q")
    return memoryview(data)[places[array.offset] : places[array.offset + len(array)]]


def _coded_by_arrow(array: Any) -> Coded:
    found = array.dictionary_encode(null_encoding="encode")
    return Coded(found.dictionary.to_pylist(), found.indices.to_numpy().astype(np.int64))
