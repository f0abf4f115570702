"""What an auditor is handed: one file with draws, events, papers and report, and its check."""
