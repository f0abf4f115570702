"""Rules about what is outside the sample: the casebook, and resolutions outside policy."""
