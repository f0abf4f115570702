"""People: roles with dates, deputies, duties that are not in one hand, authority, names."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceosample.errors import CeosampleError, LedgerError
from ceosample.signoff.ledger import Ledger
from ceosample.signoff.replay.people import ROLES, People, people_of
from ceosample.signoff.rules.duties import HANDS_OFF, ROLES_FOR, require_role
from ceosample.signoff.store.events import NOTHING_BEFORE, Event
from months import (
    AT,
    AUTHOR,
    CEO,
    LATER,
    MONTH,
    OFFICE,
    OWNER,
    PERIOD,
    PLAN,
    POPULATION,
    SAMPLER,
    Clock,
    frame_of,
    kinds,
    nothing_written,
    open_ledger,
    registered,
    sent,
)
from refusals import NO_TIME_ZONE, before_event, cannot_become, refused

START = dt.date(2026, 1, 1)
DAY = AT.date()
BY: Any = {"by": "board", "at": AT}


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with open_ledger("sqlite://" if address.startswith("sqlite") else address) as opened:
        yield opened


@pytest.fixture
def book() -> Iterator[Ledger]:
    """A ledger in memory, where the database makes no difference."""
    with open_ledger() as opened:
        yield opened


def grant(ledger: Ledger, person: str, role: str, **what: Any) -> Event:
    return ledger.grant(person, role, **{"since": START, **BY, **what})


def holders(
    ledger: Ledger, role: str, on: dt.date = DAY, population: str | None = None
) -> set[str]:
    people = ledger.people(population)
    return {g.person for g in people.grants if g.role == role and g.holds(on)}


# Grants and revocations


def test_a_role_holds_from_its_first_day_to_its_last(ledger: Ledger) -> None:
    """'inside their dates'"""
    grant(ledger, "ann", "auditor", since=dt.date(2026, 3, 1), until=dt.date(2026, 3, 31))
    days = [dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 3, 31), dt.date(2026, 4, 1)]
    assert [holders(ledger, "auditor", day) for day in days] == [set(), {"ann"}, {"ann"}, set()]


def test_a_grant_for_a_population_holds_there_alone_and_one_without_holds_everywhere(
    ledger: Ledger,
) -> None:
    grant(ledger, "ann", "auditor", population=POPULATION)
    grant(ledger, "bo", "auditor")
    assert holders(ledger, "auditor", population=POPULATION) == {"ann", "bo"}
    assert holders(ledger, "auditor", population="internal") == {"bo"}
    assert holders(ledger, "auditor") == {"bo"}


def test_a_revocation_ends_a_role_on_the_day_before(ledger: Ledger) -> None:
    grant(ledger, "ann", "auditor")
    ledger.revoke("ann", "auditor", since=DAY, **BY)
    assert holders(ledger, "auditor", DAY - dt.timedelta(days=1)) == {"ann"}
    assert holders(ledger, "auditor", DAY) == set()
    assert kinds(ledger) == ["opened", "rules", "role_granted", "role_revoked"]


def test_a_revocation_in_one_population_ends_there_what_was_granted_everywhere(
    ledger: Ledger,
) -> None:
    grant(ledger, "ann", "auditor")
    ledger.revoke("ann", "auditor", since=DAY, population=POPULATION, **BY)
    assert holders(ledger, "auditor", population=POPULATION) == set()
    assert holders(ledger, "auditor", population="internal") == {"ann"}


def test_what_is_not_held_cannot_be_taken_away(ledger: Ledger) -> None:
    grant(ledger, "ann", "auditor", since=DAY)
    with nothing_written(ledger):
        for person, role, since in (
            ("bo", "auditor", DAY),
            ("ann", "handler", DAY),
            ("ann", "auditor", START),
        ):
            with pytest.raises(LedgerError, match=f"'{person}' is not {role} on {since}"):
                ledger.revoke(person, role, since=since, **BY)


def test_granting_and_revoking_twice_is_once(ledger: Ledger) -> None:
    """'saying the same thing twice changes nothing: the event of the first time is given back'"""
    granted = grant(ledger, "ann", "auditor")
    with nothing_written(ledger):
        assert grant(ledger, "ann", "auditor", at=LATER) == granted
    revoked = ledger.revoke("ann", "auditor", since=DAY, **BY)
    with nothing_written(ledger):
        assert ledger.revoke("ann", "auditor", since=DAY, **BY) == revoked


def test_a_role_that_was_taken_away_can_be_given_again(ledger: Ledger) -> None:
    """What counts is the newest word, not that the same was said before."""
    first = grant(ledger, "ann", "auditor")
    ledger.revoke("ann", "auditor", since=START, **BY)
    assert holders(ledger, "auditor") == set()
    assert grant(ledger, "ann", "auditor") != first
    assert holders(ledger, "auditor") == {"ann"}
    ledger.revoke("ann", "auditor", since=START, **BY)
    assert holders(ledger, "auditor") == set()


@pytest.mark.parametrize("what", ["grant", "revocation"])
def test_a_corrected_grant_or_revocation_is_as_if_never_said(ledger: Ledger, what: str) -> None:
    """'that event is void, as if never said; it stays on record'"""
    granted = grant(ledger, "ann", "auditor")
    wrong = granted
    if what == "revocation":
        wrong = ledger.revoke("ann", "auditor", since=START, **BY)
    ledger.correct(wrong.hash, reason_code="slip", **BY)
    assert holders(ledger, "auditor") == ({"ann"} if what == "revocation" else set())
    if what == "grant":
        assert grant(ledger, "ann", "auditor") != granted
        assert holders(ledger, "auditor") == {"ann"}


def test_every_fault_of_a_grant_is_named_at_once(book: Ledger) -> None:
    """'A check of a table reports every fault it found, not only the first'"""
    wrong: Any = "yesterday"
    with nothing_written(book), pytest.raises(LedgerError) as refusal:
        book.grant("", "emperor", since=wrong, until=wrong, of="x", limit="lots", **BY)
    found = [fault.split(",")[1].split(":")[0].strip() for fault in refusal.value.faults]
    assert found == ["person", "role", "since", "until", "of", "currency", "limit"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"until": dt.date(2025, 12, 31)}, "until: got 2025-12-31, which is before 2026-01-01"),
        ({"since": AT}, "since: got .*give a datetime.date"),
        ({"role": "deputy"}, "of: missing; give the id of the person"),
        ({"of": "bo"}, "of: got 'bo'; remove it, since only a deputy"),
        ({"role": "deputy", "of": "ann"}, "of: got 'ann'"),
        ({"role": "deputy", "of": 7}, "of: got 7"),
        ({"limit": "5000"}, "missing, and (limit|currency) is .*; give both or neither"),
        ({"currency": "GBP"}, "missing, and (limit|currency) is .*; give both or neither"),
        ({"limit": "-1", "currency": "GBP"}, "limit: got '-1'"),
        ({"limit": 1.5, "currency": "GBP"}, "limit: got 1.5"),
        ({"limit": "1", "currency": "quid"}, "currency: got 'quid'; give a currency's three"),
        ({"person": None}, "person: got None"),
        ({"role": ["auditor"]}, "role: got"),
        ({"population": ""}, "population: got ''"),
        ({"population": 7}, "population: got 7"),
        ({"by": ""}, "by: got ''"),
        ({"at": dt.datetime(2026, 1, 1)}, NO_TIME_ZONE),  # noqa: DTZ001 - that is the point
        ({"at": dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))}, "outside the"),
    ],
)  # fmt: skip
def test_a_grant_that_is_none_is_refused_in_words(
    book: Ledger, changes: dict[str, Any], words: str
) -> None:
    fields = {"person": "ann", "role": "auditor", "since": START, **BY, **changes}
    with nothing_written(book), pytest.raises(LedgerError, match=words):
        book.grant(fields.pop("person"), fields.pop("role"), **fields)


def test_a_revocation_that_is_none_is_refused_in_words(book: Ledger) -> None:
    nobody: Any = None
    with nothing_written(book), pytest.raises(LedgerError) as refusal:
        book.revoke(nobody, "emperor", since=nobody, **BY)
    assert len(refusal.value.faults) == 3


@given(st.data())
def test_people_are_what_the_grants_and_revocations_say_in_order(data: st.DataObject) -> None:
    """'Roles ... from one day to another': day by day, the newest word about a person counts."""
    days = [START + dt.timedelta(days=n) for n in range(6)]
    held: dict[tuple[str, dt.date], bool] = {}
    events: list[Event] = []
    for number in range(data.draw(st.integers(0, 8))):
        person = data.draw(st.sampled_from(["ann", "bo"]))
        first = data.draw(st.sampled_from(days))
        payload: dict[str, Any] = {"person": person, "role": "auditor", "from": first.isoformat()}
        granted = data.draw(st.booleans())
        if granted:
            last = data.draw(st.sampled_from([day for day in days if day >= first]))
            payload["until"] = last.isoformat()
        for day in days:
            if granted and first <= day <= last:
                held[person, day] = True
            elif not granted and day >= first:
                held[person, day] = False
        kind = "role_granted" if granted else "role_revoked"
        at = AT.isoformat()
        before = events[-1].hash if events else NOTHING_BEFORE
        events.append(Event(number + 1, at, at, "b", kind, None, None, None, payload, before))
    people = people_of(events)
    for person in ("ann", "bo"):
        for day in days:
            assert bool(people.having(person, ["auditor"], day)) is held.get((person, day), False)


def test_the_displays_of_people_show_each_grant(book: Ledger) -> None:
    assert str(book.people()) == "no roles granted"
    grant(book, "<i>", "deputy", of=CEO, until=dt.date(2026, 12, 31), population=POPULATION)
    grant(book, CEO, "signatory", limit="5000.00", currency="GBP")
    people = book.people(POPULATION)
    assert "5000.00 GBP" in str(people)
    assert "<i>" not in people._repr_html_()
    assert people.to_dict() == {
        "grants": [
            {"person": "<i>", "role": "deputy", "from": "2026-01-01", "until": "2026-12-31",
             "for": CEO, "limit": "", "population": POPULATION},
            {"person": CEO, "role": "signatory", "from": "2026-01-01", "until": "", "for": "",
             "limit": "5000.00 GBP", "population": "all"},
        ]
    }  # fmt: skip


# A role that is known is needed


@pytest.mark.parametrize("kind", sorted(ROLES_FOR))
def test_a_role_that_is_known_is_needed_and_an_unknown_one_is_not(kind: str) -> None:
    """'a ledger without a register of people asks only what the events themselves show'"""
    assert require_role(People(()), kind, "anybody", AT) == ()
    assert set(ROLES_FOR[kind]) <= set(ROLES)
    with open_ledger() as book:
        for role in ROLES_FOR[kind]:
            grant(book, f"a-{role}", role, of=CEO if role == "deputy" else None)
        people = book.people()
    for role in ROLES_FOR[kind]:
        assert require_role(people, kind, f"a-{role}", AT)
        with pytest.raises(LedgerError, match="on 2025-12-31"):
            require_role(people, kind, f"a-{role}", AT.replace(year=2025, month=12, day=31))
    with pytest.raises(LedgerError, match=r"'anybody' is not .*grant the role first"):
        require_role(people, kind, "anybody", AT)


def test_a_month_is_frozen_revealed_and_drawn_by_those_who_may(book: Ledger) -> None:
    grant(book, SAMPLER, "sampler")
    with nothing_written(book), pytest.raises(LedgerError, match="frozen: 'bo' is not sampler"):
        book.freeze(frame_of(), PLAN, seed_source="dice", by="bo", at=AT)
    draw, _ = registered(book)
    assert book.register(draw, by="bo", at=AT).kind == "drawn"  # already done is no new work


def test_a_time_that_is_none_is_refused_in_words_wherever_a_role_is_asked_for(
    book: Ledger,
) -> None:
    at: Any = "2026-11-02"
    with (
        nothing_written(book),
        pytest.raises(LedgerError, match=r"at: got '.*'; give an aware datetime"),
    ):
        book.freeze(frame_of(), PLAN, seed_source="dice", by=SAMPLER, at=at)
    month = sent(book)
    with nothing_written(book):
        with pytest.raises(LedgerError, match=r"at: got '.*'; give an aware datetime"):
            book.supersede(POPULATION, PERIOD, by="exec", at=at, reason_code="slip")
        with pytest.raises(LedgerError, match=r"at: got '.*'; give an aware datetime"):
            month.sign(at=at)


def test_a_role_in_another_population_is_none_here(ledger: Ledger) -> None:
    month = sent(ledger)
    grant(ledger, CEO, "signatory", population="internal")
    month.sign()  # here nobody is registered as signatory
    grant(ledger, "somebody", "signatory", population=POPULATION)
    with nothing_written(ledger), pytest.raises(LedgerError, match="'ceo' is not signatory"):
        month.sign(month.second)


def test_what_is_said_before_the_register_knows_a_role_stays(ledger: Ledger) -> None:
    month = sent(ledger)
    signed = month.sign()
    grant(ledger, "somebody", "signatory")
    assert month.sign() == signed
    assert ledger.check().ok


# Deputies


def deputised(ledger: Ledger, **what: Any) -> Any:
    grant(ledger, "dep", "deputy", **{"of": CEO, **what})
    month = sent(ledger)
    month.say("delegated", to="dep")
    return month


def test_a_deputy_signs_under_their_own_name_and_it_is_said_for_whom(ledger: Ledger) -> None:
    """'only to a deputy registered beforehand, inside their dates, under the deputy's own name'"""
    month = deputised(ledger)
    with nothing_written(ledger):
        for by in (CEO, "somebody"):
            with pytest.raises(LedgerError, match="sign in their own name"):
                month.say("signed_by_deputy", by=by, letter=month.digest())
        with pytest.raises(LedgerError, match="cannot become signed from delegated"):
            month.sign(by="dep")
    signed = month.say("signed_by_deputy", by="dep", letter=month.digest())
    assert (signed.actor, signed.payload) == ("dep", {"letter": month.digest(), "for": CEO})
    with nothing_written(ledger):
        assert month.say("signed_by_deputy", by="dep", letter=month.digest()) == signed


