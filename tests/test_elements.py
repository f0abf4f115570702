"""'Each regime lists its mandatory elements ...; a rendered letter that lacks one is refused with
letter, regime and element.'"""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

import ceosample as cs
from ceosample.letters.markup import tree
from ceosample.letters.regimes.elements import ANSWERS, KINDS
from ready import MATRIX, WHOLE_MATRIX, contents, elements, pack
from thorough import THOROUGH

#: Every element that a letter of a kind needs under a regime, each text of it with the first
#: deadline that asks for it; the approval is every letter's.
NEEDED = [
    (regime, rule, kind, element, text)
    for (regime, kind, element, text), rule in {
        (regime, kind, element.id, element.text): rule
        for regime, rule, kind in reversed(WHOLE_MATRIX)
        for element in elements(regime, kind, rule)
        if element.id != "approval"
    }.items()
]


def refusal(*entries: dict[str, Any], **arguments: Any) -> tuple[str, ...]:
    """The faults of the error that rendering gives, by letter; a letter's own in their order."""
    with pytest.raises(cs.errors.LetterError) as caught:
        pack(*entries, **arguments)
    return tuple(sorted(caught.value.faults, key=lambda fault: fault.partition(":")[0]))


def letters(*entries: dict[str, Any]) -> list[cs.Letter]:
    """The letters of one pack, in the order of what they hold."""
    made = pack(*entries)
    return [made[f"A-{number}"] for number in range(1, len(entries) + 1)]


def words_of(letter: cs.Letter) -> str:
    """The words of a letter, white space folded."""
    return " ".join(tree.to_text(letter.tree).split())


def says(made: cs.Pack, unit_id: str = "A-1") -> str:
    """The words of a pack's letter, white space folded."""
    return words_of(made[unit_id])


def marked(*names: str) -> str:
    """A template of one's own with these elements."""
    return "".join(f'{{% call element("{name}") %}}<p>{name}</p>{{% endcall %}}' for name in names)


# ---- The ready templates ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def ready_letters() -> dict[tuple[str, str, str], cs.Letter]:
    """The ready letter of every regime, deadline and kind."""
    entries = (contents(regime, kind, rule) for regime, rule, kind in WHOLE_MATRIX)
    return dict(zip(WHOLE_MATRIX, letters(*entries), strict=True))


@pytest.mark.parametrize("regime", [regime.id for regime in cs.regimes.shipped()])
def test_a_ready_letter_holds_all_that_its_regime_asks_of_its_kind(
    ready_letters: dict[tuple[str, str, str], cs.Letter], regime: str
) -> None:
    for entry, letter in ready_letters.items():
        if entry[0] == regime:
            there = {name for name, _ in tree.elements(letter.tree)}
            needed = elements(regime, entry[2], entry[1])
            assert {"approval", *(element.id for element in needed)} <= there, entry


def test_a_phrase_of_each_element_is_in_the_ready_letter(
    ready_letters: dict[tuple[str, str, str], cs.Letter],
) -> None:
    """So a PDF of the letter, which has no marks, can be searched for it."""
    for (regime, rule, kind), letter in ready_letters.items():
        said = words_of(letter).lower()
        for element in elements(regime, kind, rule):
            assert element.phrases, (regime, element.id)
            assert any(phrase in said for phrase in element.phrases), (regime, kind, element.id)


