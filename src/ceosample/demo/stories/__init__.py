"""The kinds of complaint, division by division: data, and the sums that belong to them."""

from ceosample.demo.case import Story
from ceosample.demo.stories import business_banking as business
from ceosample.demo.stories import (
    card_payments,
    credit_cards,
    current_accounts,
    disputes,
    everyday_banking,
    fraud,
    insurance,
    mortgage_payments,
    mortgages,
    savings,
    savings_rates,
)
from ceosample.demo.stories import private_bank as private

STORIES: dict[str, tuple[Story, ...]] = {
    "Current accounts": (
        current_accounts.TAKEN_TWICE,
        current_accounts.PAYMENT_DELAYED,
        current_accounts.SWITCH,
        everyday_banking.BEREAVEMENT,
        everyday_banking.CASH_DEPOSIT,
        everyday_banking.LOCKED_OUT,
    ),
    "Credit cards": (
        credit_cards.PAID_IN_FULL,
        card_payments.NOTHING_ARRIVED,
        credit_cards.BALANCE_TRANSFER,
        card_payments.DECLINED_ABROAD,
    ),
    "Mortgages": (
        mortgages.EARLY_REPAYMENT,
        mortgages.NEW_RATE,
        mortgage_payments.PAYMENT_BREAK,
        mortgage_payments.HOUSE_SALE,
    ),
    "Savings": (
        savings.BOND_RENEWED,
        savings.ISA_TRANSFER,
        savings_rates.RATE_CUT,
        savings_rates.NOTICE_GIVEN,
    ),
    "Fraud and disputes": (
        fraud.FALSE_CALLER,
        disputes.NOT_MY_PAYMENTS,
        fraud.ACCOUNT_FROZEN,
        disputes.CASH_MACHINE,
    ),
    "Insurance": (insurance.LEAK, insurance.CANCELLED_HOLIDAY, insurance.RENEWED),
    "Business banking": (business.LOAN_DELAYED, business.CARD_TERMINAL, business.NEW_SIGNATORY),
    "Private bank": (private.UNREAD_INSTRUCTION, private.EXCHANGE, private.ATTORNEY),
}
"""The kinds of complaint that each division answers."""