def test_a_deputy_of_somebody_else_is_none(ledger: Ledger) -> None:
    grant(ledger, "dep", "deputy", of="coo")
    month = sent(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="not registered as deputy of"):
        month.say("delegated", to="dep")


@pytest.mark.parametrize(
    "dates",
    [
        {"since": dt.date(2026, 11, 3)},
        {"until": dt.date(2026, 11, 1)},
    ],
    ids=["not yet", "no longer"],
)
def test_outside_their_dates_nobody_is_a_deputy(ledger: Ledger, dates: dict[str, Any]) -> None:
    """'inside their dates'"""
    grant(ledger, "dep", "deputy", of=CEO, **dates)
    month = sent(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="as deputy of 'ceo' on 2026-11"):
        month.say("delegated", to="dep")


def test_a_deputy_whose_dates_end_before_the_signature_does_not_sign(ledger: Ledger) -> None:
    month = deputised(ledger, until=DAY)
    with nothing_written(ledger), pytest.raises(LedgerError, match="dep"):
        month.say("signed_by_deputy", by="dep", letter=month.digest(), at=LATER)
    month.say("signed_by_deputy", by="dep", letter=month.digest())


@pytest.mark.parametrize("how", ["revoked", "corrected"])
def test_a_deputy_who_is_none_any_more_does_not_sign(ledger: Ledger, how: str) -> None:
    granted = grant(ledger, "dep", "deputy", of=CEO)
    month = sent(ledger)
    month.say("delegated", to="dep")
    if how == "revoked":
        ledger.revoke("dep", "deputy", since=DAY, **BY)
    else:
        ledger.correct(granted.hash, reason_code="slip", **BY)
    with nothing_written(ledger), pytest.raises(LedgerError, match="dep"):
        month.say("signed_by_deputy", by="dep", letter=month.digest())


