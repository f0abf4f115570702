"""Tables of lakes, as their own programs lay them out on a disk."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

ROWS = 20

#: What remains once the half of a table was removed.
LEFT = [f"A-{number:02}" for number in range(0, ROWS, 2)]


def rows() -> pa.Table:
    """Twenty responses of October, each with a mark that says whether it is removed."""
    return pa.table(
        {
            "id": [f"A-{number:02}" for number in range(ROWS)],
            "division": ["Cards"] * ROWS,
            "gone": [number % 2 == 1 for number in range(ROWS)],
        }
    )


def delta(folder: Path) -> Path:
    """A table of Delta's in version 1, by deltalake, from which every other row was removed."""
    from deltalake import DeltaTable, write_deltalake

    write_deltalake(folder, rows())
    DeltaTable(folder).delete("gone")
    return folder


def delta_of_vectors(folder: Path, table: pa.Table, removed: Sequence[int], **named: str) -> Path:
    """A table of Delta's whose removed rows are in a deletion vector, and whose columns have
    other names in their file, as Databricks writes both. deltalake reads such and writes none.

    Args:
        folder: the table's.
        table: its rows, under the names of the file.
        removed: the places of the rows that were removed.
        named: the columns' own names, by those of the file.
    """
    log = folder / "_delta_log"
    log.mkdir(parents=True)
    file = folder / "part-0.parquet"
    pa.parquet.write_table(table, file, use_deprecated_int96_timestamps=True)
    fields = [
        {
            "name": named[field.name],
            "type": "timestamp" if pa.types.is_timestamp(field.type) else "string",
            "nullable": True,
            "metadata": {
                "delta.columnMapping.id": number,
                "delta.columnMapping.physicalName": field.name,
            },
        }
        for number, field in enumerate(table.schema, 1)
    ]
    features = ["deletionVectors", "columnMapping"]
    vector = _vector(removed)
    actions: list[dict[str, Any]] = [
        {
            "protocol": {
                "minReaderVersion": 3,
                "minWriterVersion": 7,
                "readerFeatures": features,
                "writerFeatures": features,
            }
        },
        {
            "metaData": {
                "id": "8176c970-eab3-47a2-ada1-b83c244eaca2",
                "format": {"provider": "parquet", "options": {}},
                "schemaString": json.dumps({"type": "struct", "fields": fields}),
                "partitionColumns": [],
                "createdTime": 0,
                "configuration": {
                    "delta.columnMapping.mode": "name",
                    "delta.columnMapping.maxColumnId": str(len(fields)),
                },
            }
        },
        {
            "add": {
                "path": file.name,
                "partitionValues": {},
                "size": file.stat().st_size,
                "modificationTime": 0,
                "dataChange": True,
                "deletionVector": {
                    "storageType": "i",
                    "pathOrInlineDv": _z85(vector),
                    "sizeInBytes": len(vector),
                    "cardinality": len(removed),
                },
            }
        },
    ]
    (log / f"{0:020}.json").write_text("\n".join(map(json.dumps, actions)))
    return folder


def _vector(removed: Sequence[int]) -> bytes:
    """A RoaringBitmapArray of one array container, as Delta's protocol describes it."""
    bitmap = struct.pack("<IIHHI", 12346, 1, 0, len(removed) - 1, 16)
    bitmap += b"".join(struct.pack("<H", place) for place in removed)
    return struct.pack("<IQI", 1681511377, 1, 0) + bitmap


def _z85(data: bytes) -> str:
    """Base 85 in ZeroMQ's alphabet, of whole words."""
    theirs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    padded = data + b"\0" * (-len(data) % 4)
    return base64.b85encode(padded).decode().translate(str.maketrans(theirs, z85))


def iceberg(folder: Path) -> Path:
    """The files of an Iceberg table of a catalogue: states in metadata/, rows in data/."""
    return _lake(folder, "metadata/00001-0b3f9a52-5e1c-4d0e-8d0c-1d2e3f4a5b6c.metadata.json")


def hudi(folder: Path) -> Path:
    return _lake(folder, ".hoodie/hoodie.properties")


def stream(folder: Path) -> Path:
    """What a query of Spark's streams left, whose log says which files were finished."""
    return _lake(folder, "_spark_metadata/0")


def _lake(folder: Path, log: str) -> Path:
    (folder / log).parent.mkdir(parents=True)
    (folder / log).write_text("{}")
    (folder / "data").mkdir()
    pa.parquet.write_table(rows(), folder / "data" / "part-0.parquet")
    return folder
