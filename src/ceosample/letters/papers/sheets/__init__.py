"""What stands on the cover sheet and on the dockets, fact by fact."""
