"""What the executive's verdicts mean for the letters that were not drawn."""
