"""What you can do with a ledger, and ask it: one file a subject. ``ledger`` alone uses them.

What a single act needs, the act loads: who reads a ledger needs no draw, no tracker and no pack.

It imports ``intake``, ``range_events``, ``receipts``, ``repair``, ``upgrade`` and what those
import.
"""
