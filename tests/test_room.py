"""The signing room in a real browser: keys, fields, files, hostile letters, ears and eyes."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pypdf
import pytest
from playwright.sync_api import Browser, Dialog

import ceosample as cs
from browser import Room, opened
from ceosample.letters.papers.signing_room import as_data
from ceosample.sampling.ticket import SCHEME
from rooms import DOCKET, PACK, letter, pack_of, plain, written
from thorough import first_of
from tongues import WORDLESS

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture
def room(browser: Browser, tmp_path: Path) -> Iterator[Room]:
    with opened(browser, written(tmp_path)) as found:
        yield found


def decisions(*entries: Any, **changes: Any) -> bytes:
    return json.dumps(
        {"scheme": SCHEME, "pack": PACK.digest, "decisions": entries, **changes}
    ).encode()


def entry(kind: str = "signed", **what: Any) -> dict[str, Any]:
    found = PACK.letters[0]
    return {
        "population": PACK.population, "period": PACK.period, "unit_id": found.unit_id,
        "letter": found.digest, "by": "ceo", "kind": kind, "at": "2026-11-03T09:00:00.000+01:00",
        **what,
    }  # fmt: skip


# ---- The file ----------------------------------------------------------------------------------


def test_the_room_is_saved_with_the_pack_and_can_be_made_again(tmp_path: Path) -> None:
    """A pure function of the pack: whoever doubts a room makes it again and compares."""
    PACK.save(tmp_path)
    assert (tmp_path / "room.html").read_bytes() == PACK.room()
    (tmp_path / "room.html").unlink()
    assert cs.Pack.load(tmp_path).room() == PACK.room()
    assert "room.html" not in PACK.files()


def test_nothing_may_run_or_load_but_what_the_policy_names() -> None:
    """'Strict Content-Security-Policy', of hashes of the very bytes that stand in the page."""
    html = PACK.room().decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', html)
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    named = set(re.findall(r"'(sha256-.*?)'", policy))
    inlined = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", html, re.S)
    assert len(inlined) == 3
    assert named == {source_of(text) for text in inlined}
    assert not re.search(
        r"(src|href)=\"(?!#)|@import|url\(|\son\w+=|style=", html.partition("<body>")[2]
    )


def source_of(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_policy_is_in_force(browser: Browser, tmp_path: Path) -> None:
    """The test above reads it; this one tries it."""
    path = written(tmp_path)
    with browser.new_context() as context:
        page = context.new_page()
        failed: list[str | None] = []
        page.on("requestfailed", lambda request: failed.append(request.failure))
        page.on("response", lambda response: failed.append(response.url))
        page.goto(path.as_uri())
        tried = """async () => {
          const refused = [];
          addEventListener("securitypolicyviolation", (e) => refused.push(e.effectiveDirective));
          document.body.append(Object.assign(new Image(), { src: "https://example.org/x.png" }));
          const style = document.createElement("style");
          style.textContent = "body { display: none }";
          document.head.append(style);
          try { document.body.innerHTML = "<p>"; } catch { refused.push("markup"); }
          try { await fetch("https://example.org/"); } catch { refused.push("fetch"); }
          await new Promise((done) => setTimeout(done, 100));
          return refused;
        }"""
        refused = page.evaluate(tried)
        assert {"img-src", "style-src-elem", "markup", "connect-src", "fetch"} <= set(refused)
        assert page.locator("#room-bar").is_visible()
        assert failed == [path.as_uri(), "csp"]


def test_data_cannot_end_the_element_in_which_it_stands() -> None:
    text = "</script><!--\u2028\u2029&<script>"
    data = as_data({"id": text})
    assert not re.search("[<>&\u2028\u2029]", data)
    assert json.loads(data) == {"id": text}


@pytest.mark.parametrize("change", [("<body>", "<body >"), ("</head>", "</head></head>")])
def test_a_page_of_another_release_is_refused_by_what_is_not_in_it(change: tuple[str, str]) -> None:
    page = PACK.rendered["pack.html"].decode().replace(*change)
    other = cs.Pack(
        PACK.data, PACK.fields, PACK.letters, {**PACK.rendered, "pack.html": page.encode()}
    )
    with pytest.raises(cs.errors.RecordError, match=re.escape(f"pack.html: {change[0]} appears")):
        other.room()


# ---- Reading and deciding ----------------------------------------------------------------------


def test_one_letter_is_read_at_a_time_beside_its_docket(room: Room) -> None:
    """'Read each letter beside its docket, next and previous by key.'"""
    docket, sheet = (room.page.locator(f".current .{name}") for name in ("docket", "letter"))
    for key, place in (("n", 1), ("j", 2), ("ArrowRight", 3), ("n", 3), ("p", 2), ("k", 1)):
        room.press(key)
        assert room.text("place") == f"Letter {place} of 3"
        assert room.page.evaluate("document.activeElement.id") == f"docket-{place}"
        month = "Responses for signature: complaint-responses, October 2026"
        assert room.page.title() == f"Letter {place} of 3 - {month}"
        assert room.page.locator("article:visible").count() == 1
        assert PACK.letters[place - 1].code in docket.inner_text()
        assert PACK.letters[place - 1].unit_id in sheet.inner_text()
    left, right = docket.bounding_box(), sheet.bounding_box()
    assert left is not None
    assert right is not None
    assert left["x"] + left["width"] < right["x"]
    assert abs(left["y"] - right["y"]) < 10
    room.press("ArrowLeft")
    assert room.text("place") == "Cover sheet"
    assert room.page.get_by_role("heading", name="Responses for signature").is_visible()
    room.page.get_by_role("link", name=PACK.letters[2].unit_id).click()
    assert room.text("place") == "Letter 3 of 3"
    room.button("Cover sheet").click()
    room.button("Next").click()
    room.button("Next").click()
    room.button("Previous").click()
    assert room.text("place") == "Letter 1 of 3"


BUTTONS = {
    "Sign": "Signed.",
    "Return with a comment": "Returned: tone.",
    "Decline to sign": "Declined: conflict-of-interest.",
    "Escalate to the board": "Escalated to the board.",
    "Take over, to deal with it yourself": "Taken over.",
    "Delegate to a deputy": "Delegated: dep-1.",
    "Later: read, and not decided yet": "Read, not decided yet.",
    "Note a finding": "Finding: sound.",
    "Recognise good work": "Recognition: clear-letter, h-2.",
    "Ask for a contact, or note one": "Contact: asked, telephone.",
    "Ask whether it was ever eligible": "Asked whether it was ever eligible: duplicate.",
    "Write a note": "Note. “dep-1”",
}


def test_every_action_has_a_button_and_can_be_taken_back(room: Room) -> None:
    """'Every action', by a mouse; the first of each list is taken, and ids are written."""
    room.press("n")
    for name, said in BUTTONS.items():
        room.button(name).click()
        for field in room.dialog.locator("select[required]").all():
            options = field.locator("option").evaluate_all("all => all.map((one) => one.value)")
            field.select_option(options[1])
        if name in ("Delegate to a deputy", "Write a note"):
            room.dialog.locator("input:visible, textarea").first.fill("dep-1")
        if room.dialog.count():
            room.submit()
        assert room.entries == [said]
        assert room.text("news") == f"Letter 1: {said}"
        room.page.get_by_role("button", name="Take back: ").click()
        assert room.entries == []
        assert room.text("news") == f"Letter 1, taken back: {said}"
        assert room.page.evaluate("document.activeElement.id") == "docket-1"


def test_a_decision_is_changed_and_what_stands_beside_it_stays(room: Room) -> None:
    """'A letter's decision can be changed or taken back'; there is one, and one finding."""
    room.press("n", "s", "f")
    room.choose("Verdict", "defective")
    room.submit()
    room.press("o")
    room.write("Note", "One.")
    room.submit()
    room.press("o")
    room.write("Note", "Two.")
    room.submit()
    room.press("r")
    room.choose("Why", "unclear")
    room.submit()
    assert room.page.locator("#room-settle [aria-current=true]").inner_text().startswith("Return")
    room.press("f")
    assert room.dialog.get_by_label("Verdict").input_value() == "defective"
    room.dialog.get_by_label("It is late").check()
    room.submit()
    assert room.entries == [
        "Note. “One.”", "Note. “Two.”", "Returned: unclear.", "Finding: defective, late.",
    ]  # fmt: skip
    room.press("u", "u")
    assert room.entries == ["Note. “One.”", "Note. “Two.”"]


