"""What goes wrong when there is fraud, or when it is feared."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds


def _caller(case: Case) -> Facts:
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


FALSE_CALLER = Story(
    facts=_caller,
    needs=("telephone", "telephone"),
    goodwill=(100, 300),
    subjects=ways("""
        The {amount} that was taken from you by a false caller

        Our answer to your complaint about the fraud of {event}
    """),
    complaints=ways("""
        {told} that on {event} a caller who claimed to be from our fraud team persuaded you to send
        {amount} to another account, that you telephoned us as soon as you understood, and that we
        refused to refund it.

        {told} that you lost {amount} on {event} to somebody who knew enough about you to pass for
        one of us. You telephoned us the moment you understood what had happened, and were told that
        nothing could be done.
    """),
    upheld=Ending(
        findings=ways("""
            The payment was larger than any you had made in a year, and it went to an account that
            you had never paid. Our own checks marked it as doubtful and then let it go without
            anyone speaking to you. A short call would have ended the fraud. Being taken in by
            people who do this for a living is nothing to be ashamed of.
        """),
        remedies=ways("""
            We have refunded the whole {amount}, with {interest} of interest. We added {goodwill}
            because our first answer left you alone with it. The {total} was in your account on
            {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Our checks marked the payment as doubtful, and we should have spoken to you before it
            left. On the other hand the screen described this very trick, told you that we would
            never ask you to move money, and asked you twice to stop. We think that it is fair to
            share the loss equally.
        """),
        remedies=ways("""
            On {paid} we paid you {half}, which is half of what was taken, and {goodwill} because
            our first answer was too short to be any use to you: {half_total} in all. Anything that
            the other bank returns is yours as well.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We stopped the payment, and you telephoned to release it. In that call our colleague
            described this very trick, asked whether anyone had told you what to say, and advised
            you to wait until the next day. You asked us to send the money, and we were then bound
            to. The people who did this had prepared you well, and the blame is theirs alone.
        """),
        remedies=ways("""
            We asked the other bank on the same day to hold what was left. It returned {recovered},
            which was paid into your account on {paid}. If it finds more, that is yours too. We have
            also made your accounts secure, and a colleague who has helped many others in your
            position is ready to talk, for as long as you need.
        """),
    ),
    lessons=ways("""
        A payment that our checks have marked as doubtful now waits until a colleague has spoken to
        the customer, even if that takes until the next morning.
    """),
)


def _frozen(case: Case) -> Facts:
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


ACCOUNT_FROZEN = Story(
    facts=_frozen,
    since=(16, 40),
    followed=(6, 12),
    goodwill=(100, 260),
    subjects=ways("""
        Your complaint about your account being frozen

        The time from {event} when you could not use your account
    """),
    complaints=ways("""
        {told} that we froze your account on {event}, after {amount} had come into it, and left it
        so until {second}. The money had come from {cause}.

        {told} that from {event} to {second} you could neither buy food nor pay your rent because we
        had frozen your account over {amount} that had come from {cause}.
    """),
    upheld=Ending(
        findings=ways("""
            A check was needed, and it was over on the first day, with nothing found against you.
            The result was put with a case that had been closed. Nobody read it there, and so your
            account stayed frozen.
        """),
        remedies=ways("""
            We have refunded {cost} for payments that were returned in that time, here and
            elsewhere, and paid you {goodwill} for what those days must have been like. The {total}
            reached you on {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The law asks us to look into some payments before they are used, and it does not always
            let us say why. We were right to freeze the {amount}. We were wrong to freeze the rest,
            which was not in question, and to leave you without money for food and rent.
        """),
        remedies=ways("""
            The check ended on {second} and found nothing against you. On {paid} we paid you
            {goodwill} for the hardship that we could have spared you.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Another bank told us that the sender of the {amount} had reported it as a fraud. We must
            then hold the money while the report is looked into, and we must not warn anybody
            beforehand. What was in your account for daily needs was set free on the first day, as
            our message then told you. The report proved mistaken, and all the rest was yours again
            within the hour, on {second}.
        """),
        remedies=ways("""
            Nothing about this stays on your record, here or with the credit agencies. If a payment
            of yours was returned during those days, tell us to whom it was due, and we will confirm
            in writing that you were not to blame.
        """),
    ),
    lessons=ways("""
        Whoever freezes an account must now leave the customer enough to live on, and look at the
        case again every day.
    """),
)
