"""What goes wrong with insurance."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds


def _leak(case: Case) -> Facts:
    at = case.chance
    cost = at.whole(92, 640) * 1000
    offer = cost * at.whole(3, 6) // 10
    carpet = (cost - offer) * at.whole(3, 6) // 10
    interest = (cost - offer) // 200
    return {
        "room": at.one_of(("kitchen", "dining room", "hall", "front bedroom")),
        "cost": pounds(cost),
        "offer": pounds(offer),
        "rest": pounds(cost - offer),
        "carpet": pounds(carpet),
        "other": pounds(cost - offer - carpet),
        "interest": pounds(interest),
        "total": pounds(cost - offer + interest + case.goodwill),
        "part_total": pounds(carpet + case.goodwill),
    }


LEAK = Story(
    facts=_leak,
    since=(25, 70),
    followed=(12, 20),
    subjects=ways("""
        Your claim for the leak of {event}

        Your complaint about the settlement of your claim
    """),
    complaints=ways("""
        {told} that a pipe burst above your {room} on {event}, that the repairs cost {cost}, and
        that we paid only {offer} of it.

        {told} that our offer of {offer} would not mend half of the damage that water did to your
        {room} on {event}, which your builder puts at {cost}.
    """),
    upheld=Ending(
        findings=ways("""
            Our assessor put down much of the damage to wear over the years. The plumber’s report,
            which we had from {second}, says that the pipe failed without warning and was otherwise
            sound. That report was not read before the offer was made. It is clear, and we accept
            it.
        """),
        remedies=ways("""
            We have paid the remaining {rest} with {interest} of interest, and {goodwill} for the
            weeks in which the work could not go on. The {total} was sent to you on {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We paid for the ceiling and the walls, and left out the carpet and the cupboards. Your
            policy covers the carpet, and we were wrong about it. It does not cover the cupboards,
            which our assessor found to have been damaged by damp well before the pipe burst; the
            photographs taken on {second} bear that out.
        """),
        remedies=ways("""
            On {paid} we paid you {carpet} for the carpet and {goodwill} for the delay, {part_total}
            together. The {other} for the cupboards remains outside the policy.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The photographs taken on {second} show old stains in rings beneath the joint, and the
            plumber who replaced it noted that it had been weeping for months. Damage that comes on
            slowly is outside the policy, as it is in nearly every policy of the kind. The {offer}
            that we paid is for the part that was sudden, and it was worked out from your builder’s
            own prices.
        """),
        remedies=ways("""
            If your plumber sees it differently, a few lines from him or her about the joint would
            be enough for us to think again. We will also lend you a drying machine free of charge,
            for as long as the {room} is damp.
        """),
    ),
    lessons=ways("""
        An offer can no longer be made on a claim until the assessor has signed to say that every
        report in the file has been read.
    """),
)


def _holiday(case: Case) -> Facts:
    at = case.chance
    travel, hotel = at.whole(240, 960) * 100, at.whole(310, 1180) * 100
    return {
        "place": at.one_of(("Crete", "Madeira", "the Dolomites", "Iceland", "Sardinia")),
        "cost": pounds(travel + hotel),
        "travel": pounds(travel),
        "hotel": pounds(hotel),
        "total": pounds(travel + hotel + case.goodwill),
        "part_total": pounds(travel + case.goodwill),
    }


CANCELLED_HOLIDAY = Story(
    facts=_holiday,
    since=(20, 60),
    followed=(7, 13),
    subjects=ways("""
        Your claim for the holiday that you could not take

        Your complaint about your travel insurance
    """),
    complaints=ways("""
        {told} that you had to cancel a holiday in {place} on {event} because you were ill, that it
        had cost {cost}, and that we turned down your claim on {second}.

        {told} that you should have been in {place} and were in hospital instead, that you cancelled
        on {event}, and that our answer of {second} to your claim for {cost} was a cold one.
    """),
    upheld=Ending(
        findings=ways("""
            We refused the claim because we took the illness for one that you already had when you
            bought the policy. Your doctor’s letter says the opposite, and says it plainly. The
            colleague who decided had seen only its first page.
        """),
        remedies=ways("""
            We have paid the claim in full: {travel} for the journey and {hotel} for the hotel. With
            {goodwill} for having been refused at such a time, {total} was sent to you on {paid}. I
            hope that you are well again, or soon will be.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We were wrong to say that your illness is not covered, and the {travel} for the journey
            should have been paid. The {hotel} for the hotel is another matter. The hotel offers its
            guests the whole sum back when they are ill, and the policy asks that such an offer be
            taken up first.
        """),
        remedies=ways("""
            On {paid} we sent you the {travel} and {goodwill} for the distress, {part_total} in all.
            If the hotel should refuse you, let us have its answer, and we will pay that part too. I
            hope that you are on the mend.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Your doctor’s letter says that the operation was arranged some weeks before the holiday
            was booked. The policy covers what could not have been foreseen on the day of booking,
            and says so in the summary on its first page. Our answer of {second} was a short one,
            but it was right.
        """),
        remedies=ways("""
            The company that runs the flights does give back the airport taxes on a seat that was
            not used, and few people know it. If you would like us to, we will draft that request
            for you. I hope that the operation did what it should.
        """),
    ),
    lessons=ways("""
        No claim that turns on somebody’s health is refused any longer before a nurse in our own
        team has read the papers.
    """),
)


def _renewal(case: Case) -> Facts:
    at = case.chance
    old = at.whole(170, 420) * 100
    more = at.whole(38, 140) * 100
    return {
        "old": pounds(old),
        "new": pounds(old + more),
        "more": pounds(more),
        "total": pounds(old + more + case.goodwill),
        "part_total": pounds(more + case.goodwill),
    }


RENEWED = Story(
    facts=_renewal,
    since=(16, 40),
    needs=("email",),
    goodwill=(30, 90),
    subjects=ways("""
        The renewal of your home insurance on {event}

        Your complaint about a policy renewed for {new}
    """),
    complaints=ways("""
        {told} that your home insurance was renewed on {event} for {new}, {more} more than the year
        before, although you had emailed us about it on {before}.

        {told} that you had emailed us on {before}, and that we renewed your home insurance on
        {event} all the same and took {new} for it. Last year it was {old}.
    """),
    upheld=Ending(
        findings=ways("""
            Your email of {before} asks us in so many words not to renew the policy. It went to the
            box of a team that no longer exists, and nobody had been told to look there. You gave us
            more than enough time.
        """),
        remedies=ways("""
            The policy has been cancelled from its first day. We gave back the {new} on {paid} and
            {goodwill} with it for the annoyance, so you will see a payment of {total}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            Your email of {before} asks why the price had gone up. It does not ask us to end the
            policy, so we were right to keep you insured. But the question was a fair one and was
            never answered, and with an answer you might have gone elsewhere in time.
        """),
        remedies=ways("""
            You should not be worse off for our silence. We have therefore taken the price back to
            the {old} of the year before. The {more} was returned on {paid}, with {goodwill} for the
            email that we left lying: {part_total} together.
        """),
    ),
    refused=Ending(
        findings=ways("""
            Your email of {before} asks us to go ahead with the renewal and to add a bicycle. We did
            both. The price of {new} is on the first line of the renewal notice, beside the price of
            the year before, and the bicycle accounts for a small part of the difference. Most of it
            is the higher cost of building work.
        """),
        remedies=ways("""
            You may still end the policy at any time. You would then pay only for the days on which
            you were insured, and nothing for ending it. A colleague can also see whether a higher
            excess would bring the price down to what you had hoped for.
        """),
    ),
    lessons=ways("""
        An email about a renewal is now answered before the renewal goes ahead, and if it cannot be,
        the renewal waits.
    """),
)