def test_a_deputy_is_registered_before_and_not_with_an_earlier_date_afterwards() -> None:
    """'a deputy registered beforehand'"""
    clock = Clock()
    with open_ledger(clock=clock) as book:
        month = sent(book)
        clock.now = AT + dt.timedelta(hours=1)
        grant(book, "dep", "deputy", of=CEO)  # since January, written down today
        with nothing_written(book), pytest.raises(LedgerError, match="only after 2026-11-02T09:00"):
            month.say("delegated", to="dep")
        month.say("delegated", to="dep", at=LATER)
        with nothing_written(book), refused(LedgerError, before_event()):
            month.say("signed_by_deputy", by="dep", letter=month.digest())
        month.say("signed_by_deputy", by="dep", letter=month.digest(), at=LATER)


def test_a_delegation_can_be_taken_back_and_the_signatory_signs(ledger: Ledger) -> None:
    """'delegated | ..., sent_for_signature (recalled)'"""
    month = deputised(ledger)
    recalled = month.say("sent_for_signature", at=LATER)
    assert recalled.payload == {
        "letter": month.digest(), "signatory": CEO, "pack": month.pack.digest
    }  # fmt: skip
    with nothing_written(ledger):
        assert month.say("sent_for_signature", at=LATER) == recalled
        with refused(LedgerError, cannot_become("signed_by_deputy")):
            month.say("signed_by_deputy", by="dep", letter=month.digest())
    with nothing_written(ledger), refused(LedgerError, before_event()):
        month.sign()
    signed = month.say("signed", by=CEO, letter=month.digest(), at=LATER)
    assert signed.payload == {"letter": month.digest()}


