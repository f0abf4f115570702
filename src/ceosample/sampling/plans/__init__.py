"""The plan and what can be wrong with it; allocation, pools, rotation, what a plan promises.

It imports ``frames``, ``names`` and ``ticket``.
"""
