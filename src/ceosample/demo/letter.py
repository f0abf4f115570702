"""The fields of a letter, from a story's own sentences and the ones that all letters share."""

from typing import Any

from ceosample.demo import words
from ceosample.demo.case import Case, CaseOutcome, Story
from ceosample.demo.people import Person
from ceosample.demo.places import Home
from ceosample.demo.say import listed, spelled

_MOST_WORDS = 200
_MANY_CONTACTS = 5

_CONTACT_NAMES = {
    "telephone": ("call", "calls"),
    "email": ("email", "emails"),
    "letter": ("letter", "letters"),
    "branch visit": ("visit to a branch", "visits to a branch"),
    "chat": ("chat", "chats"),
}


KINDS: dict[CaseOutcome, str] = {
    "upheld": "upheld",
    "partly upheld": "partly-upheld",
    "not upheld": "not-upheld",
}
"""The library's word for each outcome."""


def write(
    case: Case, story: Story, person: Person, home: Home, contacts: dict[str, int]
) -> dict[str, Any]:
    """The fields of one letter, which the ready template of its kind puts together.

    `contacts` are those of its docket, channel -> count.
    """
    one_of = case.chance.one_of
    facts = case.facts() | story.facts(case)
    facts["told"] = one_of(words.TOLD[case.channel])
    ending = story.ending(case.outcome)
    parts = {
        "complaint": one_of(story.complaints),
        "findings": one_of(ending.findings),
        "remedy": one_of(ending.remedies),
    }
    if not case.upheld:
        parts["reasons"] = one_of(words.REASONS[case.outcome])
    parts = {name: text.format_map(facts) for name, text in parts.items()}
    parts["findings"] += _about_contacts(case, contacts)
    return {
        "kind": KINDS[case.outcome],
        "recipient": person.name,
        "address": list(home.lines),
        "salutation": person.salutation,
        "subject": one_of(story.subjects).format_map(facts),
        "received": case.received.isoformat(),
        **parts,
        **_lesson(case, one_of(story.lessons), parts),
        "contact": one_of(words.CONTACT),
    }


def counted(contacts: dict[str, int]) -> str:
    """Contacts in words.

    >>> counted({"telephone": 13, "email": 4})
    'thirteen calls and four emails'
    """
    return listed(
        [f"{spelled(count)} {_CONTACT_NAMES[name][count > 1]}" for name, count in contacts.items()]
    )


def _about_contacts(case: Case, contacts: dict[str, int]) -> str:
    """A paragraph about being made to ask again and again, if that is what happened."""
    times = sum(contacts.values())
    if times < _MANY_CONTACTS or case.refused:
        return ""
    sentence = case.chance.one_of(words.CONTACTS)
    return "\n\n" + sentence.format(contacts=counted(contacts), times=spelled(times))


def _lesson(case: Case, lesson: str, parts: dict[str, str]) -> dict[str, str]:
    """What the bank has changed: often said, so long as the letter does not grow too long."""
    room = _MOST_WORDS - len(" ".join(parts.values()).split())
    wanted = case.chance.happens(65) and not case.refused
    return {"lessons": lesson} if wanted and len(lesson.split()) <= room else {}
