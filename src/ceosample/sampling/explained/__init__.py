"""One response's own story in a month: where its ticket stands, and why it was drawn or not."""
