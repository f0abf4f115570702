"""The command as a scheduler and a monitor meet it: how it ends, what it logs, how it stands.

It imports ``failures``, ``group`` and ``options``.
"""