@pytest.mark.parametrize(
    ("template", "element"),
    sorted({(KINDS[kind], element) for _, _, kind, element, _ in NEEDED}),
)
@pytest.mark.slow
def test_a_ready_letter_without_one_of_its_elements_is_refused(template: str, element: str) -> None:
    """'refused with letter, regime and element': each regime, deadline and kind that needs it; in
    every run a sixth of them, and of each element another sixth."""
    asking = [x for x in NEEDED if (KINDS[x[2]], x[3]) == (template, element)]
    if not THOROUGH:
        asking = asking[len(element) % min(6, len(asking)) :: 6]
    without = f'{{% extends "{template}" %}}{{% block {element} %}}{{% endblock %}}'
    # One letter under no known regime, so that each fault is the letter's own.
    beside = contents("fca-disp-1.6.2r", asking[0][2]) | {"docket": {"regime": "House rules"}}
    entries = [contents(regime, kind, rule) for regime, rule, kind, *_ in asking]
    assert {*refusal(*entries, beside, template=without)} == {
        f"letter A-{number}: regime {regime}: the element {element!r} ({text}) is missing; "
        f'mark it with {{% call element("{element}") %}}...{{% endcall %}}'
        for number, (regime, _, _, _, text) in enumerate(asking, 1)
    }


def test_the_matrix_is_not_small() -> None:
    assert len(MATRIX) == 135
    assert {kind for _, _, kind, *_ in NEEDED} == set(KINDS)


def test_the_second_stage_leads_to_the_ombudsman_and_the_first_does_not() -> None:
    entry = contents("housing-ombudsman", "not-upheld")
    assert "ask us to look at your complaint again, at stage 2" in says(pack(entry))
    entry["docket"]["regime"] = "housing-ombudsman:stage-2"
    said = says(pack(entry))
    assert "stage 2 of our complaints procedure" in said
    assert "take your complaint to the Housing Ombudsman Service" in said


def test_a_staged_regime_without_its_stage_is_a_missing_field() -> None:
    entry = contents("lgsco", "upheld")
    entry["docket"]["regime"] = "lgsco"
    assert refusal(entry) == ("letter A-1: the field 'stage' is missing",)


def test_a_scheme_that_no_regime_can_know_is_a_field_of_the_letter() -> None:
    assert "The Chosen Scheme" in says(pack(contents("ofcom-c4", "upheld")))
    assert refusal(contents("ofcom-c4", "upheld", ombudsman=...)) == (
        "letter A-1: the field 'ombudsman' is missing",
    )


def test_what_every_letter_shares_gives_way_to_a_letter_s_own() -> None:
    shared = {"contact": "Ring us.", "closing": "Regards,"}
    first, second = (
        contents("cfpb-portal", "upheld", contact=...),
        contents("cfpb-portal", "upheld"),
    )
    made = pack(first, second, shared=shared)
    assert "Ring us. Regards," in says(made, "A-1")
    assert "Please reply to this letter; the reply comes to me. Regards," in says(made, "A-2")


def test_a_settlement_says_whether_the_complaint_is_accepted() -> None:
    """'accepted, or redress offered without accepting'"""
    for accepted, words in ((True, "We accept your complaint."), (False, "We do not accept that")):
        made = pack(contents("fca-disp-1.6.2r", "nonstandard", accepted=accepted))
        assert words in says(made)


@pytest.mark.parametrize(
    ("regime", "words"),
    [
        ("asic-rg-271", "to the Australian Financial Complaints Authority now"),
        ("eu-psd2:exceptional", "to the The Chosen Scheme now"),
        ("fca-disp-1.6.2ar:exceptional", "to the Financial Ombudsman Service now"),
        ("fca-disp-1.6.2r", "to the Financial Ombudsman Service now"),
        ("housing-ombudsman:stage-1", "ask the Housing Ombudsman Service for advice"),
        ("ie-cpc-2025:final", "to the Financial Services and Pensions Ombudsman now"),
        ("lgsco:stage-2", "ask the Local Government and Social Care Ombudsman for advice"),
        ("ofcom-c4", "to the The Chosen Scheme now"),
        ("ofcom-c4-2018", "to the The Chosen Scheme now"),
        ("ofgem-2008", "to the Energy Ombudsman now"),
    ],
)
def test_a_holding_letter_says_where_the_complaint_can_go_and_refer_now_is_no_option(
    regime: str, words: str
) -> None:
    name, _, rule = regime.partition(":")
    for letter in letters(*(contents(name, "holding", rule, refer_now=x) for x in (..., False))):
        assert words in words_of(letter)


