"""What goes wrong with what a mortgage costs."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds, rate


def _early(case: Case) -> Facts:
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


EARLY_REPAYMENT = Story(
    facts=_early,
    needs=("telephone",),
    goodwill=(80, 250),
    subjects=ways("""
        The early repayment charge of {charge}

        Your complaint about the charge on your repayment of {event}
    """),
    complaints=ways("""
        {told} that we took an early repayment charge of {charge} when you paid {repaid} off your
        mortgage on {event}, although you had telephoned beforehand and been told that there would
        be none.

        {told} that before you paid {repaid} off your mortgage on {event} you took the trouble to
        ask us what it would cost, and that the charge of {charge} was not what you had been led to
        expect.
    """),
    upheld=Ending(
        findings=ways("""
            We listened to your call of {before}. You asked in plain words whether there would be a
            charge, and our adviser said that there would not. That was wrong. You relied on it, as
            anyone would, and you could have waited until the fixed rate had ended.
        """),
        remedies=ways("""
            On {paid} we gave back the {charge} with {interest} of interest, and paid you {goodwill}
            for the worry that such a sum must have caused. The payment was for {total}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We listened to your call of {before}. Our adviser explained the charge, and that a part
            of each year’s repayments is free of it, and that was correct. But he worked out the
            free part from the wrong balance. Had he been right about the balance, {part} of the
            charge would not have arisen.
        """),
        remedies=ways("""
            On {paid} we refunded that {part} and added {goodwill}, which makes {part_total}. The
            rest of the charge is the one that you were told of, and we have left it in place.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We listened to your call of {before}, and then asked a colleague who had not heard of
            your complaint to do the same. Our adviser told you that there would be a charge and how
            it is worked out, and a letter with the figure of {charge} followed. The terms of your
            fixed rate say the same.
        """),
        remedies=ways("""
            Telephone calls are easily remembered differently by the two people in them. You are
            welcome to hear the recording at our {town} branch, at a time that suits you, or to have
            every word of it sent to you on paper.
        """),
    ),
    lessons=ways("""
        Advisers now read such a figure from the screen, where it is worked out for them, and it is
        sent to the customer in writing on the same day.
    """),
)


def _rate_switch(case: Case) -> Facts:
    at = case.chance
    loan, low, more = at.whole(88, 310) * 100000, at.whole(389, 449), at.whole(21, 58)
    return {
        "loan": pounds(loan),
        "rate": rate(low),
        "higher": rate(low + more),
        # Of interest alone and to the pound: the letter says "about".
        "monthly": pounds(loan * more // 12000000 * 100),
    }


NEW_RATE = Story(
    facts=_rate_switch,
    since=(16, 40),
    followed=(8, 13),
    goodwill=(80, 220),
    subjects=ways("""
        The fixed rate of {rate} per cent that you applied for

        Your complaint about your new mortgage rate
    """),
    complaints=ways("""
        {told} that you applied for our fixed rate of {rate} per cent on {event}, that we let your
        application lie until that rate was withdrawn on {second}, and that we then offered you
        {higher} per cent.

        {told} that on a mortgage of {loan} the difference between {rate} and {higher} per cent is
        real money, and that you applied on {event}, well before the lower rate closed on {second}.
    """),
    upheld=Ending(
        findings=ways("""
            Your application was complete on the day you made it. It was given to a colleague who
            was away, and nobody noticed that it was not being read. By the time it was, the rate
            had gone. An application made in time should be granted at the rate it was made for.

            We asked you for nothing because nothing was missing. Your application was read at last
            when the rate had gone, by a colleague who passed over the date on it and used the rates
            of that morning. Two people then signed it without asking why it had taken so long.
        """),
        remedies=ways("""
            On {paid} we put your mortgage on the rate of {rate} per cent, which will cost you about
            {monthly} a month less than the higher one. We have also paid you {goodwill} for weeks
            of not knowing where you stood.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Your application came without a payslip, and we were right to need one. But it took us
            longer than our promised three working days to say so. The rate was withdrawn sooner
            than anyone had planned, and even a prompt answer would have come too late for it; but
            you should have had one.
        """),
        remedies=ways("""
            The rate remains {higher} per cent. We paid you {goodwill} on {paid} for the way in
            which your application was handled, and you may leave this rate for a lower one without
            a fee at any time in the next three months.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Your application came without the payslips that it needs. We wrote the next day to ask
            for them, and they reached us after the rate had been withdrawn on {second}. The page on
            which you applied says that a rate is held only once everything is here, and says it
            beside the button.
        """),
        remedies=ways("""
            The {higher} per cent that we offered is the lowest rate we now have for a loan like
            yours, and we have set it aside for you for the next three months. Should a lower one
            appear in that time, you may have it without a fee.
        """),
    ),
    lessons=ways("""
        Applications are now shared out each morning among those who are at work that day, and a
        rate is held from the moment a complete application arrives.
    """),
)
