"""Execute the notebooks and write them back with their outputs: the same bytes each time.

python notebooks/execute.py                  # all of them
python notebooks/execute.py planning.ipynb   # one
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent

#: What a notebook says of itself; not which Python or which editor it was last open in.
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


#: A bar shows itself after a second, which is the machine's to say and not the notebook's.
os.environ["TQDM_DISABLE"] = "1"


def executed(path: Path) -> str:
    """The text of a notebook as it is when every cell has run in a new kernel, in its folder."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return text_of(notebook)


def text_of(notebook: Any) -> str:
    """A notebook without what differs from one run or editor to another.

    Of the metadata only the tags stay, by which papermill finds the parameters.
    """
    notebook.metadata = METADATA
    for cell in notebook.cells:
        cell.metadata = {"tags": cell.metadata.tags} if "tags" in cell.metadata else {}
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook))


if __name__ == "__main__":
    names = sys.argv[1:] or sorted(path.name for path in FOLDER.glob("*.ipynb"))
    for name in names:
        place = FOLDER / name
        place.write_text(executed(place), "utf-8")
        print(name)