def test_where_the_right_is_not_demanded_refer_now_decides() -> None:
    for now in (..., False, True):
        said = says(pack(contents("ie-cpc-2025", "holding", "update", refer_now=now)))
        assert ("to the Financial Services and Pensions Ombudsman now" in said) == (now is True)


def test_a_holding_letter_at_eight_weeks_names_no_six_months_of_its_own() -> None:
    said = says(pack(contents("fca-disp-1.6.2r", "holding")))
    assert "within six months of the date of this letter" not in said
    assert "six months for referring it begins only with our final response" in said


@pytest.mark.parametrize(
    ("regime", "kind"),
    [
        ("fca-disp-1.6.2r", "not-upheld"),
        ("fca-disp-1.6.2ar", "upheld"),
        ("fca-disp-1.5", "summary"),
    ],
)
def test_the_time_limits_have_the_wording_that_the_letter_chooses(regime: str, kind: str) -> None:
    wordings = {
        ...: "but you must do so within six months of the date of this letter",
        "six-months": "but you must do so within six months of the date of this letter",
        "out-of-time": "made outside of these time limits but this is a matter for the Ombudsman",
        "waived": "We agree that the Ombudsman may consider it even if you refer it later",
    }
    made = letters(*(contents(regime, kind, time_limits=name) for name in wordings))
    for letter, (name, words) in zip(made, wordings.items(), strict=True):
        others = {*wordings.values()} - {words}
        assert words in words_of(letter), name
        assert not [other for other in others if other in words_of(letter)], name


def test_an_unknown_wording_of_the_time_limits_is_refused_where_it_is_asked_for() -> None:
    wrong = [contents(name, "upheld", time_limits="soon") for name in ("fca-disp-1.6.2r", "lgsco")]
    assert refusal(wrong[0]) == (
        "letter A-1, time_limits: got text of 4 characters; use one of six-months, out-of-time, "
        "waived",
    )
    assert pack(wrong[1]).unprinted["time_limits"] == 1


def test_a_field_on_which_a_sentence_turns_is_not_lost() -> None:
    for kind, field in (("nonstandard", "accepted"), ("holding", "refer_now")):
        entry = contents("fca-disp-1.6.2r", kind, **{field: True})
        assert field not in pack(entry).unprinted


# ---- Acknowledgements ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fca-disp-1.6.2r", "fca-disp-1.6.2ar"])
@pytest.mark.parametrize(("received", "asked"), [("2026-05-31", False), ("2026-06-01", True)])
def test_an_acknowledgement_names_its_answer_from_the_text_of_june(
    name: str, received: str, asked: bool
) -> None:
    entry = contents(name, "acknowledgement", answer_by=...)
    entry["docket"]["received"] = received
    if not asked:
        assert "We are dealing with it" in says(pack(entry))
        return
    assert refusal(entry) == ("letter A-1: the field 'answer_by' is missing",)
    entry["letter"]["answer_by"] = "2026-07-27"
    assert "We will send you our answer by 27 July 2026" in says(pack(entry))


@pytest.mark.parametrize(("received", "asked"), [("2026-05-31", False), ("2026-06-01", True)])
def test_an_acknowledgement_for_payments_names_the_last_day_of_an_exceptional_case(
    received: str, asked: bool
) -> None:
    """DISP 1.6.1R(1)(b)(i): 15 business days, or 35 after a holding response."""
    entry = contents("fca-disp-1.6.2ar", "acknowledgement", longest_by=...)
    entry["docket"]["received"] = received
    if asked:
        assert refusal(entry) == ("letter A-1: the field 'longest_by' is missing",)
        entry["letter"]["longest_by"] = "2026-07-20"
        assert "our full answer by 20 July 2026 at the latest" in says(pack(entry))
    else:
        assert "at the latest" not in says(pack(entry))
    assert "at the latest" not in says(
        pack(contents("fca-disp-1.6.2r", "acknowledgement", longest_by=...))
    )