def test_a_letter_is_delegated_by_its_signatory_alone(ledger: Ledger) -> None:
    grant(ledger, "dep", "deputy", of=CEO)
    month = sent(ledger)
    with nothing_written(ledger), pytest.raises(LedgerError, match="only they can"):
        month.say("delegated", by="dep", to="dep")


@pytest.mark.parametrize("hand", ["sampler", "author"])
def test_a_deputy_with_a_hand_in_the_letter_does_not_sign_it(book: Ledger, hand: str) -> None:
    """'the sampler or the handler of a letter cannot sign it'"""
    grant(book, "dep", "deputy", of=CEO)
    hands: dict[str, Any] = {hand: "dep"}
    month = sent(book, **hands)
    month.say("delegated", to="dep")
    with (
        nothing_written(book),
        pytest.raises(LedgerError, match=r"may not sign (its letters|it);"),
    ):
        month.say("signed_by_deputy", by="dep", letter=month.digest())


# Duties that are not in one hand


def test_the_sampler_of_a_letter_cannot_sign_it(ledger: Ledger) -> None:
    """'the sampler or the handler of a letter cannot sign it'"""
    month = sent(ledger, sampler=CEO)
    with nothing_written(ledger), pytest.raises(LedgerError, match="'ceo' registered the draw"):
        month.sign()


