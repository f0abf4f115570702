"""Counts of a ledger's events, each with what it is out of."""

from __future__ import annotations

from ceosample.show import percent
from ceosample.signoff.figures.customers.asked_for import asked_for
from ceosample.signoff.figures.customers.promised import open_promises
from ceosample.signoff.figures.metrics import Metrics, metrics
from ceosample.signoff.figures.open_letters import at_risk, contacts_by_channel, without_owner
from ceosample.signoff.figures.outside.casebook import casebook_summary
from ceosample.signoff.figures.outside.open_cases import cases_at_risk
from ceosample.signoff.figures.outside.precedents import precedents
from ceosample.signoff.figures.policies import policy_summary
from ceosample.signoff.letters_table import LettersTable, letters_table

__all__ = [
    "LettersTable",
    "Metrics",
    "asked_for",
    "at_risk",
    "casebook_summary",
    "cases_at_risk",
    "contacts_by_channel",
    "letters_table",
    "metrics",
    "open_promises",
    "percent",
    "policy_summary",
    "precedents",
    "without_owner",
]
