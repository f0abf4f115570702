"""The verifier's page as a file: one, the same everywhere, and closed to everything else."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import ceosample as cs
from ceosample.verifier.page import editions
from command import asked
from rooms import PACK

PAGE = cs.verification.verifier_page()
HTML = PAGE.decode()


def hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_the_policy_lets_only_its_own_parts_run() -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', HTML)
    (style,) = re.findall(r"<style>(.*?)</style>", HTML, re.S)
    (script,) = re.findall(r"<script>(.*?)</script>", HTML, re.S)
    assert policy == (
        f"default-src 'none'; script-src {hash_source(script)}; style-src {hash_source(style)}; "
        "worker-src blob:; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_named_that_a_browser_could_load_or_run_from_data() -> None:
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", HTML, flags=re.S)
    assert not re.findall(r"(?i)\b(?:src|href|srcset|style|on[a-z]+)=", markup)
    scripts = "".join(re.findall(r"<script.*?</script>", HTML, re.S))
    ways = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function|WebAssembly"
    assert not re.findall(
        ways + r"|XMLHttpRequest|\bfetch\b|sendBeacon|WebSocket|\bimport\b", scripts
    )


def test_the_digest_in_the_page_is_that_of_the_page_without_it() -> None:
    """As the page says: ``sed ... verifier.html | sha256sum`` prints it."""
    blank, count = re.subn(r'(id="digest">)[0-9a-f]*', r"\1", HTML)
    assert count == 1
    assert f'id="digest">{hashlib.sha256(blank.encode()).hexdigest()}<' in HTML


def test_a_page_that_changes_has_a_new_edition() -> None:
    """A page that was shipped keeps its line; the last line is the page of these sources."""
    assert editions()[-1]["sha256"] == hashlib.sha256(PAGE).hexdigest()
    assert [edition["edition"] for edition in editions()] == [
        str(number) for number in range(1, len(editions()) + 1)
    ]
    assert f'{editions()[-1]["edition"]}, of <time datetime="{editions()[-1]["date"]}">' in HTML


def test_the_command_writes_the_page_and_names_it(tmp_path: Path) -> None:
    ended = asked("verify", "--page", folder=tmp_path)
    assert (ended.code, (tmp_path / "verifier.html").read_bytes()) == (0, PAGE)
    assert hashlib.sha256(PAGE).hexdigest() in ended.out
    again = asked("verify", "--page", "verifier.html", "--json", folder=tmp_path)
    assert again.json == {"file": "verifier.html", **editions()[-1]}


def test_the_command_leaves_another_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "check.html"
    path.write_text("mine", "utf-8")
    ended = asked("verify", "--page", "check.html", folder=tmp_path)
    assert (ended.code, path.read_text("utf-8")) == (3, "mine")
    assert asked("verify", "--page", "new.html", "--all", folder=tmp_path).code == 2


def test_a_pack_is_saved_with_the_page_and_keeps_the_one_it_has(tmp_path: Path) -> None:
    PACK.save(tmp_path)
    assert (tmp_path / "verifier.html").read_bytes() == PAGE
    (tmp_path / "verifier.html").write_text("an earlier edition", "utf-8")
    PACK.save(tmp_path)
    assert (tmp_path / "verifier.html").read_text("utf-8") == "an earlier edition"
