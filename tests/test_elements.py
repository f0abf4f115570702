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
from ready import MATRIX, contents, pack

#: Every element that a letter of a kind needs under a regime; the approval is every letter's.
NEEDED = [
    (regime, kind, element.id, element.text)
    for regime, kind in MATRIX
    for element in cs.regimes.Regime.named(regime).elements_of(kind)
    if element.id != "approval"
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
def ready_letters() -> dict[tuple[str, str], cs.Letter]:
    """The ready letter of every regime and kind."""
    return dict(zip(MATRIX, letters(*(contents(*entry) for entry in MATRIX)), strict=True))


@pytest.mark.parametrize(("regime", "kind"), MATRIX)
def test_a_ready_letter_holds_all_that_its_regime_asks_of_its_kind(
    ready_letters: dict[tuple[str, str], cs.Letter], regime: str, kind: str
) -> None:
    there = {name for name, _ in tree.elements(ready_letters[regime, kind].tree)}
    needed = cs.regimes.Regime.named(regime).elements_of(kind)
    assert {"approval", *(element.id for element in needed)} <= there


@pytest.mark.parametrize(
    ("template", "element"),
    sorted({(KINDS[kind], element) for _, kind, element, _ in NEEDED}),
)
@pytest.mark.slow
def test_a_ready_letter_without_one_of_its_elements_is_refused(template: str, element: str) -> None:
    """'refused with letter, regime and element': each regime and kind that needs it, at once."""
    asking = [x for x in NEEDED if (KINDS[x[1]], x[2]) == (template, element)]
    without = f'{{% extends "{template}" %}}{{% block {element} %}}{{% endblock %}}'
    # One letter under no known regime, so that each fault is the letter's own.
    beside = contents("fca-disp-1.6.2r", asking[0][1]) | {"docket": {"regime": "House rules"}}
    entries = [contents(regime, kind) for regime, kind, *_ in asking]
    assert {*refusal(*entries, beside, template=without)} == {
        f"letter A-{number}: regime {regime}: the element {element!r} ({text}) is missing; "
        f'mark it with {{% call element("{element}") %}}...{{% endcall %}}'
        for number, (regime, _, _, text) in enumerate(asking, 1)
    }


def test_the_matrix_is_not_small() -> None:
    assert len(MATRIX) == 62
    assert {kind for _, kind, *_ in NEEDED} == set(KINDS)


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


def test_a_holding_letter_speaks_of_the_ombudsman_once_the_time_is_over() -> None:
    entry = contents("fca-disp-1.6.2r", "holding")
    assert "Financial Ombudsman Service" not in says(pack(entry))
    entry["letter"]["refer_now"] = True
    assert "to the Financial Ombudsman Service now" in says(pack(entry))


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
        "letter A-1: regime fca-disp-1.6.2r: the element 'decision' is empty",
    )


def test_an_empty_element_is_not_hidden_by_a_full_one_of_its_name() -> None:
    full, empty = marked("decision"), '{% call element("decision") %}{% endcall %}'
    for doubled in (full + empty, empty + full):
        template = doubled + marked(*FINAL[1:])
        faults = refusal(contents("fca-disp-1.6.2r", "upheld"), template=template)
        assert faults == ("letter A-1: regime fca-disp-1.6.2r: the element 'decision' is empty",)


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
    kinds = "upheld, partly-upheld, not-upheld, nonstandard, holding, covering"
    every = "upheld, partly-upheld, not-upheld, nonstandard, summary, holding, covering"
    assert refusal(*entries) == (
        f"letter A-1: kind: got 'rejected'; it is one of {every}",
        "letter A-2: regime fca-disp-1.5: no letters of the kind 'upheld'; "
        "there are summary, covering",
        "letter A-3: kind: missing, and the regime fca-disp-1.6.2r asks other things of each; "
        f"it is one of {kinds}",
        f"letter A-4: kind: got ['upheld']; it is one of {every}",
    )


def test_a_month_s_kind_is_that_of_the_letters_that_name_none() -> None:
    entries = [contents("fca-disp-1.6.2r", kind) for kind in (..., "upheld")]
    made = pack(*entries, kind="covering")
    assert "I approve the answer that we sent you on 20 October 2026" in says(made, "A-1")
    assert "We uphold your complaint." in says(made, "A-2")
    with pytest.raises(cs.errors.LetterError, match="kind: got 'cover'; it is one of upheld, "):
        pack(*entries, kind="cover")


def test_kinds_can_be_mixed_in_a_month() -> None:
    entries = [contents("fca-disp-1.6.2r", kind) for kind in ("upheld", "holding", "not-upheld")]
    made = pack(*entries)
    assert "We will send you our full answer by 30 November 2026" in says(made, "A-2")
    assert "We do not uphold your complaint." in says(made, "A-3")
