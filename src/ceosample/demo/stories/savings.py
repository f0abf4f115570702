"""What goes wrong when savings move from one place to another."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds


def _bond(case: Case) -> Facts:
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


BOND_RENEWED = Story(
    facts=_bond,
    since=(20, 45),
    subjects=ways("""
        Your bond of {amount} that matured on {event}

        Your complaint about the renewal of your bond
    """),
    complaints=ways("""
        {told} that your fixed-rate bond of {amount} matured on {event}, and that we tied the money
        up for {another} without asking you.

        {told} that you had plans for the {amount} in the bond that matured on {event}, and that you
        found it locked away for {years} more.
    """),
    upheld=Ending(
        findings=ways("""
            On {before} you filled in the form in our app that asks for a bond to be paid out. It
            was received, and it was marked as done, but no one had done it. When the day came our
            system saw no instruction and renewed the bond.

            You asked us on {before} to pay the bond out, by ticking the box in our app that is
            there for the purpose. A fault in that page, since put right, kept the tick but lost the
            instruction. The confirmation that you should have had was never sent, and that alone
            should have warned us.
        """),
        remedies=ways("""
            The money was released to you on {paid} with nothing taken off. We have added {interest}
            for the interest that you could have had from it elsewhere, and {goodwill} for the plans
            that we upset, {total} in all.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We did write to you, on {before}, and the letter says that a bond is renewed unless we
            hear otherwise. But it gave two different dates by which to answer, one on each side of
            the page, and by the later of them you still had time when the bond was renewed. We may
            not choose the date that suits us.
        """),
        remedies=ways("""
            The money was released on {paid} with nothing taken off. Your bond did earn its new rate
            in the meantime, so no interest is owed, but we have paid you {goodwill} for a letter
            that was bound to mislead.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We wrote to you on {before}, at the address where this letter will reach you, and put
            the same message in your app. Both explained that the bond would be renewed for {years}
            unless you told us otherwise, and that you could change your mind for fourteen days
            afterwards. Those days had gone by when your complaint reached us.
        """),
        remedies=ways("""
            If you need the money now, you may have it at a cost of ninety days’ interest, which we
            work out at {penalty}. Should you need it because of illness, or because you have lost
            your work, please say so, since we can then release it without a charge.
        """),
    ),
    lessons=ways("""
        We no longer renew a bond for longer than a month unless its owner has asked us to.

        A week before a bond matures we now write once more, to say what will happen to it and how
        to change that.
    """),
)


def _isa(case: Case) -> Facts:
    at = case.chance
    amount = at.whole(4, 38) * 100000 + at.whole(1, 99) * 1000
    interest = amount // 1000 + at.whole(30, 900)
    return {
        "amount": pounds(amount),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


ISA_TRANSFER = Story(
    facts=_isa,
    since=(24, 50),
    followed=(9, 15),
    subjects=ways("""
        The transfer of your ISA

        Your complaint about a slow ISA transfer
    """),
    complaints=ways("""
        {told} that you asked us on {event} to bring your cash ISA of {amount} over from another
        bank, and that you were still waiting for it.

        {told} that {amount} of your savings had been nowhere at all since {event}, when you signed
        the form to move your ISA to us, and that each bank pointed at the other.
    """),
    upheld=Ending(
        findings=ways("""
            The other bank did its part. Its payment reached us on {second} with one digit of your
            account number missing, and it lay in a holding account from that day. A colleague
            needed five minutes to match it to you, once your complaint had made us look.
        """),
        remedies=ways("""
            The {amount} went into your ISA on {paid}, counted as if it had been there since
            {second}. That gives you {interest} of interest, and we have added {goodwill} for the
            anxiety: {total} on top of your savings.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The other bank returned our first request because the signature differed from the one it
            held. That cost some days, and neither bank could help it. What we could help is that
            the request lay here from {second} until your complaint came, when it should have been
            back in the post to you the same day.
        """),
        remedies=ways("""
            With your new signature the transfer went through on {paid}. For the days that were our
            doing we have paid you {interest} of interest and {goodwill} for the trouble, which
            makes {total}.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The account number on the form belongs to an ISA that had been closed, so the other bank
            had nothing to send. It told us on {second}, and we wrote to you the same day to ask for
            the right number. We have a copy of that letter, and it is addressed as this one is.
        """),
        remedies=ways("""
            We have now found the number for you, and the transfer was begun again on {reviewed}.
            Your savings stayed with the other bank throughout and earned its interest, so nothing
            has been lost, and none of this year’s allowance has been used up.
        """),
    ),
    lessons=ways("""
        The holding account is now cleared every afternoon, and a transfer that has taken ten
        working days is looked at by a person.
    """),
)
