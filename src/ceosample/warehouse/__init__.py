"""Sampling in a database: the questions of a frame, asked where its rows are.

Importing it loads no engine; :class:`SqlFrame` takes a connection that the caller has.
"""

from __future__ import annotations

from ceosample.warehouse.frame import SqlFrame

__all__ = ["SqlFrame"]
