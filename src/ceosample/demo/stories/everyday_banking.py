"""What goes wrong around current accounts: deaths, cash over the counter, the app."""

from ceosample.demo.case import Case, Ending, Facts, Story, ways
from ceosample.demo.say import pounds


def _bereaved(case: Case) -> Facts:
    at = case.chance
    relation, theirs = at.one_of(
        (("mother", "her"), ("father", "his"), ("aunt", "her"), ("brother", "his"))
    )
    interest = at.whole(210, 4400)
    return {
        "relation": relation,
        "theirs": theirs,
        "balance": pounds(at.whole(84000, 1920000)),
        "interest": pounds(interest),
    }


BEREAVEMENT = Story(
    facts=_bereaved,
    since=(14, 40),
    followed=(7, 12),
    needs=("letter", "letter"),
    goodwill=(100, 300),
    subjects=ways("""
        Your late {relation}’s account

        How we dealt with your late {relation}’s account
    """),
    complaints=ways("""
        May I first say how sorry we are for the loss of your {relation}. {told} that you sent us
        the papers for {theirs} account on {event}, that we asked for them a second time, and that
        letters in {theirs} name kept coming all the while.

        We are sorry that you have lost your {relation}, and that a bank added to your cares. {told}
        that the papers you posted on {event} did not stop us from asking for them again, or from
        writing to {theirs} address as if nothing had happened.
    """),
    upheld=Ending(
        findings=ways("""
            The papers that you sent were complete. They were filed with the wrong record, so the
            team that closes accounts never saw them, and because the account looked open the
            letters went on. Nobody put the two together until you complained.

            You sent us all that we needed. A colleague put the papers aside to have one of them
            certified, though it was certified already. Until that was settled nobody marked the
            account, and the letters were printed as before.
        """),
        remedies=ways("""
            The account was closed on {paid}, and its balance of {balance} went to the estate that
            day with {interest} of interest. We have sent you {goodwill}, though we know that this
            was never about money, and have taken your {relation}’s name off every list that we
            hold.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We did need one more paper from you, the form that releases a balance of this size. But
            we ought to have asked for it when the others arrived, not for all of them again, and
            the letters in {theirs} name should have stopped on the first day.
        """),
        remedies=ways("""
            The form has come, and the balance of {balance} was paid to the estate on {paid} with
            {interest} of interest. The letters have been stopped. We have sent you {goodwill} for
            the distress that they caused.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We looked at everything that you sent and everything that we sent to you. A page was
            missing from the copy of the grant, and we wrote once, on {second}, to ask for it. The
            letters in your {relation}’s name were the two statements that we must send for as long
            as an account is open, and they went to you because you act for the estate.
        """),
        remedies=ways("""
            Only that one page is needed now. Any branch can copy it while you wait, so the original
            need never leave your hands, and a colleague from our bereavement team will see the
            account to its close. Until then no further statement will be posted.
        """),
    ),
    lessons=ways("""
        Papers about somebody who has died now go to one team, which answers within two working days
        and has the power to stop every letter at once.
    """),
)


def _cash(case: Case) -> Facts:
    at = case.chance
    gap, paid_in = at.one_of((20, 40, 60, 80)) * 100, at.whole(22, 96) * 1000
    return {
        "counted": pounds(paid_in),
        "credited": pounds(paid_in - gap),
        "gap": pounds(gap),
        "total": pounds(gap + case.goodwill),
    }


