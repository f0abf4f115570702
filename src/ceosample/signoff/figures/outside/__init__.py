"""Figures of what is outside the sample: the casebook, and who co-signs with whom."""
