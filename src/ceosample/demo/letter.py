"""A letter, put together from a story's own sentences and the ones that all letters share."""

from typing import Any

from ceosample.demo import words
from ceosample.demo.case import Case, Facts, Story
from ceosample.demo.people import Person
from ceosample.demo.places import Home
from ceosample.demo.say import listed, spelled

_MOST_WORDS = 280
_MANY_CONTACTS = 5

_CONTACT_NAMES = {
    "telephone": ("call", "calls"),
    "email": ("email", "emails"),
    "letter": ("letter", "letters"),
    "branch visit": ("visit to a branch", "visits to a branch"),
    "chat": ("chat", "chats"),
}


def write(
    case: Case, story: Story, person: Person, home: Home, contacts: dict[str, int]
) -> dict[str, Any]:
    """The fields of one letter. `contacts` are those of its docket, channel -> count."""
    facts = case.facts() | story.facts(case)
    facts["told"] = case.chance.one_of(words.TOLD[case.channel])
    subject = case.chance.one_of(story.subjects).format_map(facts)
    return {
        "recipient": person.name,
        "address": list(home.lines),
        "salutation": person.salutation,
        "subject": subject,
        "body": _body(case, story, facts, contacts),
        "closing": "Yours sincerely,",
    }


def counted(contacts: dict[str, int]) -> str:
    """Contacts in words.

    >>> counted({"telephone": 13, "email": 4})
    'thirteen calls and four emails'
    """
    return listed(
        [f"{spelled(count)} {_CONTACT_NAMES[name][count > 1]}" for name, count in contacts.items()]
    )


def _body(case: Case, story: Story, facts: Facts, contacts: dict[str, int]) -> str:
    one_of = case.chance.one_of
    verdict_first = case.chance.happens(50)
    ending = story.ending(case.outcome)
    beginning = [one_of(words.OPENINGS[case.channel]), one_of(story.complaints)]
    remedy = [one_of(words.SORRY[case.outcome]), one_of(ending.remedies)]
    last = [one_of(words.REFER[case.outcome])]
    if verdict_first:
        beginning.append(one_of(words.VERDICT_FIRST[case.outcome]))
    else:
        last.insert(0, one_of(words.VERDICT_LAST[case.outcome]))
    main = [" ".join(beginning), one_of(ending.findings), " ".join(remedy)]
    main += _about_contacts(case, contacts)
    main = [paragraph.format_map(facts) for paragraph in main]
    closing = " ".join(last)
    if not case.refused:
        main += _if_room(case, 65, one_of(story.lessons), [*main, closing])
    offer = _if_room(case, 35, one_of(words.OFFER), [*main, closing])
    return "\n\n".join([*main, " ".join([closing, *offer])])


def _about_contacts(case: Case, contacts: dict[str, int]) -> list[str]:
    """A paragraph about being made to ask again and again, if that is what happened."""
    times = sum(contacts.values())
    if times < _MANY_CONTACTS or case.refused:
        return []
    sentence = case.chance.one_of(words.CONTACTS)
    return [sentence.format(contacts=counted(contacts), times=spelled(times))]


def _if_room(case: Case, percent: int, extra: str, text: list[str]) -> list[str]:
    """A sentence that is often added, so long as the letter does not grow too long."""
    room = _MOST_WORDS - len(" ".join(text).split())
    wanted = case.chance.happens(percent)
    return [extra] if wanted and len(extra.split()) <= room else []