def test_an_acknowledgement_has_the_deadline_of_its_kind() -> None:
    dates = {
        "nhs-england-2009": "2026-10-06",
        "housing-ombudsman:acknowledgement": "2026-10-08",
        "lgsco:stage-2-acknowledgement": "2026-10-08",
        "asic-rg-271": "2026-10-02",
        "ie-cpc-2025": "2026-10-08",
        "sg-faa-2021": "2026-10-05",
        "uk-data-protection": "2026-10-30",
        "scotland-spso": "2026-10-06",
        "fca-disp-1.6.2r": "2026-11-26",
        "fca-disp-1.6.2ar": "2026-10-22",
    }
    entries = []
    for name in dates:
        regime, _, rule = name.partition(":")
        entries.append(contents(regime, "acknowledgement", rule or None))
        entries[-1]["docket"]["received"] = "2026-10-01"
    made = pack(*entries)
    found = {name: made.docket(f"A-{n}")["due"] for n, name in enumerate(dates, 1)}
    assert found == dates


def test_an_answer_has_no_date_where_the_law_names_none() -> None:
    entry = contents("uk-data-protection", "upheld")
    entry["docket"]["received"] = "2026-10-01"
    docket = pack(entry).docket("A-1")
    assert docket["regime"] == "uk-data-protection"
    assert "due" not in docket
    entry["docket"]["received"] = "2026-06-18"
    (fault,) = refusal(entry)
    assert "got 2026-06-18, and version 1 is in force from 2026-06-19" in fault


def test_an_answer_does_not_meet_the_deadline_of_an_acknowledgement() -> None:
    entry = contents("nhs-england-2009", "upheld", "acknowledgement")
    assert refusal(entry) == (
        "letter A-1, kind: got 'upheld', and the deadline acknowledgement of nhs-england-2009 is "
        "for acknowledgement; name the deadline that the letter meets, or its kind",
    )


def test_an_acknowledgement_at_a_stage_says_its_stage_and_what_the_complaint_is() -> None:
    entry = contents("housing-ombudsman", "acknowledgement", "stage-2-acknowledgement")
    said = says(pack(entry))
    assert "Your complaint is at stage 2 of our complaints procedure." in said
    assert "That we took the fee twice" in said
    first = says(pack(contents("lgsco", "acknowledgement")))
    assert "Your complaint is at stage 1 of our complaints procedure." in first


def test_a_letter_that_upholds_nothing_says_that_it_offers_nothing() -> None:
    entry = contents("housing-ombudsman", "not-upheld", remedy=..., payment=..., outstanding=[])
    assert "we are not offering a remedy" in says(pack(entry))
    assert "Nothing, beyond what this letter says." in says(pack(entry))
    assert refusal(contents("housing-ombudsman", "upheld", remedy=...)) == (
        "letter A-1: the field 'remedy' is missing",
    )


def test_nothing_is_outstanding_beside_the_payment_that_the_letter_promises() -> None:
    said = says(pack(contents("housing-ombudsman", "upheld", outstanding=[])))
    assert "We will pay you £25.50 by 9 November 2026." in said
    assert "Nothing, beyond what this letter says." in said


def test_a_payment_is_never_left_out_of_an_answer() -> None:
    answers = [(regime, kind) for regime, kind in MATRIX if kind in ANSWERS]
    made = letters(
        *(
            contents(regime, kind, **({"remedy": ...} if kind == "not-upheld" else {}))
            for regime, kind in answers
        )
    )
    for answer, letter in zip(answers, made, strict=True):
        said = words_of(letter)
        assert "We will pay you £25.50 by 9 November 2026." in said, answer
        assert "we are not offering a remedy" not in said, answer


def test_where_no_fault_is_accepted_nothing_is_put_right() -> None:
    for accepted, heading in ((True, "Putting it right"), (False, "What we offer you")):
        said = says(pack(contents("fca-disp-1.6.2r", "nonstandard", accepted=accepted)))
        assert [words for words in ("Putting it right", "What we offer you") if words in said] == [
            heading
        ]


