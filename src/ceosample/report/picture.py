"""A picture: the same bytes on every machine, with words that say the same, and white paper."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from ceosample import files
from ceosample.errors import MissingPartError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK: Final = "#1d2730"
MUTED: Final = "#5c6a75"
ACCENT: Final = "#1f6f8b"

#: matplotlib's settings while a picture is drawn and written; the user's own do not matter.
_STYLE: Final[dict[str, Any]] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so text is as wide everywhere
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,  # a division's name with a dollar in it is no formula
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "hatch.linewidth": 0.8,
    "svg.hashsalt": "ceosample",
    "svg.fonttype": "path",
}


@attrs.frozen
class Picture:
    """A picture and the words for those who do not see it.

    Attributes:
        title: what it shows.
        words: what is to be read from it, all its counts included.
        figure: matplotlib's, for changes of your own.
    """

    title: str
    words: str
    figure: Figure = attrs.field(repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        # Laid out once: each further time moves things a little, so bytes would have a history.
        with styled():
            self.figure.draw_without_rendering()
            self.figure.set_layout_engine("none")

    def to_svg(self) -> bytes:
        """As SVG; the same release of matplotlib gives the same bytes."""
        return self._written("svg", metadata={"Date": None, "Creator": None})

    def to_png(self, dpi: int = 150) -> bytes:
        """As PNG, with so many dots an inch."""
        return self._written("png", dpi=dpi, metadata={"Software": None})

    def save(self, path: str | Path) -> None:
        """Write it to a file, as SVG or PNG by the ending of its name, whole or not at all.

        Raises:
            ValueError: a name that ends in neither ``.svg`` nor ``.png``.
        """
        place = Path(path)
        written = {".svg": self.to_svg, ".png": self.to_png}.get(place.suffix)
        if written is None:
            raise ValueError(f"path: got {place.name!r}; give a name that ends in .svg or .png")
        files.write_whole(place, written())

    def to_html(self) -> str:
        """As an image within the page itself, with its words."""
        data = base64.b64encode(self.to_svg()).decode()
        return (
            f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.words)}" '
            'style="max-width:100%;background:#fff">'
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def __str__(self) -> str:
        return f"{self.title}\n{self.words}"

    def _written(self, kind: str, **options: Any) -> bytes:
        data = io.BytesIO()
        with styled():
            self.figure.savefig(data, format=kind, facecolor="white", **options)
        return data.getvalue()


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """A block with our settings of matplotlib; yours are back after it.

    Raises:
        MissingPartError: matplotlib is not installed.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingPartError(
            "pictures: need matplotlib, which is not installed; pip install 'ceosample[plot]'"
        )
    import matplotlib as mpl

    plain: dict[Any, Any] = {**mpl.rcParamsDefault, **_STYLE}
    # A context leaves it as it is, and whoever only asks for it loads pyplot, which takes a second.
    plain.pop("backend", None)
    with mpl.rc_context(plain):
        yield


def canvas(title: str, width: float, height: float) -> tuple[Figure, Axes]:
    """An empty picture of so many inches, made without pyplot, which keeps every figure alive."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    # Room at the edges: text is a little wider at few dots an inch.
    room = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)
    figure = Figure(figsize=(width, height), layout=room)
    # Over the rows' names too: over the axes alone, long names would leave it no room.
    figure.suptitle(title, x=0.02, horizontalalignment="left", fontsize=11)
    return figure, figure.subplots()
