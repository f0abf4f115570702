"""A table of responses becomes units, strata, exclusions and a manifest, and comes back from the
files. Of ``sampling`` it imports ``ticket`` alone.
"""
