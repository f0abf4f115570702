"""What goes wrong with the interest on savings."""

from datetime import timedelta

from ceosample.demo import workdays
from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import day, pounds, rate, spelled


def _cut(case: Case) -> Facts:
    at = case.chance
    old, less, interest = at.whole(310, 425), at.whole(30, 85), at.whole(380, 5200)
    return {
        "old": rate(old),
        "new": rate(old - less),
        "interest": pounds(interest),
        "total": pounds(interest + case.goodwill),
    }


RATE_CUT = Story(
    facts=_cut,
    goodwill=(30, 90),
    subjects=ways("""
        The change in your savings rate on {event}

        Your complaint about your savings rate
    """),
    complaints=ways("""
        {told} that the rate on your savings fell from {old} to {new} per cent on {event}, and that
        you had no notice of it.

        {told} that you would have moved your savings had you known that the rate would drop from
        {old} to {new} per cent on {event}, and that no letter came.
    """),
    upheld=Ending(
        findings=ways("""
            We owe every saver two weeks’ notice of such a change, and you had none. The letter was
            printed, but your account had been left off the list for the post, along with some forty
            others. Nobody compared the letters with the list.

            You should have had two weeks’ notice, and you had none. Your letter came back to us
            because the number of the house was missing from it. Our record of you has the number.
            It was cut off when the label was printed, and the letter that came back was filed
            without being read.
        """),
        remedies=ways("""
            We have paid you the difference between the two rates from {event} to {paid}, which is
            {interest}, and {goodwill} for the discourtesy. The {total} was added to your savings
            that day. You may also close the account now without giving notice.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Notice was given in good time, on {before}, by a message in our app, which the terms of
            your account allow. But you had asked for letters on paper, and we had agreed. Because
            the message stood there for you to see, we think that the change itself may stand;
            because of our promise, we think that you were let down.
        """),
        remedies=ways("""
            On {paid} we paid you {goodwill} for this. Paper is now the only way in which we will
            write to you about your savings, and your record says so on its first page.
        """),
    ),
    refused=Ending(
        findings=ways("""
            A letter went to you on {before}, to the address at the head of this one, and was not
            returned. The same news was in the app from that day, and on the notice in our branches.
            That is more than the two weeks that we promise. Letters do go astray, and I do not
            doubt that you did not see it.
        """),
        remedies=ways("""
            You are free to take your savings elsewhere today if another rate suits you better, and
            there is no charge for that. If you prefer to stay, a colleague can tell you which of
            our accounts pays most for a sum that you do not need at once.
        """),
    ),
    lessons=ways("""
        Before a rate is changed, a colleague now makes sure that every saver has been told of it.

        A rate may now be changed only when the team has shown that each saver was told in the way
        they asked for.
    """),
)


def _notice(case: Case) -> Facts:
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


NOTICE_GIVEN = Story(
    facts=_notice,
    goodwill=(30, 110),
    subjects=ways("""
        The charge on your withdrawal of {event}

        Your complaint about your {notice}-day notice account
    """),
    complaints=ways("""
        {told} that you gave {notice} days’ notice, as your account asks, and that we nevertheless
        took {penalty} in lost interest when you withdrew {amount} on {event}.

        {told} that you withdrew {amount} from your notice account on {event}, that the {notice}
        days were up, and that we kept back {penalty} as though they were not.
    """),
    upheld=Ending(
        findings=ways("""
            Your notice reached us on {given}, and the {notice} days were over when you made the
            withdrawal. We had written it against another savings account of yours, so that this one
            seemed to have had no notice at all.
        """),
        remedies=ways("""
            We returned the {penalty} on {paid} and added {goodwill} for the trouble of proving what
            we should have known. You will see one payment of {total}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Our record, and the date that the app gave you at the time, show that your notice was
            given on {given}, so that the withdrawal came {short} days early. For those days we may
            keep the interest, which is {right}. But we kept the interest of all {notice} days, and
            the terms of the account do not allow that.
        """),
        remedies=ways("""
            On {paid} we paid back the difference, {back}, and {goodwill} with it for having to ask:
            {part_total} together.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Your notice was given on {given}. The app answered with the first day on which you could
            withdraw without a charge, and {event} was {short} days before it. The {penalty} is the
            interest of those {short} days and no more, as the terms of the account lay down, and
            the app showed the sum before the withdrawal was made.
        """),
        remedies=ways("""
            If the money was needed for something that could not wait, please tell us a little about
            it, because we can sometimes waive the charge. For another time, the app will remind you
            on the first free day if you ask it to.
        """),
    ),
    lessons=ways("""
        Notice is now given for an account by its name, and the app shows the day on which it ends
        each time that you look.
    """),
)
