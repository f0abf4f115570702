"""What goes wrong for small firms."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds, spelled


def _loan(case: Case) -> Facts:
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


LOAN_DELAYED = Story(
    facts=_loan,
    since=(24, 50),
    followed=(14, 20),
    goodwill=(100, 350),
    subjects=ways("""
        The loan that you asked us for on {event}

        Your complaint about the loan for your {trade}
    """),
    complaints=ways("""
        {told} that you applied on {event} for a loan of {amount} for your {trade}, that you had no
        answer in time, and that on {second} you lost a deposit of {deposit} on a {machine}.

        {told} that your {trade} needed a new {machine}, that you put down {deposit} for it, and
        that it was sold to somebody else on {second} while we were still thinking about the
        {amount} that you had applied for on {event}.
    """),
    upheld=Ending(
        findings=ways("""
            Your application was complete and your accounts were in good order. We promise an answer
            in ten working days. Two of our teams each believed that the other had it, and it was
            opened by neither until you complained.
        """),
        remedies=ways("""
            The loan has been granted, and the arrangement fee waived. We have repaid the lost
            deposit of {deposit} and added {goodwill} for the work that this made for you; the
            {total} was in your business account on {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Our answer took longer than the ten working days that we promise, and late answers do
            harm to a small business. But the seller wanted the whole price of the {machine} within
            eight, sooner than we promise an answer to anyone. The deposit would have been lost even
            if we had kept our word.
        """),
        remedies=ways("""
            The loan is ready for you to draw, and we have waived the arrangement fee. On {paid} we
            paid you {goodwill} for the time you spent waiting for us. The deposit we have not
            repaid.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Your application was answered on the sixth working day, with a request for the accounts
            of the last two years. They had not reached us by {second}. We may not lend without
            them, and the page on which you applied lists them first among the papers needed.
        """),
        remedies=ways("""
            The application is still open and needs only the accounts. When they come, a colleague
            who knows your line of business will give you an answer within three working days, and
            will gladly look at other ways to pay for a {machine}, such as hire.
        """),
    ),
    lessons=ways("""
        Each application now has the name of one colleague on it from the first day, and that name
        is given to the customer.
    """),
)


def _terminal(case: Case) -> Facts:
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


CARD_TERMINAL = Story(
    facts=_terminal,
    goodwill=(40, 140),
    subjects=ways("""
        The rental of a card machine that you had sent back

        Your complaint about {sum} of rental charges
    """),
    complaints=ways("""
        {told} that you gave back the card machine from your {trade} {months} months before you
        complained, and that we went on charging {rental} a month for it. You noticed on {event}.

        {told} that on {event}, going through the books of your {trade}, you found {months} charges
        of {rental} for a card machine that was no longer there.
    """),
    upheld=Ending(
        findings=ways("""
            The courier’s receipt shows that the machine was back with us when you say it was. It
            was put on a shelf and not entered as returned, and so the rental ran on. All {months}
            charges were taken for something that you did not have.
        """),
        remedies=ways("""
            We refunded the {sum} on {paid}, added {goodwill} for the time you spent on your books,
            and closed the agreement. The payment was for {total}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The agreement asks for a month’s notice, so the first of the {months} charges was due.
            The other {rest} were not. The machine was here, and we had failed to enter it as
            returned.
        """),
        remedies=ways("""
            On {paid} we gave back the {back} that should not have been taken, and {goodwill} for
            the nuisance: {part_total} together. The agreement is closed, and nothing more will be
            charged.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The agreement runs for two years, and the rental is due until it ends whether or not the
            machine is in use. That is set out above your signature, with the date on which it ends
            filled in by hand. We did receive the machine, and our receipt for it says that the
            rental would continue.
        """),
        remedies=ways("""
            It seems a pity to pay for a machine on a shelf. You may have it back at no cost, or
            pass the agreement to another business that we are willing to serve, and we will see to
            the papers. We have also made a note not to renew it when it ends.
        """),
    ),
    lessons=ways("""
        A machine that comes back is now entered at the door, and the entry itself stops the rental.
    """),
)


def _mandate(case: Case) -> Facts:
    at = case.chance
    cost = at.whole(6, 24) * 1000
    return {
        "staff": spelled(at.whole(3, 11)),
        "cost": pounds(cost),
        "total": pounds(cost + case.goodwill),
    }


NEW_SIGNATORY = Story(
    facts=_mandate,
    since=(20, 45),
    followed=(9, 14),
    goodwill=(80, 260),
    subjects=ways("""
        The form by which you named a new signatory

        Your complaint about wages that could not be paid
    """),
    complaints=ways("""
        {told} that you named a second person to sign for your firm on {event}, that we sent the
        form back, and that on {second} nobody was able to pay the wages of your {staff} people.

        {told} that your {staff} employees were not paid on {second}, because the person you had
        named on {event} to sign for the firm was still unknown to our system.
    """),
    upheld=Ending(
        findings=ways("""
            There was nothing wrong with your form. We sent it back because the ink was blue, which
            is no rule of ours, and when it came again it was laid with the new ones and had to wait
            its turn from the beginning.
        """),
        remedies=ways("""
            The new signatory can now act for the firm. On {paid} we paid you {total}: {cost} for
            what it cost you to pay your people by other means, and {goodwill} for the awkwardness.
            We will gladly tell them in writing that it was our mistake.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The form lacked a date beside one signature, so it was right to return it. But our
            covering note named the wrong page, and it is no wonder that you sent it again
            unchanged. That cost you several days.
        """),
        remedies=ways("""
            The form has since been put right, and the new signatory can act. On {paid} we paid you
            {goodwill} towards what our note cost you. We have not paid for the first days, because
            the form could not have been accepted as it stood.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Your firm’s own instruction asks for the signatures of both directors before anybody is
            added, and the form carried one. We wrote on the day after it reached us to say which
            was missing, and held a place open for it. Without it we could not have known that the
            change was agreed to.
        """),
        remedies=ways("""
            The second signature is all that is needed. Either director can give it at our {town}
            branch, with a passport, and the change will be made the same day. If your firm would
            rather be able to act on one signature, we can send you the form for that as well.
        """),
    ),
    lessons=ways("""
        A form that has been returned once now goes to the head of the queue, and the note that goes
        with it is checked against the form.
    """),
)
