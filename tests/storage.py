"""Where ledgers and frames can be kept, by name. It imports none of them."""

from __future__ import annotations

#: The databases that a ledger can be kept in.
DATABASES = ("sqlite", "postgresql")

#: The engines that a frame can live in.
ENGINES = ("duckdb", "postgresql", "datafusion", "arrow", "spark")

#: Those that are started for the tests, by a fixture of that name.
STARTED = ("postgresql", "spark")
