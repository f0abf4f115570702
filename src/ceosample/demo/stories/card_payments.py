"""What goes wrong when something is paid for with a credit card."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds


def _nothing_arrived(case: Case) -> Facts:
    return {
        "item": case.chance.one_of(
            ("a garden bench", "a second-hand bicycle", "a bookcase", "a sewing machine", "a cot")
        ),
        "amount": pounds(case.chance.whole(8900, 64000)),
    }


NOTHING_ARRIVED = Story(
    facts=_nothing_arrived,
    since=(28, 60),
    followed=(14, 20),
    needs=("email",),
    subjects=ways("""
        Your claim for {item} that did not arrive

        The {amount} that you paid by card on {event}
    """),
    complaints=ways("""
        {told} that you paid {amount} by card for {item} on {event}, that it never came, and that we
        turned down your request to have the money back.

        {told} that you are {amount} out of pocket for {item} ordered on {event} and never seen, and
        that the claim you emailed to us was turned down.
    """),
    upheld=Ending(
        findings=ways("""
            The claim that you emailed to us on {second} held everything we needed: your order, the
            seller’s promise to deliver, and the messages that they left without an answer. We
            closed it because one of the files would not open, and nobody asked you to send it
            again. That was careless.

            We told you that it was too early to claim, because the seller still had time to
            deliver. But the last day that the seller had promised was already past when you emailed
            us on {second}, and your claim said so. Nobody had looked.
        """),
        remedies=ways("""
            We refunded the {amount} on {paid} and will deal with the seller’s bank ourselves,
            whatever it may say. We have also credited {goodwill} to your card for the effort of
            arguing a case that should have been settled at once.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The seller’s bank has sent us a delivery record with a signature and your address on it,
            and under the rules of the card scheme that ends the claim. But when we told you of the
            record we did not send you a copy, and you could not answer what you had not seen.
        """),
        remedies=ways("""
            As things stand we cannot refund the {amount}. A copy of the record is on its way to
            you; if the signature is not one that you know, tell us, and we will open the claim
            again. For keeping you in the dark we credited {goodwill} to your card on {paid}.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We put your claim to the seller’s bank. Its answer was a delivery record with a
            signature, your address and a photograph of the parcel at a door that bears your number.
            We sent you all three with our decision. Against evidence of that kind the rules of the
            card scheme do not let us take the money back.
        """),
        remedies=ways("""
            It may be that the parcel was taken after it had been left. Your home insurance, if you
            have any, may cover that, and a seller who leaves a parcel in the open can be asked to
            put it right. We will gladly write down what the delivery record shows so that you can
            use it for either.
        """),
    ),
    lessons=ways("""
        Whoever closes a claim must now send the customer everything on which the decision rests,
        and say what would have led to another.
    """),
)


def _abroad(case: Case) -> Facts:
    at = case.chance
    fee = at.whole(450, 2900)
    return {
        "country": at.one_of(("Portugal", "Slovenia", "Norway", "Canada", "Malta", "Morocco")),
        "bill": at.one_of(("hotel", "car hire", "restaurant", "hospital")),
        "amount": pounds(at.whole(9500, 72000)),
        "fee": pounds(fee),
        "total": pounds(fee + case.goodwill),
    }


DECLINED_ABROAD = Story(
    facts=_abroad,
    subjects=ways("""
        Your card in {country} on {event}

        Your complaint about a payment that was declined
    """),
    complaints=ways("""
        {told} that your card was declined in {country} on {event}, although you had left a note of
        your journey in our app, and that you could not pay a {bill} bill of {amount}.

        Your complaint is that you stood in {country} on {event} with a {bill} bill of {amount} and
        a card that we had stopped, when you had told the app that you were going.
    """),
    upheld=Ending(
        findings=ways("""
            The note was there, with the right country and the right dates. Our fraud system did not
            see it, because it was working from a copy of the notes that was three days old. There
            was no other reason to doubt the payment.

            You had done everything that we ask of somebody who travels. A colleague had stopped all
            payments from one make of card machine that day, because of a fraud elsewhere, and the
            machine in front of you was of that make. It was too wide a net, and it was taken up
            again a few hours later.
        """),
        remedies=ways("""
            Using another card cost you {fee}, which we have repaid. We have added {goodwill} for
            the embarrassment, and the {total} was credited on {paid}. Your card works everywhere
            again.
        """),
    ),
    partly=Ending(
        findings=ways("""
            A note of a journey does not switch our checks off, and a payment of this size in a new
            place is one that we would wish to ask about. But the question should have reached your
            telephone within a minute. It was sent the next morning, when it was of no use to you.

            Our checks saw a large payment in a country where your card had never been used, and
            paused it. We should do the same again, note or no note. But one tap in the app ought to
            end such a pause at once. You confirmed the payment there within minutes, and the card
            stayed blocked until the next day.
        """),
        remedies=ways("""
            We think the check was right and the delay was not. On {paid} we credited {goodwill} to
            your card for the position in which you were left overnight.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We saw your note, and our fraud checks let the payment through. It was the card machine
            that refused it: the wrong PIN had been entered three times, and the chip in the card
            then locks itself so that a thief cannot go on guessing. Nobody at the bank stopped your
            card.
        """),
        remedies=ways("""
            The card can be unlocked at any cash machine of ours with the right PIN, and we can post
            you a reminder of it. You can also look the PIN up in the app, which works abroad as it
            does at home.
        """),
    ),
    lessons=ways("""
        Notes of journeys now reach the fraud team as they are written, and questions about a
        payment are sent while the customer is still at the till.
    """),
)