# ---- Templates of one's own ------------------------------------------------------------------

FINAL = ("decision", "leaflet", "ombudsman_website", "right_to_refer", "six_months", "approval")


def test_reasons_are_asked_of_a_rejection_alone() -> None:
    """'a `not-upheld` letter without `reasons` is refused and an `upheld` one isn't'"""
    assert pack(contents("fca-disp-1.6.2r", "upheld"), template=marked(*FINAL))
    (fault,) = refusal(contents("fca-disp-1.6.2r", "not-upheld"), template=marked(*FINAL))
    assert "regime fca-disp-1.6.2r: the element 'reasons' (why it was rejected) is missing" in fault


def test_all_that_any_letter_lacks_is_told_at_once() -> None:
    faults = refusal(
        contents("fca-disp-1.6.2r", "not-upheld"),
        contents("asic-rg-271", "upheld"),
        template=marked("decision", "approval", "right_to_refer"),
    )
    place = re.compile(r"letter (\S+): regime (\S+): the element '(\w+)'")
    assert [found.groups() for found in map(place.match, faults) if found] == [
        ("A-1", "fca-disp-1.6.2r", "reasons"),
        ("A-1", "fca-disp-1.6.2r", "leaflet"),
        ("A-1", "fca-disp-1.6.2r", "ombudsman_website"),
        ("A-1", "fca-disp-1.6.2r", "six_months"),
        ("A-2", "asic-rg-271", "ombudsman_contact"),
    ]  # fmt: skip


def test_what_every_letter_lacks_is_said_once_beside_what_one_lacks() -> None:
    entries = [contents("fca-disp-1.6.2r", kind) for kind in ("upheld", "not-upheld")]
    faults = refusal(*entries, template=marked(*(name for name in FINAL if name != "leaflet")))
    assert [fault.partition(" (")[0] for fault in faults] == [
        "every letter: regime fca-disp-1.6.2r: the element 'leaflet'",
        "letter A-2: regime fca-disp-1.6.2r: the element 'reasons'",
    ]


@pytest.mark.parametrize(
    "nothing",
    ["", " \n", "<p></p>", "<p><bdi>{{ x }}</bdi></p>", "&nbsp;", "&#8205;", "&#173;", "&#12644;"],
)
def test_an_element_in_which_nothing_can_be_read_is_empty(nothing: str) -> None:
    """'An element that is present but empty is already refused; also whitespace/bdi only.'"""
    template = f'{{% call element("decision") %}}{nothing}{{% endcall %}}' + marked(*FINAL[1:])
    assert refusal(contents("fca-disp-1.6.2r", "upheld", x="\u200d "), template=template) == (
        "letter A-1: regime fca-disp-1.6.2r: the element 'decision' is empty; give it text",
    )


def test_an_empty_element_is_not_hidden_by_a_full_one_of_its_name() -> None:
    full, empty = marked("decision"), '{% call element("decision") %}{% endcall %}'
    for doubled in (full + empty, empty + full):
        template = doubled + marked(*FINAL[1:])
        faults = refusal(contents("fca-disp-1.6.2r", "upheld"), template=template)
        assert faults == (
            "letter A-1: regime fca-disp-1.6.2r: the element 'decision' is empty; give it text",
        )


def test_a_field_cannot_mark_an_element() -> None:
    fake = '<section data-element="leaflet">x</section>{% call element("leaflet") %}x{% endcall %}'
    template = marked(*(name for name in FINAL if name != "leaflet")) + "<p>{{ findings }}</p>"
    (fault,) = refusal(contents("fca-disp-1.6.2r", "upheld", findings=fake), template=template)
    assert "'leaflet'" in fault


