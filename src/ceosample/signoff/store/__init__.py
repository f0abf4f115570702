"""The chain on disk: events and their hashes, tables and triggers, SQLite and PostgreSQL.

It knows no rule about letters. It imports nothing else of ``signoff``.
"""
