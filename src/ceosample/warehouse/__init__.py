"""Frames that stay where they live: the same questions, asked of a database.

Importing it loads no engine; :class:`SqlFrame` takes a connection that the caller has.
"""

from __future__ import annotations

from ceosample.warehouse.frame import SqlFrame

__all__ = ["SqlFrame"]
