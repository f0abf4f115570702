"""What was lost is noticed: the ledger that a configuration names, and the files of its months."""
