"""What goes wrong when somebody says: that was not me, or: I never had it."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds, spelled


def _not_mine(case: Case) -> Facts:
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


NOT_MY_PAYMENTS = Story(
    facts=_not_mine,
    needs=("telephone",),
    subjects=ways("""
        Card payments of {event} that you did not recognise

        Your complaint about {count} card payments
    """),
    complaints=ways("""
        {told} that {count} payments, {sum} in all, were made with your card on {event} without your
        knowledge, and that we held you to them.

        {told} that you had never heard of the shops at which your card was used {count} times on
        {event}, and that we turned you away when you asked for the {sum} back.
    """),
    upheld=Ending(
        findings=ways("""
            The payments were made on the internet with a copy of the card’s details. The code that
            we send to a customer’s telephone was not asked for even once. There was nothing to
            suggest that you had any part in it, and our first answer, that the details had been
            right, missed the point.

            All {count} payments were made within a quarter of an hour from a telephone that is not
            yours, in a town where you were not: your card was used at a till in {town} at the same
            time. We had both facts in front of us when we first answered you, and did not put them
            together.
        """),
        remedies=ways("""
            On {paid} we refunded the {sum} and added {goodwill} for being doubted: {total} in all.
            A new card with a new number is on its way to you, and the old one has been cancelled.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We agree with you about {rest} of the {count} payments: they were made with a copy of
            the card’s details and bear the marks of fraud. The remaining one, of {own}, was made at
            a shop where your card had been used, and the payment not disputed, many times before.
            What was bought went to your address.
        """),
        remedies=ways("""
            We refunded {others} on {paid}, and with it {goodwill} for our slowness to see the
            difference, which makes {part_total}. The payment of {own} we have left. Somebody at
            home may know of it; if nobody does, please tell us.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Each payment was made with the card itself and the right PIN, at the first attempt.
            Before and after them, on the same day, the card was used for payments that you have
            told us were your own. We cannot find a way in which a stranger could have had both the
            card and its PIN in between.
        """),
        remedies=ways("""
            We do not think you untruthful. A card is sometimes borrowed and put back by somebody
            close. If you come to think that this may have happened, you may tell us in confidence.
            In the meantime we have sent you a new card and a new PIN.
        """),
    ),
    lessons=ways("""
        A colleague who answers such a claim must now write down how the payment was made before
        deciding who should bear it.
    """),
)


def _machine(case: Case) -> Facts:
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


CASH_MACHINE = Story(
    facts=_machine,
    needs=("branch visit",),
    followed=(1, 5),
    goodwill=(20, 80),
    subjects=ways("""
        The cash machine in {town} on {event}

        Your complaint about {asked} from a cash machine
    """),
    complaints=ways("""
        {told} that you asked the cash machine at our {town} branch for {asked} on {event}, that no
        notes came out, and that the money left your account nonetheless.

        {told} that the cash machine at our {town} branch went dark on {event} before it had given
        you the {asked} that it took from your account, and that we did not believe you.
    """),
    upheld=Ending(
        findings=ways("""
            When the machine was opened on {second} it held {asked} too much, and its record shows
            that its shutter did not open for you. Our first answer was given without anybody having
            looked.
        """),
        remedies=ways("""
            The {asked} was returned to your account on {paid}, with {goodwill} for not being
            believed, {total} in all. The machine has a new shutter.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The machine gave out {half} and then stopped. The camera shows those notes being taken.
            The other {kept} stayed inside, and it was counted there on {second}. Somebody ought to
            have told you so then, and not have waited for a complaint.
        """),
        remedies=ways("""
            On {paid} we returned the {kept} and added {goodwill} for the delay, which makes
            {part_total}.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The record of the machine lists each note that it counted out, and they come to {asked}.
            It balanced when it was opened on {second}. The camera above it shows the notes being
            taken from the shutter within a few seconds of your card, by the person who had put it
            in.
        """),
        remedies=ways("""
            The pictures are kept for a year. You may see them at our {town} branch, with somebody
            beside you if you wish, and if they show anything other than we have described we will
            look at this again at once.
        """),
    ),
    lessons=ways("""
        A machine that stops in the middle of a withdrawal now reports it by itself, and we return
        the money on the next working day.
    """),
)
