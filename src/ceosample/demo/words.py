"""The sentences that letters share, whatever they are about."""

from ceosample.demo.case import CaseOutcome, ways

TOLD: dict[str, tuple[str, ...]] = {
    "telephone": ("You told us", "You explained"),
    "email": ("You wrote", "You explained"),
    "letter": ("You wrote", "You explained"),
    "branch visit": ("You told us", "You explained"),
    "chat": ("You told us", "You wrote"),
}
"""How a complaint was put, by the channel that it came through."""

REASONS: dict[CaseOutcome, tuple[str, ...]] = {
    "partly upheld": ways("""
        I have set what we did beside what we had promised. Where the two differ, we uphold your
        complaint. Where they agree, we cannot.

        A part of this was our doing, and for that part you were right to complain. In the rest we
        kept to what had been agreed with you, and so we do not uphold it.
    """),
    "not upheld": ways("""
        I have looked for a point at which we should have acted otherwise, and have not found one.
        What we did is what had been agreed with you, and you were told of it in good time.

        It comes to this: we did what we had said that we would do. I can see why it felt wrong to
        you, but it was not a mistake, and it would be unfair to others to treat it as one.
    """),
}
"""Why the complaint, or a part of it, is not upheld."""

CONTACTS = ways("""
    Our records show {contacts} from you about this. It should never have taken so many: one person
    ought to have taken hold of it on the first day and stayed with it.

    I have also looked at how we treated you along the way. It took {contacts}, each time to
    somebody new. That is no way to treat anyone.

    In all you were in touch with us {times} times: {contacts}. Nobody should have to work so hard
    to be heard, and I have asked why it came to that.
""")
"""Said to people who had to try again and again."""

CONTACT = ways("""
    You can reply to this letter in whatever way suits you, and the reply will come to me. Any of
    our branches will gladly go through it with you.

    If anything in this letter is unclear, please reply to it or ask in any of our branches. You can
    have it in large print, in Braille or in another language.

    Please reply to this letter, or speak to somebody in any of our branches. Whoever you speak to
    has this letter before them and will not ask you to begin again.
""")
"""How to reach the bank."""