def test_the_time_that_is_left_counts_the_letters_that_are_not_decided(room: Room) -> None:
    """'See the reading time left', at the cover sheet's speed."""
    words = [found.words for found in PACK]
    minutes = -(-sum(words) // 238)
    assert (
        f"about {minutes} min at 238 words a minute"
        in room.page.locator("body > header").inner_text()
    )
    assert room.text("tally") == f"0 of 3 decided, about {minutes} min to read"
    room.press("n", "s")
    assert room.text("tally") == f"1 of 3 decided, about {-(-sum(words[1:]) // 238)} min to read"
    room.press("n", "l", "n", "s")
    assert room.text("tally") == f"2 of 3 decided, about {-(-words[1] // 238)} min to read"
    room.press("p", "s")
    assert room.text("tally") == "3 of 3 decided, nothing left to read"
    assert (
        room.page.get_by_role("progressbar", name="Letters decided").get_attribute("value") == "3"
    )
    room.press("h")
    assert room.page.locator("nav tbody td.tools").all_inner_texts() == ["Signed"] * 3


def test_keys_do_nothing_while_one_types_or_when_they_are_turned_off(room: Room) -> None:
    """'Keys must not fire while typing; single keys can be turned off (WCAG 2.1.4).'"""
    room.press("n", "o")
    room.dialog.get_by_label("Note").focus()
    room.page.keyboard.type("snd?", delay=1)
    assert room.dialog.get_by_label("Note").input_value() == "snd?"
    room.press("Escape")
    room.press("Control+s", "Alt+n", "Control+d")
    assert (room.text("place"), room.entries) == ("Letter 1 of 3", [])
    room.press("?")
    assert room.dialog.get_by_role("row").count() == 18
    room.press("s", "n")
    room.dialog.get_by_label("Use single keys").uncheck()
    room.dialog.get_by_role("button", name="Close").click()
    room.press("s", "n", "?", "ArrowRight")
    assert (room.text("place"), room.entries) == ("Letter 1 of 3", [])
    assert not room.dialog.is_visible()
    room.page.reload()
    room.press("s")
    assert room.entries == []


@pytest.mark.parametrize(
    ("key", "label", "value", "said"),
    first_of(
        4,
        [
            ("r", "Why", "", "Choose or write something."),
            ("r", "Why", "Too Long", "lower-case letters, digits and hyphens"),
            ("g", "The deputy's id", "é" * 101, "up to 200 characters"),
            ("g", "The deputy's id", "a\u202eb", "the person's id"),
            ("r", "Why", "a" * 41, "1 to 40"),
            ("r", "Why", "naïve", "lower-case letters"),
            ("g", "The deputy's id", "", "Choose or write something."),
        ],
    ),
)
def test_a_value_that_the_ledger_would_refuse_is_refused_beside_its_field(
    room: Room, key: str, label: str, value: str, said: str
) -> None:
    """'Codes are `[a-z0-9-]{1,40}`, validated with a clear message.'"""
    room.press("n", key)
    if value:
        room.choose(label, value)
    room.submit()
    assert room.dialog.is_visible()
    wrong = room.page.locator("[aria-invalid=true]")
    assert wrong.count() == 1
    assert wrong.evaluate("(one) => one === document.activeElement")
    about = wrong.get_attribute("aria-describedby")
    assert said in room.page.locator(f"#{about}").inner_text()
    room.press("Escape")
    assert room.entries == []


def test_codes_that_stand_twice_are_refused_and_a_blank_text_is_none(room: Room) -> None:
    room.press("n", "f")
    room.choose("Verdict", "sound")
    room.dialog.get_by_label("It is late").check()
    room.write("Other codes, with spaces between", " late ")
    room.submit()
    assert "Write different codes" in room.dialog.inner_text()
    room.write("Other codes, with spaces between", " early ")
    room.write("Remarks (optional)", " \n ")
    room.submit()
    assert room.entries == ["Finding: sound, late, early."]


def test_the_signatory_s_deputies_are_a_list_to_choose_from(
    browser: Browser, tmp_path: Path
) -> None:
    """'The deputy's id is chosen from a list in the room.'"""
    pack = pack_of(plain(1), deputies=["dep-1", "dep-2", "dep-1"])
    pack.save(tmp_path)
    assert cs.Pack.load(tmp_path).room() == pack.room()
    with opened(browser, written(tmp_path, pack)) as room:
        room.press("n", "g")
        options = room.dialog.get_by_label("The deputy's id").locator("option")
        assert options.all_inner_texts() == ["Choose", "dep-1", "dep-2", "Somebody else ..."]


def test_a_deputy_who_was_named_once_is_offered_again(room: Room) -> None:
    room.press("n", "g")
    room.choose("The deputy's id", "dep-1")
    room.submit()
    room.press("n", "g")
    room.dialog.get_by_label("The deputy's id").select_option("dep-1")
    room.submit()
    assert room.entries == ["Delegated: dep-1."]


# ---- Saving and going on -----------------------------------------------------------------------


def test_a_reload_by_accident_loses_nothing_and_closing_asks(room: Room) -> None:
    """'It keeps its state while open'; what is not saved is asked about."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    room.page.on("dialog", answer)
    room.press("n")
    room.page.reload()
    assert asked == []
    room.press("s", "n", "o")
    room.write("Note", "A “note”\nof two lines")
    room.submit()
    room.page.reload()
    assert asked == ["beforeunload"]
    assert (room.text("place"), room.entries) == (
        "Letter 2 of 3",
        ["Note. “A “note”\nof two lines”"],
    )
    assert room.text("news") == "Loaded again; 2 entries are still here."
    assert len(room.saved()) == 2
    room.page.reload()
    assert asked == ["beforeunload"]
    room.press("p", "u")
    room.button("Change it").click()
    assert room.entries == []
    room.page.reload()
    assert asked == ["beforeunload"] * 2  # the file says more than the page
    assert len(room.saved()) == 1


def test_a_saved_file_is_opened_again_to_go_on(room: Room) -> None:
    room.press("n", "s", "n", "o")
    room.write("Note", "Aye.")
    room.submit()
    data = room.save()
    room.page.goto("about:blank")
    room.page.goto(room.asked[0])
    assert room.text("tally").startswith("0 of 3")
    room.open(data)
    assert room.text("news") == "decisions.json is open, with 2 entries."
    assert room.text("tally").startswith("1 of 3")
    # But for when it was saved, which is another second by now.
    again, first = json.loads(room.save()), json.loads(data)
    assert (first["count"], len(first["decisions"])) == (2, 2)
    assert again.pop("saved_at") >= first.pop("saved_at")
    assert again == first


def test_changing_what_a_file_holds_is_asked_about_first(room: Room) -> None:
    room.press("n", "s")
    room.save()
    room.press("d")
    assert "may be refused until your office has corrected it" in room.dialog.inner_text()
    room.button("Leave it").click()
    assert room.entries == ["Signed."]
    room.press("d")
    room.button("Change it").click()
    room.choose("Why", "disagree")
    room.submit()
    assert room.entries == ["Declined: disagree."]


def test_a_file_does_not_replace_what_is_not_saved_unasked(room: Room) -> None:
    room.press("n", "d")
    room.choose("Why", "disagree")
    room.submit()
    room.open(decisions(entry()))
    assert "Replace what is not saved?" in room.dialog.inner_text()
    room.button("Leave it").click()
    assert room.entries == ["Declined: disagree."]
    room.open(decisions(entry()))
    room.button("Replace it").click()
    assert room.entries == ["Signed."]


HOSTILE = "<img src=x onerror=alert(1)></script><!--"


FILES = [
    (b"unit_id,code,kind", "It is not JSON"),
    (b"\xff\xfe", "It is not JSON"),
    (b"null", "It holds no decisions"),
    (b"[]", "It holds no decisions"),
    (decisions(scheme="ceosample/9"), "It holds no decisions of the scheme ceosample/1"),
    (decisions(pack="0" * 64), "It is about another pack"),
    (decisions(entry(), None), "Decision 2: it is of a kind that this page does not know."),
    (decisions(entry("dispatched")), "Decision 1: it is of a kind"),
    (decisions(entry("__proto__")), "Decision 1: it is of a kind"),
    (decisions(entry(unit_id=HOSTILE)), "Decision 1: it is about a letter that is not in this"),
    (decisions(entry(letter="0" * 64)), "Decision 1: its letter is not that of this pack."),
    (decisions(entry(by="cfo")), "Decision 1: its by is not that of this pack."),
    (decisions(entry(at="2026-11-03T09:00:00")), "its at is not a time with its zone."),
    (decisions(entry(at="2026-13-03T09:00:00Z")), "its at is not a time with its zone."),
    (decisions({**entry(), HOSTILE: 1}), f"Decision 1: its {HOSTILE} is not known."),
    (decisions(entry("declined")), "Decision 1: its reason_code: Write a code"),
    (decisions(entry("declined", reason_code=["a"])), "its reason_code: Write a code"),
    (decisions(entry("finding", verdict="toString")), "its verdict: Choose one."),
    (decisions(entry("finding", verdict="sound", codes="abc")), "its codes: Write different"),
    (decisions(entry("note", text=" ")), "its text: Write 1 to 20000"),
    (
        decisions(entry(), entry("taken_over")),
        "Decision 2: it says of a letter what an earlier",
    ),
]


def test_a_file_that_does_not_fit_is_refused_whole_and_says_why(room: Room) -> None:
    """Opened again, a file is data like any other: checked, and shown as text."""
    for data, said in FILES:
        room.open(data, "<b>mine</b>.json")
        room.dialog.wait_for()
        shown = " ".join(room.dialog.inner_text().split())
        assert shown.startswith("<b>mine</b>.json cannot be opened")
        assert said in shown
        room.button("Close").click()
        assert room.text("tally").startswith("0 of 3")


def test_nothing_is_saved_before_anything_is_decided(room: Room) -> None:
    room.button("Save decisions").click()
    assert "Nothing is decided yet" in room.dialog.inner_text()


def test_sixty_letters_are_signed_by_key(browser: Browser, tmp_path: Path) -> None:
    """'A 60-letter pack.'"""
    pack = pack_of(plain(60))
    with opened(browser, written(tmp_path, pack)) as room:
        for _ in range(60):
            room.press("n", "s")
        assert room.text("tally") == "60 of 60 decided, nothing left to read"
        room.button("Save decisions").click()
        assert room.dialog.get_by_role("listitem").count() == 60
        assert room.button("Save the file").is_visible()
        room.press("Escape")
        saved = room.saved()
    assert [(one["unit_id"], one["letter"]) for one in saved] == [
        (x.unit_id, x.digest) for x in pack
    ]


def test_a_preview_says_that_its_decisions_count_for_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, written(tmp_path, pack_of(plain(1), registration=None))) as room:
        assert room.text("warning").startswith("This is a preview")
    with opened(browser, written(tmp_path)) as room:
        assert not room.page.locator("#room-warning").is_visible()


# ---- Hostile letters ---------------------------------------------------------------------------

ATTACKS = (
    "<script>window.hit = 1</script>",
    "</script><script>window.hit = 1</script>",
    "</section></article></main></body></html><h1>Mine</h1>",
    "<!--",
    "--><img src=https://example.org/x.png onerror=window.hit=1>",
    "<style>* { display: none }</style></style>",
    "</title><meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<a href=\"javascript:window.hit=1\">x</a>",
    "<iframe src=\"data:text/html,<script>top.hit=1</script>\"></iframe>",
    "<svg onload=window.hit=1>",
    "<base href=https://example.org/><form action=https://example.org/><button data-do=save>",
    "\" onmouseover=\"window.hit=1\" x=\"",
    "{{ 7 * 7 }} ${7 * 7} \\u003cscript\\u003e",
    "@import url(https://example.org/x.css); expression(alert(1))",
    "*/ } body { background: url(https://example.org/x.png) } /*",
    "&lt;script&gt; &#x3c;script&#x3e; <![CDATA[ ]]>",
)  # fmt: skip


def test_hostile_text_is_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    """'Hostile letter text shown as text', whatever field it comes in by."""
    contents = {
        f"R-{number} {attack}"[:60].strip(): {
            "letter": letter(
                recipient=attack, subject=attack, salutation=attack, body=attack, closing=attack
            ),
            "docket": {
                **DOCKET,
                "owner": attack[:60].strip(),
                "division": attack,
                "contacts": {attack[:40].strip(): 1},
            },
        }
        for number, attack in enumerate(ATTACKS)
    }
    signatory = cs.Signatory(ATTACKS[0], ATTACKS[1], ATTACKS[4])
    pack = pack_of(contents, signatory=signatory, letterhead=list(ATTACKS[:4]))
    # Chance orders the letters; the number in the id says which attack each holds.
    order = [int(re.findall(r"R-(\d+)", found.unit_id)[0]) for found in pack]
    with opened(browser, written(tmp_path, pack)) as room:
        for place, number in enumerate(order, 1):
            room.press("n", "s", "w")
            room.dialog.get_by_label("The colleague's id").select_option(index=2)
            room.choose("For what", "kind-tone")
            room.write("Words for them (optional)", ATTACKS[number])
            room.submit()
            attack = " ".join(ATTACKS[number].split())
            for name in ("letter", "docket", "said"):
                text = room.page.locator(f".current .{name}").inner_text()
                assert attack in " ".join(text.split()), (name, attack)
            assert room.text("place") == f"Letter {place} of {len(ATTACKS)}"
        saved = room.saved()
        tags = room.page.locator("main *").evaluate_all("all => all.map((one) => one.localName)")
        assert not {"script", "style", "img", "svg", "a", "iframe", "form", "base"} & set(tags)
        assert room.page.evaluate("window.hit === undefined && document.scripts.length === 2")
        assert room.page.evaluate("document.querySelectorAll('article').length") == len(ATTACKS)
    assert {one["by"] for one in saved} == {ATTACKS[0]}
    assert [one["text"] for one in saved if "text" in one] == [ATTACKS[n] for n in order]
    assert [one["unit_id"] for one in saved[::2]] == [found.unit_id for found in pack]


# ---- Eyes, ears and paper ----------------------------------------------------------------------


def faults_of(room: Room) -> list[str]:
    """What axe finds: every rule that it has, the best practices too."""
    if not room.page.evaluate("'axe' in window"):
        room.page.evaluate(f"{AXE}; 0")
    found = room.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    tried = {rule["id"] for rule in found["passes"]}
    assert {"button-name", "color-contrast", "aria-valid-attr-value"} <= tried
    return [
        f"{fault['id']}: {node['html']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def see_everything(room: Room) -> Iterator[str]:
    """The room in each of its guises."""
    yield "cover sheet"
    room.press("n", "s", "o")
    room.write("Note", "A note.")
    room.submit()
    yield "letter"
    room.press("f")
    yield "form"
    room.submit()
    yield "form with its faults"
    room.press("Escape")
    room.press("?")
    yield "help"
    room.press("Escape")
    room.button("Save decisions").click()
    yield "before saving"
    room.button("Save the file").click()
    room.press("u")
    room.press("u")
    yield "question"


@pytest.mark.parametrize(
    ("scheme", "width"), first_of(2, [("dark", 1440), ("light", 320), ("light", 1440)])
)
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, scheme: Any, width: int) -> None:
    """'axe-core rules clean (light and dark)', wide, and at 400 % of 1280 pixels."""
    path = written(tmp_path, arabic_pack())
    size: Any = {"width": width, "height": 900}
    # Its own elements break the page's policy, so the policy is tested elsewhere.
    with opened(browser, path, color_scheme=scheme, viewport=size, bypass_csp=True) as room:
        found = {guise: faults for guise in see_everything(room) if (faults := faults_of(room))}
        assert found == {}


def arabic_pack() -> cs.Pack:
    """Two letters, one of them written from the right, with a table's worth of docket."""
    arabic = letter(
        recipient="السيدة ليلى حداد", salutation="السيدة ليلى حداد المحترمة،",
        subject="شكواكم بشأن رسوم البطاقة", closing="وتفضلوا بقبول فائق الاحترام،",
        body="لقد أعدنا الرسوم البالغة 25.31 جنيه.\n\nنعتذر عما حدث.",
    )  # fmt: skip
    return pack_of(
        {"R-1": {"letter": arabic, "docket": DOCKET}, "R-2": {"letter": arabic, "docket": DOCKET}},
        language="ar",
        template=WORDLESS,
    )


def test_a_letter_from_the_right_leaves_the_tools_where_they_are(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, written(tmp_path, arabic_pack())) as room:
        room.press("n", "s")
        directions = room.page.evaluate(
            "['.current .letter', '.current .said', '#room-choices', '#room-bar'].map("
            "(one) => getComputedStyle(document.querySelector(one)).direction)"
        )
        assert directions == ["rtl", "ltr", "ltr", "ltr"]
        assert "نعتذر عما حدث." in room.page.locator(".current .letter").inner_text()


#: What begins to the left of the window, to where nobody can scroll, but for the link that waits
#: there for the keyboard.
LEFT_OF_THE_WINDOW = """
() => [...document.querySelectorAll("body *:not(.skip)")]
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && box.left < -0.5)
  .map(([said]) => said)
"""


@pytest.mark.parametrize("letters", ["English", "Arabic"])
def test_nothing_is_cut_off_in_a_narrow_window(
    browser: Browser, tmp_path: Path, letters: str
) -> None:
    """'200 % zoom, narrow window': WCAG 1.4.10 asks for 320 pixels without scrolling sideways."""
    size: Any = {"width": 320, "height": 512}
    wide = "(one) => one.scrollWidth > one.clientWidth"
    file = written(tmp_path, *([arabic_pack()] if letters == "Arabic" else []))
    with opened(browser, file, viewport=size) as room:
        for guise in see_everything(room):
            assert not room.page.evaluate(f"({wide})(document.documentElement)"), guise
            assert room.page.evaluate(LEFT_OF_THE_WINDOW) == [], guise
            if room.dialog.count():
                assert not room.dialog.evaluate(wide), guise
                box = room.dialog.bounding_box()
                assert box is not None
                assert 0 <= box["x"] <= box["x"] + box["width"] <= 320, guise


def test_every_tool_is_reached_by_the_tab_key_and_shows_where_it_is(room: Room) -> None:
    room.press("n")
    names = []
    for _ in range(24):
        room.press("Tab")
        name, outline = room.page.evaluate(
            "(() => { const one = document.activeElement; return [one.ariaLabel ?? one.textContent,"
            " getComputedStyle(one).outlineStyle]; })()"
        )
        if name in BUTTONS:
            assert outline == "solid", name
            names.append(name)
    assert names[: len(BUTTONS)] == list(BUTTONS)


def test_a_dialog_takes_the_focus_and_gives_it_back(room: Room) -> None:
    room.press("n")
    room.button("Decline to sign").focus()
    room.press("Enter")
    assert room.page.evaluate("document.activeElement.textContent") == "Decline to sign"
    for _ in range(6):
        room.press("Tab")
        inside = (
            "document.activeElement.closest('dialog') || document.activeElement === document.body"
        )
        assert room.page.evaluate(f"Boolean({inside})")
    room.press("Escape")
    assert room.page.evaluate("document.activeElement.ariaLabel") == "Decline to sign"


def test_forced_colours_leave_every_tool_its_edge(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path), forced_colors="active") as room:
        room.press("n", "s")
        for button in room.page.locator(".choices button").all():
            style = button.evaluate("(one) => getComputedStyle(one).borderStyle")
            assert style == "solid"
        assert room.page.locator("[aria-current=true]").evaluate(
            "(one) => getComputedStyle(one).outlineStyle"
        ) == "solid"  # fmt: skip


def words_on_paper(browser: Browser, path: Path, *keys: str) -> list[str]:
    """The words of each page that the browser prints."""
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(path.as_uri())
        for key in keys:
            page.keyboard.press(key)
        pages = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
        return [" ".join(found.extract_text().split()) for found in pages]


def test_on_paper_it_is_the_pack_and_no_tool_is_seen(browser: Browser, tmp_path: Path) -> None:
    """'Read-only printing of the room prints letters properly and hides tools.'"""
    room = written(tmp_path)
    pack = tmp_path / "pack.html"
    pack.write_bytes(PACK.rendered["pack.html"])
    expected = words_on_paper(browser, pack)
    assert len(expected) >= 8  # the cover sheet, the list, and two for each letter
    assert words_on_paper(browser, room) == expected
    assert words_on_paper(browser, room, "n", "n", "s") == expected
