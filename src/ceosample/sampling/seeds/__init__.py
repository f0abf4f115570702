"""Dice, chain, beacon: where a month's seed comes from. It imports ``names``."""