def test_the_handler_of_a_letter_cannot_sign_it(ledger: Ledger) -> None:
    """'the sampler or the handler of a letter cannot sign it'"""
    month = sent(ledger, author=CEO)
    with nothing_written(ledger), pytest.raises(LedgerError, match="'ceo' wrote the letter"):
        month.sign()


def test_a_letter_that_the_executive_took_over_and_wrote_is_signed_and_labelled(
    ledger: Ledger,
) -> None:
    """'it may be signed by its writer, and is labelled'"""
    month = sent(ledger)
    month.say("taken_over")
    pack = month.send_anew(author=CEO)
    signed = month.sign()
    assert signed.payload == {"letter": pack[month.first].digest, "own_letter": True}
    with nothing_written(ledger):
        assert month.sign() == signed
    assert ledger.check().ok


def test_the_label_stands_on_the_taking_over_which_cannot_be_corrected_from_under_it(
    ledger: Ledger,
) -> None:
    """'refused when what came after would be impossible'"""
    month = sent(ledger)
    taken = month.say("taken_over")
    month.send_anew(author=CEO)
    signed = month.sign()
    with nothing_written(ledger), pytest.raises(LedgerError, match="only after taking it over"):
        ledger.correct(taken.hash, reason_code="slip", **BY)
    ledger.correct(signed.hash, reason_code="slip", **BY)
    ledger.correct(taken.hash, reason_code="slip", **BY)
    with nothing_written(ledger), pytest.raises(LedgerError, match="wrote the letter"):
        month.sign()


def test_a_letter_that_was_taken_over_and_written_by_another_is_signed_without_a_label(
    book: Ledger,
) -> None:
    month = sent(book)
    month.say("taken_over")
    assert month.sign().payload == {"letter": month.digest()}


def test_taking_over_by_somebody_else_is_no_excuse_for_the_writer(book: Ledger) -> None:
    month = sent(book)
    month.say("taken_over", by="coo")
    month.send_anew(author=CEO)
    with nothing_written(book), pytest.raises(LedgerError, match="'ceo' wrote the letter"):
        month.sign()


