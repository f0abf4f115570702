"""The parts of a configuration, each checked before a run with nothing written."""
