"""What goes wrong with what a credit card costs."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds, spelled


def _interest(case: Case) -> Facts:
    interest = case.chance.whole(640, 4300)
    return {
        "balance": pounds(case.chance.whole(41000, 288000)),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


PAID_IN_FULL = Story(
    facts=_interest,
    since=(14, 40),
    followed=(5, 12),
    goodwill=(30, 100),
    subjects=ways("""
        Interest on a balance that you had paid

        Your complaint about {interest} of card interest
    """),
    complaints=ways("""
        {told} that you paid your card balance of {balance} in full on {event}, the day it was due,
        and that we charged you {interest} in interest all the same.

        {told} that you have always cleared your card on time, that you did so again on {event} with
        {balance}, and that you were surprised to be charged {interest} on {second}.
    """),
    upheld=Ending(
        findings=ways("""
            Your payment reached us on the due date, {event}. It was entered under the following day
            because it arrived in the evening, and our system then treated the whole balance as
            unpaid. You did what you had agreed to do, and the interest should never have been
            added.

            You paid on the right day and paid the whole of it. Part of your payment was put to a
            purchase that you had returned, and for which the shop’s refund was still on its way.
            That left an amount which looked unpaid, and interest was charged on everything because
            of it.
        """),
        remedies=ways("""
            On {paid} we took off the {interest} and credited {goodwill} to your card for the
            annoyance, which makes {total}. Your credit record shows a balance paid on time and in
            full, as it should.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The interest itself is right. It had built up because the balance of the month before
            was not quite cleared. But our letter of {second} called it a charge for paying late,
            which it was not, and that letter was both wrong and alarming.
        """),
        remedies=ways("""
            The {interest} was owed, and it stands. We have corrected our records, which never
            showed you as late, and on {paid} we credited {goodwill} to your card for the letter
            that we should not have sent.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The balance of the month before had been left with a part of it unpaid. When that
            happens, interest runs on each purchase from the day it is made until the day the
            balance is cleared, which was {event}. The {interest} is the interest of those days. We
            have worked it out afresh, and come to the same figure.
        """),
        remedies=ways("""
            Nothing more will be added, since your balance is now clear. If it would help, you can
            ask us to collect the full balance each month by direct debit, and then this cannot
            happen to you again.
        """),
    ),
    lessons=ways("""
        Before interest is charged to somebody who usually pays in full, a colleague now looks at
        how it came about.
    """),
)


def _transfer(case: Case) -> Facts:
    at = case.chance
    interest = at.whole(1800, 9600)
    return {
        "amount": pounds(at.whole(9, 62) * 10000),
        "months": spelled(at.one_of((12, 15, 18, 20))),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


BALANCE_TRANSFER = Story(
    facts=_transfer,
    since=(20, 60),
    subjects=ways("""
        The balance of {amount} that you moved to us

        Your complaint about our offer of {months} months without interest
    """),
    complaints=ways("""
        {told} that you moved {amount} to your card on {event} because we offered {months} months
        without interest, and that your next statement charged you {interest}.

        {told} that our offer was {months} months free of interest on money moved from another card,
        that you moved {amount} on {event}, and that the {interest} on your statement breaks our
        word.
    """),
    upheld=Ending(
        findings=ways("""
            The offer was yours, and you took it up in good time. The colleague who entered the
            transfer chose the wrong code, so that it was treated as a withdrawal of cash. Nothing
            that you did, or could have seen, would have prevented it.

            You kept to every condition of the offer. A change to our system in that week set the
            rates of new transfers back to the ordinary one, and the colleagues who put the others
            right afterwards did not find yours.
        """),
        remedies=ways("""
            We have put the transfer on its proper footing, with all {months} months counted from
            {event}. The {interest} was taken off on {paid}, and {goodwill} was credited to your
            card at the same time: {total} altogether.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The offer had closed on the day before your transfer, so the {months} months do not
            apply to it. But the app was still showing the offer on {event}, with no word of the
            closing date, and it is easy to see why you relied on it.
        """),
        remedies=ways("""
            We have taken off the {interest} charged so far and credited {goodwill} to your card,
            {total} together, on {paid}. From your next statement the ordinary rate will apply. You
            may move the balance elsewhere without any charge from us.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The offer was for transfers made within sixty days of opening the card, and yours came
            after that. Before you confirmed it, the app showed the rate and the fee that would
            apply and asked you to tick a box beside them. We have looked at the pages as they stood
            that day, and they were clear.
        """),
        remedies=ways("""
            You can pay the balance off, or move it, whenever you like and without a charge. A
            colleague can also go through the cards that we offer with you, because one of them may
            suit a balance of {amount} better.
        """),
    ),
    lessons=ways("""
        Each transfer is now compared, on the day it is made, with the offer that it was made under.
    """),
)