def test_the_sampler_who_took_a_letter_over_still_does_not_sign_it(book: Ledger) -> None:
    """'The one exception is a letter that the executive took over and wrote'"""
    month = sent(book, sampler=CEO)
    month.say("taken_over")
    month.send_anew(author=CEO)
    with nothing_written(book), pytest.raises(LedgerError, match="registered the draw"):
        month.sign()


@pytest.mark.parametrize("hand", [SAMPLER, OWNER, AUTHOR])
@pytest.mark.parametrize("kind", HANDS_OFF)
def test_who_replaces_releases_or_supersedes_has_no_hand_in_it(
    ledger: Ledger, kind: str, hand: str
) -> None:
    """'who replaces, releases or supersedes is none of sampler, owner, handler'"""
    month = sent(ledger)

    def decide(by: str) -> Event:
        if kind == "superseded":
            return ledger.supersede(POPULATION, PERIOD, by=by, at=AT, reason_code="slip")
        return month.say(kind, by=by, reason_code="slip")

    with (
        nothing_written(ledger),
        pytest.raises(LedgerError, match=f"'{hand}' is the .*choose someone"),
    ):
        decide(hand)
    assert decide("exec").actor == "exec"


def test_a_withdrawal_has_an_approver_who_is_not_the_owner(ledger: Ledger) -> None:
    """'It needs a reason code and an approver who is not the owner'"""
    month = sent(ledger)
    with nothing_written(ledger):
        with pytest.raises(LedgerError, match="'owner-1' owns the letter, and may not approve"):
            month.say("withdrawn", by=OFFICE, reason_code="customer", approver=OWNER)
        with pytest.raises(LedgerError, match="approver: missing") as refusal:
            month.say("withdrawn", by=OFFICE)
        assert len(refusal.value.faults) == 2
    said = month.say("withdrawn", by=OFFICE, reason_code="customer", approver="boss")
    assert said.payload == {"reason_code": "customer", "approver": "boss"}


def test_everything_that_stands_against_an_act_is_named_at_once(book: Ledger) -> None:
    grant(book, OFFICE, "executive-office")
    month = sent(book, author=SAMPLER)
    with nothing_written(book), pytest.raises(LedgerError) as refusal:
        month.say("lapsed", by=SAMPLER, reason_code="deadline")
    told = "\n".join(refusal.value.faults)
    assert len(refusal.value.faults) == 3
    assert "is not executive-office" in told
    assert "is the sampler" in told
    assert "is the author" in told


# Authority


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("5000.00", "GBP", None),
        ("5000", "GBP", None),
        ("5000.01", "GBP", "at most 5000 GBP.; escalate it"),
        ("1", "EUR", "nothing in EUR"),
    ],
)
def test_a_non_standard_resolution_stays_within_the_authority(
    ledger: Ledger, amount: str, currency: str, words: str | None
) -> None:
    grant(ledger, CEO, "accountable-executive", limit="5000", currency="GBP")
    month = sent(ledger)
    month.say("taken_over")
    if words is None:
        said = month.say("resolved_nonstandard", amount=amount, currency=currency)
        assert said.payload == {"letter": month.digest(), "amount": amount, "currency": currency}
        return
    with nothing_written(ledger), pytest.raises(LedgerError, match=words):
        month.say("resolved_nonstandard", amount=amount, currency=currency)


def test_an_executive_without_a_stated_limit_spends_nothing(book: Ledger) -> None:
    grant(book, CEO, "signatory")
    month = sent(book)
    month.say("escalated_to_board")
    with nothing_written(book), pytest.raises(LedgerError, match="nothing in GBP"):
        month.say("resolved_nonstandard", amount="0.01", currency="GBP")
    month.say("resolved_nonstandard")  # one that costs nothing


def test_the_highest_limit_that_holds_counts_and_one_that_ended_does_not(book: Ledger) -> None:
    grant(book, CEO, "signatory", limit="10", currency="GBP")
    grant(book, CEO, "accountable-executive", limit="90", currency="GBP", until=dt.date(2026, 6, 1))
    month = sent(book)
    month.say("taken_over")
    with nothing_written(book), pytest.raises(LedgerError, match="at most 10 GBP"):
        month.say("resolved_nonstandard", amount="90", currency="GBP")


