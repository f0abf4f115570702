"""What the executive's verdicts say about the letters that were not drawn."""
