"""What goes wrong while a mortgage is being paid, and when it is paid off."""

from datetime import timedelta

from ceosample.demo import workdays
from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import day, pounds, spelled


def _arrears(case: Case) -> Facts:
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


PAYMENT_BREAK = Story(
    facts=_arrears,
    goodwill=(120, 350),
    subjects=ways("""
        Your credit record and the break in your mortgage payments

        Your complaint about missed payments on your credit record
    """),
    complaints=ways("""
        {told} that we had offered you a break of {months} months from your mortgage payments on
        {offered}, and that we reported them as missed. You learned of it on {event}, when you were
        refused {refusal}.

        {told} that you were refused {refusal} on {event} because of missed mortgage payments on
        your credit record, when you had understood from our letter of {offered} that you need not
        pay for {months} months.
    """),
    upheld=Ending(
        findings=ways("""
            You had an agreement with us, and you kept to it. It was written into your mortgage
            record but not passed to the colleagues who report to the credit agencies, who saw only
            that nothing had been paid.

            The break was agreed to, and each of the {months} payments was rightly left unpaid. When
            we moved mortgages of your kind to a new system, notes of this sort were to be moved by
            hand. Yours was overlooked, and the new system reported what it saw.
        """),
        remedies=ways("""
            On {reviewed} we told the agencies to remove the {months} missed payments, and they have
            confirmed that it is done. Anyone who looks at your record now will see none of it. We
            paid you {goodwill} on {paid} for the harm to your good name.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We reported {marks} missed payments. For {months} of them you had our agreement, and
            reporting those was wrong. The last fell in the month after the break had ended; it was
            not paid, and our letter of {offered} gives the day on which payments were to begin
            again.
        """),
        remedies=ways("""
            The agencies removed the {months} wrong entries on {reviewed}. The one that remains is
            correct, but you may add a note to it in your own words, and we will pass it on. We paid
            you {goodwill} on {paid} for the entries that should not have been there.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Our letter of {offered} offered a break and asked you to sign and return a form if you
            wished to take it up. We have searched for the form under your name, your address and
            your mortgage number, and it did not reach us. So no break had begun, the payments
            remained due, and what we reported was true.
        """),
        remedies=ways("""
            We would still like to help. If paying is hard at the moment, a colleague who does
            nothing else can talk through what is possible with you, and what you tell us will be
            treated kindly. You may also add a note to your credit record in your own words.
        """),
    ),
    lessons=ways("""
        An agreed break now reaches the credit agencies from the same record as the mortgage, so the
        two can no longer disagree.
    """),
)


def _redemption(case: Case) -> Facts:
    at = case.chance
    cost = at.whole(18, 64) * 1000
    return {
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
        "fee": pounds(at.whole(6, 19) * 1000),
    }


HOUSE_SALE = Story(
    facts=_redemption,
    since=(12, 40),
    followed=(5, 9),
    goodwill=(100, 300),
    subjects=ways("""
        Your complaint about the sale of your house

        The figure that your solicitor asked us for
    """),
    complaints=ways("""
        {told} that your solicitor asked us on {event} what was owed on your mortgage, that no
        usable answer came until {second}, and that you had to pay {cost} to put the removal van
        off.

        {told} that your house could not be sold on the day agreed because we were slow to say what
        you owed us. Your solicitor asked on {event} and had the right figure only on {second}, and
        you paid {cost} to have the removal van come later.
    """),
    upheld=Ending(
        findings=ways("""
            We answered promptly, but to the wrong people: the firm that had acted for you when you
            bought the house. Your new solicitor’s name was on the request. Nobody had read beyond
            the first line.

            The request came by post and waited in a tray for the colleague who usually deals with
            them, who was ill. When it was at last answered, on {second}, the figure was right. It
            was also too late for the day that had been agreed.
        """),
        remedies=ways("""
            On {paid} we paid you {total}, which is the {cost} that the removal firm charged you for
            the change of day and {goodwill} for the strain of a move that was hard enough already.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Our first answer was in good time, but it left out a fee of {fee}, and we had to send it
            again on {second}. That was our fault. From what your solicitor tells us it is not what
            moved the day of the sale, since the buyers were themselves not ready until later.
        """),
        remedies=ways("""
            As it was not our doing that the removal van had to wait, we have not paid for it. We
            have let you off the fee of {fee}, and on {paid} paid you {goodwill}.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The request of {event} came without your written consent, and we may not tell anyone
            what you owe without it. We said so to your solicitor on the same day. The consent
            reached us on {second}, and the figure went out that afternoon.
        """),
        remedies=ways("""
            It was a bad week to have such a thing happen in. Your solicitor may be able to say why
            the consent took the time it did, and whether what you paid for the removal van can be
            recovered. We will confirm the dates to them in writing if you would like us to.
        """),
    ),
    lessons=ways("""
        Requests from solicitors are now read by two people on the day they arrive, and the answer
        goes only to the firm that asked.
    """),
)
