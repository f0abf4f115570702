"""The facts of complaints about mortgages, fraud, insurance, businesses and private clients."""

from datetime import timedelta

from ceosample.demo import workdays
from ceosample.demo.case import Case, FactsByName
from ceosample.demo.say import day, pounds, rate, spelled


def early_repayment(case: Case) -> FactsByName:
    at = case.chance
    repaid = at.whole(14, 72) * 100000
    charge = repaid * at.one_of((2, 3)) // 100
    part = charge * at.whole(3, 6) // 10
    interest = charge // 200
    return {
        "repaid": pounds(repaid),
        "charge": pounds(charge),
        "part": pounds(part),
        "interest": pounds(interest),
        "total": pounds(charge + interest + case.goodwill),
        "part_total": pounds(part + case.goodwill),
    }


def new_rate(case: Case) -> FactsByName:
    at = case.chance
    loan, low, more = at.whole(88, 310) * 100000, at.whole(389, 449), at.whole(21, 58)
    return {
        "loan": pounds(loan),
        "rate": rate(low),
        "higher": rate(low + more),
        # Of interest alone and to the pound: the letter says "about".
        "monthly": pounds(loan * more // 12000000 * 100),
    }


def payment_break(case: Case) -> FactsByName:
    at = case.chance
    months = at.whole(2, 4)
    # Long enough ago for every payment of the break, and one after it, to have fallen due.
    offered = case.event - timedelta(31 * (months + 1) + at.whole(5, 20))
    return {
        "offered": day(workdays.on_or_before(offered)),
        "months": spelled(months),
        "marks": spelled(months + 1),
        "refusal": at.one_of(("a car loan", "a telephone contract", "a tenancy", "a store card")),
    }


def house_sale(case: Case) -> FactsByName:
    at = case.chance
    cost = at.whole(18, 64) * 1000
    return {
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
        "fee": pounds(at.whole(6, 19) * 1000),
    }


def false_caller(case: Case) -> FactsByName:
    at = case.chance
    amount = at.whole(24, 190) * 10000
    interest = amount // 500
    return {
        "amount": pounds(amount),
        "half": pounds(amount // 2),
        "recovered": pounds(amount * at.whole(4, 21) // 100),
        "interest": pounds(interest),
        "total": pounds(amount + interest + case.goodwill),
        "half_total": pounds(amount // 2 + case.goodwill),
    }


def account_frozen(case: Case) -> FactsByName:
    at = case.chance
    cost = at.whole(1200, 6400)
    return {
        "cause": at.one_of(
            (
                "your sister, as a gift",
                "the sale of a caravan",
                "an uncle’s will",
                "the return of a rent deposit",
            )
        ),
        "amount": pounds(at.whole(180, 960) * 1000),
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
    }


def not_my_payments(case: Case) -> FactsByName:
    at = case.chance
    count, own = at.whole(3, 6), at.whole(1400, 8900)
    others = at.whole(9800, 71000)
    return {
        "count": spelled(count),
        "rest": spelled(count - 1),
        "sum": pounds(own + others),
        "own": pounds(own),
        "others": pounds(others),
        "total": pounds(own + others + case.goodwill),
        "part_total": pounds(others + case.goodwill),
    }


def cash_machine(case: Case) -> FactsByName:
    at = case.chance
    asked = at.whole(6, 30) * 1000
    half = asked // 2000 * 1000
    return {
        "asked": pounds(asked),
        "half": pounds(half),
        "kept": pounds(asked - half),
        "total": pounds(asked + case.goodwill),
        "part_total": pounds(asked - half + case.goodwill),
    }


def leak(case: Case) -> FactsByName:
    at = case.chance
    cost = at.whole(92, 640) * 1000
    offer = cost * at.whole(3, 6) // 10
    carpet = (cost - offer) * at.whole(3, 6) // 10
    interest = (cost - offer) // 200
    return {
        "room": at.one_of(("kitchen", "dining room", "hall", "front bedroom")),
        "cost": pounds(cost),
        "offer": pounds(offer),
        "rest": pounds(cost - offer),
        "carpet": pounds(carpet),
        "other": pounds(cost - offer - carpet),
        "interest": pounds(interest),
        "total": pounds(cost - offer + interest + case.goodwill),
        "part_total": pounds(carpet + case.goodwill),
    }


def cancelled_holiday(case: Case) -> FactsByName:
    at = case.chance
    travel, hotel = at.whole(240, 960) * 100, at.whole(310, 1180) * 100
    return {
        "place": at.one_of(("Crete", "Madeira", "the Dolomites", "Iceland", "Sardinia")),
        "cost": pounds(travel + hotel),
        "travel": pounds(travel),
        "hotel": pounds(hotel),
        "total": pounds(travel + hotel + case.goodwill),
        "part_total": pounds(travel + case.goodwill),
    }


def renewed(case: Case) -> FactsByName:
    at = case.chance
    old = at.whole(170, 420) * 100
    more = at.whole(38, 140) * 100
    return {
        "old": pounds(old),
        "new": pounds(old + more),
        "more": pounds(more),
        "total": pounds(old + more + case.goodwill),
        "part_total": pounds(more + case.goodwill),
    }


def loan_delayed(case: Case) -> FactsByName:
    at = case.chance
    trade, machine = at.one_of(
        (
            ("bakery", "dough mixer"),
            ("joinery workshop", "panel saw"),
            ("farm shop", "cold store"),
            ("garage", "vehicle lift"),
            ("pottery", "kiln"),
        )
    )
    deposit = at.whole(4, 16) * 10000
    return {
        "trade": trade,
        "machine": machine,
        "amount": pounds(at.whole(12, 68) * 100000),
        "deposit": pounds(deposit),
        "total": pounds(deposit + case.goodwill),
    }


def card_terminal(case: Case) -> FactsByName:
    at = case.chance
    months, rental = at.whole(3, 6), at.whole(1400, 2900)
    return {
        "trade": at.one_of(("hairdresser’s", "café", "bookshop", "flower shop", "bicycle shop")),
        "months": spelled(months),
        "rest": spelled(months - 1),
        "rental": pounds(rental),
        "sum": pounds(months * rental),
        "back": pounds((months - 1) * rental),
        "total": pounds(months * rental + case.goodwill),
        "part_total": pounds((months - 1) * rental + case.goodwill),
    }


def new_signatory(case: Case) -> FactsByName:
    at = case.chance
    cost = at.whole(6, 24) * 1000
    return {
        "staff": spelled(at.whole(3, 11)),
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
    }


def unread_instruction(case: Case) -> FactsByName:
    at = case.chance
    lost = at.whole(12, 68) * 1000
    return {
        "amount": pounds(at.whole(4, 26) * 1000000),
        "purpose": at.one_of(
            ("your daughter’s house", "the school’s new roof", "your share of the vineyard")
        ),
        "lost": pounds(lost),
        "total": pounds(lost + case.goodwill),
    }


def exchange(case: Case) -> FactsByName:
    at = case.chance
    loss = at.whole(210, 1650) * 100
    return {
        "amount": pounds(at.whole(60, 420) * 100000),
        "loss": pounds(loss),
        "half": pounds(loss // 2),
        "total": pounds(loss + case.goodwill),
        "part_total": pounds(loss // 2 + case.goodwill),
    }


def attorney(case: Case) -> FactsByName:
    at = case.chance
    relation, theirs = at.one_of((("mother", "her"), ("father", "his"), ("uncle", "his")))
    cost = at.whole(40, 160) * 100
    return {
        "relation": relation,
        "theirs": theirs,
        "carer": at.one_of(("care home", "nursing agency", "gardener", "housekeeper")),
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
    }