CASH_DEPOSIT = Story(
    facts=_cash,
    followed=(1, 5),
    goodwill=(30, 90),
    subjects=ways("""
        The cash that you paid in at {town} on {event}

        Your complaint about a deposit that was {gap} short
    """),
    complaints=ways("""
        {told} that you paid {counted} in cash into the paying-in machine in {town} on {event}, and
        that only {credited} appeared in your account.

        {told} that you had counted {counted} twice before you put it into the paying-in machine in
        {town} on {event}, and that the {gap} missing from your account is not your mistake.
    """),
    upheld=Ending(
        findings=ways("""
            You counted correctly. When the machine was emptied on {second} it held {gap} more than
            its record said it should. Some of your notes had lodged behind the counting tray, where
            the sensor could not see them.

            We had the machine opened on {second}, and {gap} was found between the slot and the belt
            that carries the notes. Two other customers had reported the same in that week. It
            should have been taken out of use after the first of them.
        """),
        remedies=ways("""
            The {gap} was added to your account on {paid} as if it had been there since {event}. We
            have added {goodwill} for the time you spent on our mistake, so {total} has been paid
            altogether. The machine has been repaired.
        """),
    ),
    partly=Ending(
        findings=ways("""
            We could find no sign that the machine was wrong: it balanced when it was emptied on
            {second}. But it should have been emptied and counted at the end of each day, and it had
            not been. That leaves more room for doubt than we are comfortable with, and the doubt
            should not be at your expense.
        """),
        remedies=ways("""
            We paid the {gap} into your account on {paid}, and {goodwill} with it because the
            machine was not looked after as it should have been. Together that is {total}.
        """),
    ),
    refused=Ending(
        findings=ways("""
            The machine balanced to the penny that evening, and again on {second}. Its record lists
            every note that it took from you, and they add up to {credited}. The same figure was on
            the screen, and was accepted there, before the deposit went through.

            We asked for the machine to be opened and counted, and on {reviewed} two colleagues went
            through its records note by note. They found {credited} under your name and no surplus
            on that day or the days around it.
        """),
        remedies=ways("""
            I do understand that you counted the notes yourself. You are welcome to see the list at
            our {town} branch, and next time a colleague at the counter will be happy to count them
            with you before anything is paid in.
        """),
    ),
    lessons=ways("""
        All our paying-in machines are now emptied and counted at the end of each day, and the count
        is kept.
    """),
)


def _locked(case: Case) -> Facts:
    at = case.chance
    late = at.whole(8, 25) * 100
    return {
        "bill": at.one_of(("garage", "vet’s", "heating oil", "dentist’s", "plumber’s")),
        "amount": pounds(at.whole(6400, 41000)),
        "late": pounds(late),
        "total": pounds(late + case.goodwill),
    }


LOCKED_OUT = Story(
    facts=_locked,
    subjects=ways("""
        Your complaint about being locked out of our app

        Getting into our app with your new telephone
    """),
    complaints=ways("""
        {told} that you could not get into our app after you changed your telephone on {event}, and
        that a {bill} bill of {amount} went unpaid on {second} because of it.

        {told} that a new telephone should not mean losing the use of one’s bank. You have been
        locked out of our app since {event}, and paid {late} extra on a {bill} bill that you could
        not settle on {second}.
    """),
    upheld=Ending(
        findings=ways("""
            The code that we posted to you went to your old address. You had given us the new one
            long before, and our main records show it. The list from which codes are posted had not
            been brought up to date, and the screen went on telling you to wait for a letter that
            could not arrive.

            Your new telephone was registered twice, a few seconds apart, because the app seemed to
            have stopped and asked you to try again. Each attempt cancelled the code of the other.
            No code that you were sent could have worked, and the help pages did not say so.
        """),
        remedies=ways("""
            Your access was restored on {reviewed}. We have paid you the {late} that was added to
            your bill and {goodwill} for the inconvenience, {total} in all, which was in your
            account on {paid}.
        """),
    ),
    partly=Ending(
        findings=ways("""
            The app asked for a new code because the telephone was new, and that is a lock which
            protects your money. It should take a day. It took until {reviewed}, because the code
            had been made and then not posted. The bill itself could have been paid at a branch, as
            the message on the screen explained, so the late charge was not something we caused.
        """),
        remedies=ways("""
            You have had the use of the app again since {reviewed}, and on {paid} we paid you
            {goodwill} for the time you were without it.
        """),
    ),
    refused=Ending(
        findings=ways("""
            We posted a code to the address that you had confirmed, and another a week later. Both
            ran out unused. The letters that carry them say how long they last, and the screen
            offered two other ways to pay a bill in the meantime. I am afraid we cannot find
            anything that we should have done and did not do.

            The records show the code being used on {second}, with two figures in it exchanged, and
            again in the same way a little later. After the third attempt the app closes the door
            for safety and says how to have it opened. The other ways to pay a bill stayed open, and
            the page said that too.
        """),
        remedies=ways("""
            A fresh code has been made for you, and it will last for thirty days. If you would
            rather not wait for the post, bring your passport or driving licence to our {town}
            branch, and a colleague will set up your telephone with you there and then.
        """),
    ),
    lessons=ways("""
        The screen now tells people who have waited more than three days for a code how to reach
        somebody who can help.
    """),
)
