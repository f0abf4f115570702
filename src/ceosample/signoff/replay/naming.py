"""Who agreed to be named in notices, and before whom; whoever did not is counted and not named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from ceosample.result import Result
from ceosample.signoff.store.events import Event, uncorrected

#: Colleagues inside the firm.
STAFF: Final = "staff"

#: Everybody.
PUBLIC: Final = "public"

#: Who may read a name, the narrower first: consent to a wider one is consent to this one too.
AUDIENCES: Final = (STAFF, PUBLIC)

#: The events by which a person agrees, and by which that ends.
AGREED: Final = "naming_agreed"
WITHDRAWN: Final = "naming_withdrawn"


@attrs.frozen
class NamingConsent(Result):
    """A person's consent to be named.

    Attributes:
        person: their id.
        audience: ``staff``, or ``public``, which includes staff.
        name: the digest of the name by which they agreed to be named.
        since: when they agreed, as claimed.
    """

    person: str
    audience: str
    name: str
    since: str

    def reaches(self, audience: str) -> bool:
        """Whether a notice for this audience can name the person."""
        return AUDIENCES.index(audience) <= AUDIENCES.index(self.audience)


def consents(events: Iterable[Event]) -> dict[str, NamingConsent]:
    """The consents that are in force after these events, by person.

    A person's newest event counts, whatever moment a figure is asked for: a name that was withdrawn
    or erased is in no later notice.
    """
    found: dict[str, NamingConsent] = {}
    for event in uncorrected(event for event in events if event.population is None):
        if event.kind == AGREED:
            said = event.payload
            person = said["person"]
            found[person] = NamingConsent(person, said["audience"], said["name"], event.at)
        elif event.kind in (WITHDRAWN, "forgotten") and "person" in event.payload:
            found.pop(event.payload["person"], None)
    return found
