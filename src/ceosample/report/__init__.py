"""What people look at: pictures of the ledger's figures, each with its counts."""

from ceosample.report import pictures

__all__ = ["pictures"]
