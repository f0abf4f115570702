"""Dice, chain, beacon: where a seed comes from, and the chain's secret file. It imports ``frames``
at most.
"""
