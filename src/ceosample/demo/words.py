"""The sentences that letters share, whatever they are about."""

from ceosample.demo.case import Outcome, ways

TOLD: dict[str, tuple[str, ...]] = {
    "telephone": ("You told us", "You explained"),
    "email": ("You wrote", "You explained"),
    "letter": ("You wrote", "You explained"),
    "branch visit": ("You told us", "You explained"),
    "chat": ("You told us", "You wrote"),
}
"""How a complaint was put, by the channel that it came through."""

OPENINGS: dict[str, tuple[str, ...]] = {
    "telephone": ways("""
        Thank you for telephoning us on {received}.

        Thank you for the time that you gave us on the telephone on {received}.

        I am writing about the complaint that you made by telephone on {received}.
    """),
    "email": ways("""
        Thank you for your email of {received}.

        I am writing in answer to your email of {received}, which we have read with care.
    """),
    "letter": ways("""
        Thank you for your letter, which reached us on {received}.

        I am writing in answer to the letter that we had from you on {received}.
    """),
    "branch visit": ways("""
        Thank you for coming to our {town} branch on {received}.

        I am writing about the complaint that you made at our {town} branch on {received}.
    """),
    "chat": ways("""
        Thank you for your message of {received} in our chat.

        Thank you for raising this with us in the chat on {received}.
    """),
}

VERDICT_FIRST: dict[Outcome, tuple[str, ...]] = {
    "upheld": ways("""
        We have looked into it, and we uphold your complaint.

        You were right to complain, and we uphold your complaint in full.

        You had good reason to complain, and we uphold your complaint.
    """),
    "partly upheld": ways("""
        We have looked into it, and we uphold your complaint in part.

        Having gone through it closely, we agree with a part of your complaint and uphold it in
        part.

        I can tell you at once that we uphold your complaint in part.
    """),
    "not upheld": ways("""
        We have looked into it closely and do not uphold your complaint. You are owed a full
        explanation, and I hope that this is one.

        Having gone through it with care, we have decided not to uphold your complaint, and I should
        like to explain why.
    """),
}
"""Said at the end of the first paragraph."""

VERDICT_LAST: dict[Outcome, tuple[str, ...]] = {
    "upheld": ways("""
        For these reasons we uphold your complaint.

        We therefore uphold your complaint.

        Your complaint is upheld in full.
    """),
    "partly upheld": ways("""
        For these reasons we uphold your complaint in part.

        We therefore uphold part of your complaint, and not the rest.
    """),
    "not upheld": ways("""
        For these reasons we do not uphold your complaint.

        We have therefore not upheld your complaint.

        Having weighed all this, we do not uphold your complaint.
    """),
}
"""Said at the beginning of the last paragraph."""

SORRY: dict[Outcome, tuple[str, ...]] = {
    "upheld": ways("""
        I am sorry for this, and for the trouble that it caused you.

        Please accept our apology.

        You deserved better from us, and I am sorry.

        I am sorry. This was our mistake, and you should not have had to point it out to us.
    """),
    "partly upheld": ways("""
        I am sorry for the part of this that was our doing.

        For what we got wrong, please accept our apology.

        Where we fell short, we apologise.
    """),
    "not upheld": ways("""
        I know that this is not the answer you hoped for.

        I realise that this will be a disappointment.

        I am sorry that I cannot give you a different answer.
    """),
}

CONTACTS = ways("""
    Our records show {contacts} from you about this. It should never have taken so many: one person
    ought to have taken hold of it on the first day and stayed with it.

    I have also looked at how we treated you along the way. It took {contacts}, each time to
    somebody new. That is no way to treat anyone.

    In all you were in touch with us {times} times: {contacts}. Nobody should have to work so hard
    to be heard, and I have asked why it came to that.
""")
"""Said to people who had to try again and again."""

REFER: dict[Outcome, tuple[str, ...]] = {
    "upheld": ways("""
        I hope that this puts things right. If you feel that it does not, you have the right to
        refer your complaint to the Independent Banking Adjudicator within six months of the date of
        this letter. It costs nothing.

        If there is anything that we have missed, please tell us. You may also refer your complaint,
        free of charge, to the Independent Banking Adjudicator; you have six months from the date of
        this letter.

        This is our final answer, and I hope that it is a fair one. Should you not think so, you
        have the right to refer your complaint to the Independent Banking Adjudicator, at no cost,
        within six months of the date of this letter.
    """),
    "partly upheld": ways("""
        If you think that we should have gone further, you have the right to refer your complaint to
        the Independent Banking Adjudicator. It is free, and you have six months from the date of
        this letter.

        You may see the rest of it differently. The Independent Banking Adjudicator can look at all
        of it afresh and without charge, and you have the right to refer your complaint there within
        six months of the date of this letter.

        I hope that you will find this fair. If you do not, you have the right to refer your
        complaint, free of charge and within six months of the date of this letter, to the
        Independent Banking Adjudicator.
    """),
    "not upheld": ways("""
        If you disagree, you have the right to refer your complaint to the Independent Banking
        Adjudicator, who will look at it afresh. It is free, and you have six months from the date
        of this letter.

        You need not take our word for it. The Independent Banking Adjudicator is free to use and
        has no ties to us, and you have the right to refer your complaint there within six months of
        the date of this letter.

        This is our final answer, but it need not be the last word. You have the right to refer your
        complaint to the Independent Banking Adjudicator within six months of the date of this
        letter, and it will cost you nothing.
    """),
}

OFFER = ways("""
    If anything in this letter is unclear, any of our branches will gladly go through it with you.

    If you would like this letter in large print, in Braille or in another language, please ask.

    You can reply to this letter in whatever way suits you, and the reply will come to me.
""")
"""Said now and then at the very end."""
