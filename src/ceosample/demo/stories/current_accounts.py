"""What goes wrong with payments into and out of current accounts."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds, spelled


def _twice(case: Case) -> Facts:
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


TAKEN_TWICE = Story(
    facts=_twice,
    subjects=ways("""
        Your complaint about a payment taken twice

        Your {bill} payment of {event}
    """),
    complaints=ways("""
        {told} that your {bill} payment of {debit} was taken twice on {event}, that this left your
        account overdrawn, and that we then charged you {count} fees of {fee} each.

        {told} that {debit} for your {bill} left your account a second time on {event}, and that the
        overdraft fees which followed, {count} of {fee}, were none of your doing.
    """),
    upheld=Ending(
        findings=ways("""
            You are right. Our payments team ran the same batch of direct debits twice that night,
            and yours was among them. The second {debit} was back in your account on {second}, but
            the {count} fees, {fees} in all, were left in place and nobody explained them to you.

            We traced both payments. The first was the one you had agreed to. The second was made
            when one of our systems was restarted part of the way through the night. It was returned
            to you on {second}; the fees that it had caused, {fees} together, should have been taken
            off the same day, and were not.
        """),
        remedies=ways("""
            On {paid} we refunded the {fees}, together with {interest} of overdraft interest, and
            added {goodwill} for the trouble. That makes {total}, and you will find it on your next
            statement.

            We have put back the {fees} in fees and the {interest} of interest that came with them,
            and added {goodwill} for the worry. The whole sum, {total}, was paid into your account
            on {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The second payment was our error, and it was returned to you on {second}. It caused one
            of the {count} fees. {others} your account would have been overdrawn even without our
            mistake, because of card payments made earlier that week.

            We did take the payment twice. We gave the second {debit} back on {second}, and one of
            the {count} fees was the result of it. {others} your balance would have been below
            nothing without any help from us, as the statement for that week shows.
        """),
        remedies=ways("""
            On {paid} we refunded the one fee of {fee} that we caused, with {interest} of interest,
            and added {goodwill} for the confusion: {part} in all. The rest of the fees we have left
            as they are.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We compared the two payments with the instruction that you gave. They carry different
            references: one was for the current bill, the other for a bill of the month before that
            had not been paid. The company asked for both, and your instruction allowed for both, so
            the {count} fees were charged in line with the terms of your account.

            The two payments were for the same sum, but they were not a repeat. On {reviewed} your
            {bill} company confirmed to us that it had asked for both, one for this period and one
            for the period before. As both were properly taken, so were the {count} fees.
        """),
        remedies=ways("""
            If you believe that the earlier bill was not owed, the company is the right place to
            ask, and we will gladly give you a dated record of both payments to send with your
            question. We can also set up a free message to your telephone whenever your balance
            falls below a figure that you choose.
        """),
    ),
    lessons=ways("""
        Since then we have changed the night’s work so that a batch which has been sent once cannot
        be sent again without a second person agreeing to it.

        Fees that follow from a mistake of ours are now taken off on the same day as the mistake is
        corrected, so that nobody has to ask.
    """),
)


def _delayed(case: Case) -> Facts:
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


PAYMENT_DELAYED = Story(
    facts=_delayed,
    followed=(2, 6),
    subjects=ways("""
        Your complaint about money that reached you late

        The payment of {amount} that was due on {event}
    """),
    complaints=ways("""
        {told} that {amount}, {source}, should have been in your account on {event} but was not
        there until {second}, and that you were left to borrow from family in the meantime.

        {told} that we kept {source}, {amount}, from you between {event} and {second}, without a
        word of explanation.
    """),
    upheld=Ending(
        findings=ways("""
            The money reached us on {event}, just as you said. It was set aside because the sender’s
            reference did not match our records, and it then waited in a queue that nobody was
            watching. There was never any doubt about the payment or about you.

            The payment arrived on {event} and was good. A colleague marked it to be looked at
            again, went on leave the same afternoon, and the note was not picked up by anyone else
            until {second}.
        """),
        remedies=ways("""
            The delay cost you {cost} in interest and returned payments, which we have refunded.
            With {goodwill} for the anxiety of those days, we paid you {total} on {paid}.

            On {paid} we paid you {total}: {cost} for the charges that the delay caused, here and
            elsewhere, and {goodwill} for the position in which it left you.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We were entitled to pause the payment. It was larger than those you usually receive, and
            checks of this kind protect our customers from other people’s frauds. But the check was
            finished the same afternoon, and the money should have been yours that evening. It was
            not released until {second}, and that delay was ours alone.

            Some payments must be looked at before they are passed on, and yours was one of them.
            That is a matter of hours. The colleague who looked at it was content, but did not mark
            the check as ended, and the payment waited until {second} for somebody to see that.
        """),
        remedies=ways("""
            We have paid you {goodwill} for the delay after the check had ended; it has been in your
            account since {paid}. We have also noted the sender’s reference, so that a payment from
            them should not be stopped for this reason again.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The bank that sent the money released it on {second}, and we added it to your account
            within the hour. The date of {event} on the sender’s note is the day on which they asked
            for the payment to be made, which is not always the day on which it sets out.

            We can see the payment arriving, and it did so on {second}, a few minutes before it
            showed in your account. We asked the sender’s bank about the days before. Its answer is
            that the money was held there for a check of its own, of which nobody had told us.
        """),
        remedies=ways("""
            The sender can ask their own bank what held the payment back. Our record shows the
            minute at which it reached us, and we will gladly send you a copy to pass on. If a late
            payment ever leaves you short again, please tell us on the day, because we can often
            hold back a charge before it is made.
        """),
    ),
    lessons=ways("""
        Payments that have been set aside are now counted every morning, and any that is more than a
        day old is given to a named colleague.

        We have asked the team to tell customers on the same day when a payment is being checked,
        and when they may expect an answer.
    """),
)


def _switch(case: Case) -> Facts:
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


SWITCH = Story(
    facts=_switch,
    since=(12, 40),
    followed=(7, 11),
    subjects=ways("""
        Your complaint about the move of your account to us

        Regular payments lost when you joined us
    """),
    complaints=ways("""
        {told} that when you moved your account to us on {event}, {count} of your regular payments
        did not come across, and that one of them, to your {payee}, was returned unpaid on {second}.

        {told} that we promised to move everything for you on {event}, and that {count} regular
        payments went missing. You learned of it on {second}, when your {payee} asked where the
        money was.
    """),
    upheld=Ending(
        findings=ways("""
            The list of payments that your old bank sent us was complete. {Count} of them were
            dropped when we loaded it, because our system stumbled over the way in which their
            references were written. A colleague should have compared the number sent with the
            number loaded. It was not done.

            All your payments were handed over to us as they should have been. {Count} of them had
            been set up by your old bank under a former address of yours, and our system, finding
            that the two did not match, passed over them without telling anybody.
        """),
        remedies=ways("""
            All {count} payments are now in place. On {paid} we paid you {total}, which is the
            {late} that your {payee} charged for late payment and {goodwill} for the embarrassment.
            If a letter from us saying that the fault was ours would help, you have only to ask.
        """),
    ),
    partly=Ending(
        findings=ways("""
            One of the {count} payments was missing from the list that your old bank sent us, so we
            could not have known of it. The other {rest}, including the one to your {payee}, were on
            the list, and we lost them.

            We have compared the list that came from your old bank with what we set up. One payment
            is not on the list at all, for reasons that we cannot see from here. The other {rest}
            are there, the one to your {payee} among them, and we failed to carry them over.
        """),
        remedies=ways("""
            All {count} payments are now in place. We have refunded the {late} that your {payee}
            charged and added {goodwill} for the trouble, which together makes {total}; it was paid
            on {paid}. Your old bank can tell you why the remaining payment was left out.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The {count} payments were not on the list that you were shown, and agreed to, when you
            joined us. They had been set up with the number of your old card, and a payment of that
            kind stays with the card: it cannot be moved with an account. The first page of our
            guide to moving says so, and the list carried the same reminder.
        """),
        remedies=ways("""
            We know how easily this is missed. We have drawn up a list of the {count} payments from
            your old statements, the one to your {payee} among them, and it is waiting for you at
            our {town} branch. Each of those you pay will need the number of your new card.
        """),
    ),
    lessons=ways("""
        We now count the payments that arrive and the payments that we have set up, and ring the
        alarm ourselves if the two numbers differ.
    """),
)
