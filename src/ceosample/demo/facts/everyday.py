"""The facts of complaints about accounts, cards and savings: sums that agree, what was bought."""

from datetime import timedelta

from ceosample.demo import workdays
from ceosample.demo.case import Case, FactsByName
from ceosample.demo.say import day, pounds, rate, spelled


def taken_twice(case: Case) -> FactsByName:
    at = case.chance
    fee, count, interest = at.whole(6, 14) * 100, at.whole(2, 3), at.whole(35, 280)
    return {
        "bill": at.one_of(("electricity", "gas", "water", "broadband")),
        "debit": pounds(at.whole(3800, 21500)),
        "fee": pounds(fee),
        "count": spelled(count),
        "fees": pounds(count * fee),
        "others": (
            "The other was charged for a day on which"
            if count == 2
            else "The other two were charged for days on which"
        ),
        "interest": pounds(interest),
        "total": pounds(count * fee + interest + case.goodwill),
        "part": pounds(fee + interest + case.goodwill),
    }


def payment_delayed(case: Case) -> FactsByName:
    at = case.chance
    cost = at.whole(900, 4800)
    return {
        "source": at.one_of(
            ("your wages", "your pension", "the money from the sale of your car", "your tax refund")
        ),
        "amount": pounds(at.whole(71000, 384000)),
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
    }


def switch(case: Case) -> FactsByName:
    at = case.chance
    count, late = at.whole(3, 5), at.whole(12, 35) * 100
    return {
        "count": spelled(count),
        "Count": spelled(count).capitalize(),
        "rest": spelled(count - 1),
        "payee": at.one_of(("nursery", "letting agent", "energy supplier", "insurer")),
        "late": pounds(late),
        "total": pounds(late + case.goodwill),
    }


def bereavement(case: Case) -> FactsByName:
    at = case.chance
    relation, theirs = at.one_of(
        (("mother", "her"), ("father", "his"), ("aunt", "her"), ("brother", "his"))
    )
    interest = at.whole(210, 4400)
    return {
        "relation": relation,
        "theirs": theirs,
        "balance": pounds(at.whole(84000, 1920000)),
        "interest": pounds(interest),
    }


def cash_deposit(case: Case) -> FactsByName:
    at = case.chance
    gap, paid_in = at.one_of((20, 40, 60, 80)) * 100, at.whole(22, 96) * 1000
    return {
        "counted": pounds(paid_in),
        "credited": pounds(paid_in - gap),
        "gap": pounds(gap),
        "total": pounds(gap + case.goodwill),
    }


def locked_out(case: Case) -> FactsByName:
    at = case.chance
    late = at.whole(8, 25) * 100
    return {
        "bill": at.one_of(("garage", "vet’s", "heating oil", "dentist’s", "plumber’s")),
        "amount": pounds(at.whole(6400, 41000)),
        "late": pounds(late),
        "total": pounds(late + case.goodwill),
    }


def paid_in_full(case: Case) -> FactsByName:
    interest = case.chance.whole(640, 4300)
    return {
        "balance": pounds(case.chance.whole(41000, 288000)),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


def balance_transfer(case: Case) -> FactsByName:
    at = case.chance
    interest = at.whole(1800, 9600)
    return {
        "amount": pounds(at.whole(9, 62) * 10000),
        "months": spelled(at.one_of((12, 15, 18, 20))),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


def nothing_arrived(case: Case) -> FactsByName:
    return {
        "item": case.chance.one_of(
            ("a garden bench", "a second-hand bicycle", "a bookcase", "a sewing machine", "a cot")
        ),
        "amount": pounds(case.chance.whole(8900, 64000)),
    }


def declined_abroad(case: Case) -> FactsByName:
    at = case.chance
    fee = at.whole(450, 2900)
    return {
        "country": at.one_of(("Portugal", "Slovenia", "Norway", "Canada", "Malta", "Morocco")),
        "bill": at.one_of(("hotel", "car hire", "restaurant", "hospital")),
        "amount": pounds(at.whole(9500, 72000)),
        "fee": pounds(fee),
        "total": pounds(fee + case.goodwill),
    }


def bond_renewed(case: Case) -> FactsByName:
    at = case.chance
    amount = at.whole(6, 48) * 100000
    interest = amount * at.whole(3, 6) // 1000
    years = at.one_of(("a year", "two years", "three years"))
    return {
        "amount": pounds(amount),
        "years": years,
        "another": "another " + years.removeprefix("a "),
        "interest": pounds(interest),
        "penalty": pounds(amount // 100),
        "total": pounds(interest + case.goodwill),
    }


def isa_transfer(case: Case) -> FactsByName:
    at = case.chance
    amount = at.whole(4, 38) * 100000 + at.whole(1, 99) * 1000
    interest = amount // 1000 + at.whole(30, 900)
    return {
        "amount": pounds(amount),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


def rate_cut(case: Case) -> FactsByName:
    at = case.chance
    old, less, interest = at.whole(310, 425), at.whole(30, 85), at.whole(380, 5200)
    return {
        "old": rate(old),
        "new": rate(old - less),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


def notice_given(case: Case) -> FactsByName:
    at = case.chance
    notice, short, daily = at.one_of((30, 60, 90)), at.whole(3, 8), at.whole(55, 210)
    # A complaint that is upheld gave the whole notice; the others were some days short of it.
    given = case.event - timedelta(notice + 3 if case.upheld else notice - short)
    return {
        "notice": str(notice),
        "short": spelled(short),
        "given": day(workdays.on_or_before(given) if case.upheld else given),
        "amount": pounds(at.whole(15, 190) * 10000),
        "penalty": pounds(daily * (short if case.refused else notice)),
        "right": pounds(daily * short),
        "back": pounds(daily * (notice - short)),
        "total": pounds(daily * notice + case.goodwill),
        "part_total": pounds(daily * (notice - short) + case.goodwill),
    }