def test_a_ledger_without_a_register_asks_for_no_limit(book: Ledger) -> None:
    month = sent(book)
    month.say("taken_over")
    month.say("resolved_nonstandard", amount="999999999999.9999", currency="GBP")


# The recorder, and names


def test_who_wrote_it_down_is_noted_where_it_was_somebody_else(address: str) -> None:
    """'signatory, recorder, sampler, handler and seed custodian are person ids'"""
    with open_ledger(address, recorder=OFFICE) as ledger:
        month = sent(ledger)
        signed = month.sign()
        assert signed.payload["recorder"] == OFFICE
        with nothing_written(ledger):
            assert month.sign() == signed
        viewed = month.say("viewed", month.second, by=OFFICE)
        assert "recorder" not in viewed.payload
        replaced = month.say("replaced", month.second, by="exec", reason_code="duplicate")
        (up,) = [e for e in ledger.events() if "replaces" in e.payload]
        assert replaced.payload["recorder"] == up.payload["recorder"] == OFFICE
    with open_ledger(address) as ledger, nothing_written(ledger):
        again = ledger.record("signed", month.first, by=CEO, at=AT, letter=month.digest())
        assert again == signed


@pytest.mark.parametrize("recorder", ["", " x", 7, "a\u202eb"])
def test_a_recorder_that_is_none_is_refused(recorder: Any) -> None:
    with pytest.raises(LedgerError, match="recorder: got"):
        Ledger.open("sqlite://", recorder=recorder)


def test_a_name_is_kept_beside_the_events_and_forgotten(tmp_path: Path) -> None:
    """'the ledger holds ids, roles, codes and salted digests'"""
    file = tmp_path / "signoff.db"
    with open_ledger(f"sqlite:///{file}") as ledger:
        first = ledger.name("h-077", "Blodwen Quillfeather", **BY)
        assert "Quillfeather" not in first.text.decode()
        assert ledger.names() == {"h-077": "Blodwen Quillfeather"}
        with nothing_written(ledger):
            assert ledger.name("h-077", "Blodwen Quillfeather", **BY) == first
        ledger.name("h-077", "Blodwen Quillfeather-Jones", **BY)
        assert ledger.names() == {"h-077": "Blodwen Quillfeather-Jones"}
        gone = ledger.forget_person("h-077", reason_code="asked", **BY)
        assert gone.payload == {"person": "h-077", "texts": 2, "reason_code": "asked"}
        assert ledger.names() == {}
        with nothing_written(ledger):
            assert ledger.forget_person("h-077", reason_code="asked", **BY) == gone
        assert ledger.check().ok
    assert b"Quillfeather" not in file.read_bytes()


def test_a_corrected_name_gives_way_to_the_one_before(ledger: Ledger) -> None:
    ledger.name("h-077", "Blodwen", **BY)
    wrong = ledger.name("h-077", "Bronwen", **BY)
    ledger.correct(wrong.hash, reason_code="slip", **BY)
    assert ledger.names() == {"h-077": "Blodwen"}
    ledger.name("h-077", "Bronwen", **BY)
    assert ledger.names() == {"h-077": "Bronwen"}


@pytest.mark.parametrize("wrong", ["", " Blodwen", "Blod\0wen", "\ud800", 7, None, "x" * 300])
def test_a_name_that_is_none_is_refused_and_not_repeated(ledger: Ledger, wrong: Any) -> None:
    with nothing_written(ledger):
        with pytest.raises(
            LedgerError, match=r"name: got .*; give the person's name as text"
        ) as refusal:
            ledger.name("h-077", wrong, **BY)
        assert str(wrong) not in str(refusal.value) or wrong in ("", None)
        calls: list[Callable[[], Any]] = [
            lambda: ledger.name(wrong, "Blodwen", **BY),
            lambda: ledger.forget_person(wrong, reason_code="asked", **BY),
        ]
        for call in calls:
            with pytest.raises(CeosampleError, match="person: got"):
                call()


def test_the_month_s_events_are_no_part_of_the_register(book: Ledger) -> None:
    grant(book, "ann", "auditor", population=POPULATION)
    sent(book)
    assert next(event.kind for event in book.events(**MONTH)) == "frozen"
    assert len(book.people(POPULATION).grants) == 1


