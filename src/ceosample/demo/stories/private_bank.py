"""What goes wrong for the few customers of the private bank."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds


def _left(case: Case) -> Facts:
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


UNREAD_INSTRUCTION = Story(
    facts=_left,
    since=(16, 40),
    followed=(7, 12),
    goodwill=(150, 400),
    needs=("email",),
    subjects=ways("""
        Your instruction of {event}

        Your complaint about a payment of {amount}
    """),
    complaints=ways("""
        {told} that on {event} you emailed your relationship manager to pay {amount} towards
        {purpose}, that you heard nothing, and that you learned on {second} that the person you
        wrote to had left us.

        {told} that after many years with us you had to find out by chance, on {second}, that your
        relationship manager had gone, and that your email of {event} asking for {amount} to be paid
        towards {purpose} had gone with them.
    """),
    upheld=Ending(
        findings=ways("""
            We should have written to you before your relationship manager left, and introduced the
            one who follows. Neither was done. Your email went to a box that was no longer read, and
            no reply told you so.
        """),
        remedies=ways("""
            The {amount} was paid on {reviewed}. You lost {lost} of interest through the delay,
            which we have made good, and we have added {goodwill} by way of apology; the {total} was
            credited on {paid}. Your new relationship manager will introduce herself in person,
            wherever it suits you.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We did write to you about the change, and the letter names your new relationship
            manager. But it was posted only after the old one had gone, and your email of {event}
            fell in between. An automatic reply would have told you whom to turn to, and there was
            none.
        """),
        remedies=ways("""
            The {amount} was paid on {reviewed}. As the money earned interest with us until then, we
            have made no payment for that, but on {paid} we credited {goodwill} for the uncertainty
            in which you were left.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We wrote to you a month before your relationship manager left, and the letter names the
            colleague who has followed. An automatic answer to your email of {event} gave the same
            name, and asked you to send the instruction there. Under our agreement with you a
            payment of {amount} also needs a signature, which an email cannot carry.
        """),
        remedies=ways("""
            The new colleague has the form ready and will bring it to you, so that the payment can
            be made on the day you sign. We could also arrange for you to sign such instructions on
            your own telephone, which many customers prefer.
        """),
    ),
    lessons=ways("""
        Nobody who looks after customers now leaves the bank before each of them has met, or spoken
        to, the person who follows.
    """),
)


def _exchange(case: Case) -> Facts:
    at = case.chance
    loss = at.whole(210, 1650) * 100
    return {
        "amount": pounds(at.whole(60, 420) * 100000),
        "loss": pounds(loss),
        "half": pounds(loss // 2),
        "total": pounds(loss + case.goodwill),
        "part_total": pounds(loss // 2 + case.goodwill),
    }


EXCHANGE = Story(
    facts=_exchange,
    since=(12, 40),
    followed=(2, 6),
    goodwill=(100, 300),
    needs=("telephone",),
    subjects=ways("""
        The exchange of {amount} into euros

        Your complaint about the exchange that you asked for on {event}
    """),
    complaints=ways("""
        {told} that you telephoned us on {event} to exchange {amount} into euros, that we did so
        only on {second}, and that the pound had fallen by then. You put the loss at {loss}.

        {told} that an instruction which you gave by telephone on {event}, to exchange {amount} into
        euros, was carried out on {second} at a rate that left you {loss} worse off.
    """),
    upheld=Ending(
        findings=ways("""
            The recording of your call is clear: you asked for the exchange to be made at once, and
            our colleague said that it would be. It was written down, put aside for a second
            signature, and signed when the market had moved. The risk of that delay was ours to
            bear.
        """),
        remedies=ways("""
            We agree with your figure. On {paid} we credited {loss}, which puts you where you would
            have been on {event}, and {goodwill} for the trouble of showing it to us: {total}
            together.
        """),
    ),
    partly=Ending(
        findings=ways("""
            In the recording you ask for the exchange to be made, and for the rate to be confirmed
            to you first. Our colleague promised both, and did not see that the second would hold up
            the first. He should have asked which mattered more. But we cannot be sure that you
            would have taken the rate of {event} had it been read to you.
        """),
        remedies=ways("""
            We think that the fair course is to share the loss. On {paid} we credited {half}, half
            of the {loss}, and {goodwill} besides: {part_total} in all.
        """),
    ),
    refused=Ending(
        findings=ways("""
            In the recording you name the rate that you were hoping for and ask us to wait until it
            is reached, but no longer than {second}. It was not reached, and on that day we made the
            exchange, as you had asked. Our colleague reads the instruction back to you at the end
            of the call, and you agree to it.
        """),
        remedies=ways("""
            It was a reasonable hope, and the market disappointed it. We will send you a copy of the
            recording if you ask us to. Should you have another sum to exchange, we can explain how
            to set a rate at which we act at once, without waiting for word from you.
        """),
    ),
    lessons=ways("""
        An instruction to exchange money is now read back while the customer is on the telephone,
        carried out within the hour and confirmed in writing.
    """),
)


def _attorney(case: Case) -> Facts:
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


ATTORNEY = Story(
    facts=_attorney,
    since=(20, 45),
    followed=(10, 16),
    goodwill=(120, 360),
    needs=("branch visit", "letter"),
    subjects=ways("""
        The power of attorney for your {relation}

        Your complaint about acting for your {relation}
    """),
    complaints=ways("""
        {told} that you gave us the power of attorney for your {relation} on {event}, that we had
        still not recorded it on {second}, and that {theirs} {carer} could not be paid.

        {told} that you hold a power of attorney for your {relation}, that we had it from {event},
        and that on {second} we still would not let you pay {theirs} {carer}.
    """),
    upheld=Ending(
        findings=ways("""
            The document was in order and had been checked within two days. It was then recorded
            against the wrong customer, somebody with the same surname, and each later question was
            answered from your {relation}’s record, which showed nothing.
        """),
        remedies=ways("""
            You have been able to act since {reviewed}, and nobody else saw or used your
            {relation}’s money. We have repaid the {cost} of your own that you laid out and added
            {goodwill}, so {total} was credited on {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We had to ask for a certified copy, because the one that you gave us was a photograph of
            it. That is a rule we cannot bend. But we should have said so at the counter on {event},
            and not by a letter that took us until {second} to write.
        """),
        remedies=ways("""
            With the copy that you then sent, you have been able to act since {reviewed}. On {paid}
            we credited {goodwill} for the time that our silence cost you both.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The document takes effect, in its own words, only when a doctor has confirmed that your
            {relation} can no longer decide. No such letter came with it, and we explained this on
            {event} and once more in writing. To have let you act without it would have been to set
            your {relation}’s own wishes aside.
        """),
        remedies=ways("""
            If your {relation} is well enough, a few words from {theirs} own hand will let us pay
            the {carer} straight away, and a colleague will come to the house to witness them. If
            not, the doctor’s letter is all that we need, and we will act on it the same day.
        """),
    ),
    lessons=ways("""
        A power of attorney is now recorded by its number and date of birth, never by a surname, and
        whoever brings one is told at once whether anything is missing.
    """),
)
