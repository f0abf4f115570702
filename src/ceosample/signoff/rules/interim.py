"""The lines for the judge's table."""

from __future__ import annotations

from typing import Any, Final

from ceosample.signoff.rules import authority, eligibility

RULES: Final[tuple[tuple[Any, ...], ...]] = (
    (
        2,
        eligibility.require_listed_reason,
        "replaced",
        "found_ineligible",
        "eligibility_questioned",
    ),
    (2, eligibility.require_never_sent, "replaced"),
    (2, eligibility.require_sent, "found_ineligible"),
    (2, eligibility.require_two_persons, "replaced", "found_ineligible"),
    (2, eligibility.require_not_the_executive, "replaced", "found_ineligible"),
    (2, eligibility.require_an_independent_person, "found_ineligible"),
    (2, authority.require_approver_of_superseding, "superseded"),
    (2, authority.require_for_the_board, "board_answer"),
    (2, authority.require_no_hand_in_the_answer, "board_answer"),
    (2, authority.require_a_limit, "resolved_nonstandard"),
    (2, authority.require_customer_facing, "oop_proposed", "oop_cosigned"),
)