# What an auditor tried


def test_who_holds_the_role_of_sampler_signs_nothing(ledger: Ledger) -> None:
    """'the sampler ... of a letter cannot sign it': whatever id the draw was registered under."""
    month = sent(ledger)
    grant(ledger, CEO, "sampler")
    with nothing_written(ledger), pytest.raises(LedgerError, match="may not sign its letters"):
        month.sign()


def test_a_writer_does_not_correct_what_the_executive_said(ledger: Ledger) -> None:
    month = sent(ledger, author="h-014")
    found = month.say("finding", verdict="defective")
    with nothing_written(ledger):
        with pytest.raises(LedgerError, match="'h-014' is the author"):
            ledger.correct(found.hash, by="h-014", at=AT, reason_code="mine")
        with pytest.raises(LedgerError, match="after this correction"):
            ledger.correct(found.hash, by=CEO, at=AT - dt.timedelta(days=1), reason_code="early")
    ledger.correct(found.hash, by=CEO, at=AT, reason_code="another-letter")


def test_a_grant_that_was_used_is_revoked_and_not_corrected(ledger: Ledger) -> None:
    granted = grant(ledger, CEO, "signatory")
    month = sent(ledger)
    month.sign()
    with nothing_written(ledger), pytest.raises(LedgerError, match="acted as signatory in event"):
        ledger.correct(granted.hash, by="board", at=AT, reason_code="slip")


def test_no_step_happens_before_the_one_that_it_follows(ledger: Ledger) -> None:
    month = sent(ledger)
    early = AT - dt.timedelta(seconds=1)
    with nothing_written(ledger), pytest.raises(LedgerError, match=r"signed at .* would be before"):
        month.say("signed", letter=month.digest(), at=early)


def test_a_newer_limit_is_the_one_that_counts(ledger: Ledger) -> None:
    grant(ledger, CEO, "signatory", limit="5000", currency="GBP")
    grant(ledger, CEO, "signatory", limit="10", currency="GBP")
    month = sent(ledger)
    month.say("taken_over")
    with nothing_written(ledger), pytest.raises(LedgerError, match="at most 10 GBP"):
        month.say("resolved_nonstandard", amount="4000", currency="GBP")


def test_what_a_block_has_just_granted_or_revoked_counts_in_it(book: Ledger) -> None:
    """People are read once in a transaction: not before the last change of them."""
    month = sent(book)
    with book.transaction():
        grant(book, "someone-else", "signatory")
        with pytest.raises(LedgerError, match="not signatory"):
            month.sign()
        grant(book, CEO, "signatory")
        signed = month.sign()
        book.revoke(CEO, "signatory", since=START, **BY)
        with pytest.raises(LedgerError, match="not signatory"):
            month.sign(month.second)
    assert month.state() == "signed"
    assert [event.hash for event in book.events() if event.kind == "signed"] == [signed.hash]


def test_what_a_part_of_a_block_took_back_does_not_count_in_the_rest(book: Ledger) -> None:
    payload = {"person": CEO, "role": "signatory", "from": START.isoformat()}
    with book._writing() as transaction:
        assert transaction.people(None).grants == ()
        with contextlib.suppress(ZeroDivisionError), transaction.part():
            transaction.append("role_granted", "board", AT, payload)
            assert transaction.people(None).knows("signatory")
            raise ZeroDivisionError
        assert not transaction.people(None).knows("signatory")


def test_a_grant_that_a_block_has_just_corrected_counts_no_more_in_it(book: Ledger) -> None:
    month = sent(book)
    with book.transaction():
        wrong = grant(book, "someone-else", "signatory")
        with pytest.raises(LedgerError, match="not signatory"):
            month.sign()
        book.correct(wrong.hash, reason_code="slip", **BY)
        month.sign()
    assert month.state() == "signed"


def test_who_holds_a_role_in_one_population_is_asked_for_each_population(book: Ledger) -> None:
    with book.transaction():
        grant(book, CEO, "signatory", population=POPULATION)
        assert holders(book, "signatory", population=POPULATION) == {CEO}
        assert holders(book, "signatory", population="mortgages") == set()
        assert holders(book, "signatory") == set()