def test_a_regime_that_is_not_known_asks_for_the_approval_alone() -> None:
    entry = contents("fca-disp-1.6.2r", ...)
    entry["docket"]["regime"] = "House rules, 8 weeks"
    assert pack(entry, template=marked("approval"))
    assert refusal(entry, template="<p>x</p>") == (
        "letter A-1: the element 'approval' is missing; mark it with "
        '{% call element("approval") %}...{% endcall %}',
    )


def test_a_regime_of_one_s_own_asks_for_its_elements() -> None:
    own = cs.regimes.Regime.parse(
        b'id = "ours"\nname = "Ours"\nversion = "1"\nsource = "the board"\nchecked = true\n'
        b'fits = ["after-issue"]\n[ombudsman]\nname = "The Umpire"\nwebsite = "umpire.example"\n'
        b'[[deadline]]\nname = "final"\namount = 5\nunit = "weeks"\nfrom = "received"\n'
        b'roll = "none"\nzone = "Europe/London"\n[[element]]\nid = "apology"\ntext = "an apology"\n'
        b'source = "the board"\nkinds = ["upheld"]\n',
        "own.toml",
    )
    deadlines = cs.regimes.DueDatePolicy(sampling="after-issue", own=[own])
    entry = {**contents("fca-disp-1.6.2r", "upheld"), "docket": {"regime": "ours"}}
    (fault,) = refusal(entry, deadlines=deadlines)
    assert fault.startswith(
        "letter A-1: regime ours: the element 'apology' (an apology) is missing"
    )
    entry["letter"]["kind"] = "not-upheld"
    assert "The Umpire" in says(pack(entry, deadlines=deadlines))


def test_a_docket_that_was_given_stays_and_the_ledger_hears_what_its_regime_comes_to() -> None:
    entry = contents("housing-ombudsman", "upheld")
    entry["docket"] = {"regime": "housing-ombudsman:stage-1", "received": "2026-10-15"}
    given = copy.deepcopy(entry)
    said = pack(entry).docket("A-1")
    assert entry == given
    assert said["regime"] == "housing-ombudsman"
    assert {"regime_version", "received", "due", "sign_by"} <= said.keys()


# ---- Kinds -----------------------------------------------------------------------------------


def test_a_kind_that_there_is_not_or_not_there_is_refused_for_every_letter() -> None:
    entries = [
        contents("fca-disp-1.6.2r", "rejected"),
        contents("fca-disp-1.5", "upheld"),
        contents("fca-disp-1.6.2r", ...),
        contents("ofgem-2008", ["upheld"]),
    ]
    kinds = "upheld, partly-upheld, not-upheld, nonstandard, holding, covering, acknowledgement"
    every = kinds.replace("holding", "summary, holding")
    assert refusal(*entries) == (
        f"letter A-1, kind: got 'rejected'; use one of {every}",
        "letter A-2, regime fca-disp-1.5: no letters of the kind 'upheld'; "
        "use one of summary, covering",
        "letter A-3, kind: missing, and what the regime fca-disp-1.6.2r asks depends on it; "
        f"use one of {kinds}",
        f"letter A-4, kind: got ['upheld']; use one of {every}",
    )


def test_a_month_s_kind_is_that_of_the_letters_that_name_none() -> None:
    entries = [contents("fca-disp-1.6.2r", kind) for kind in (..., "upheld")]
    made = pack(*entries, kind="covering")
    assert "I approve the answer that we sent you on 20 October 2026" in says(made, "A-1")
    assert "We uphold your complaint." in says(made, "A-2")
    with pytest.raises(cs.errors.LetterError, match="kind: got 'cover'; use one of upheld, "):
        pack(*entries, kind="cover")


def test_kinds_can_be_mixed_in_a_month() -> None:
    entries = [contents("fca-disp-1.6.2r", kind) for kind in ("upheld", "holding", "not-upheld")]
    made = pack(*entries)
    assert "We will send you our full answer by 30 November 2026" in says(made, "A-2")
    assert "We do not uphold your complaint." in says(made, "A-3")
