"""What happened to each letter: an append-only book of events, and what follows from it."""
