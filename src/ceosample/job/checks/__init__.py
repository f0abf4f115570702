"""The parts of a configuration, each checked before a run with nothing written.

It imports ``freeze_month``, ``losses``, ``render_pack`` and what those import.
"""
