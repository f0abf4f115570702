"""Sealed files: their byte layout, and the passphrases that open them."""
