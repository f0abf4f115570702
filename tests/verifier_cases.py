"""Records for the verifier's page: what the library finds of each, and how a page is given them."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Sequence
from typing import Any

import attrs

from ceosample import verification
from ceosample.sampling.verify import VerificationReport

#: Gives the page one case after the other by its own field, and reads what it then shows.
RUN = """
return (async () => {
  const shown = [];
  const text = (id) => document.getElementById(id).textContent;
  for (const files of CASES) {
    const given = new window.DataTransfer();
    for (const [name, data] of Object.entries(files)) {
      const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
      given.items.add(new window.File([bytes], name));
    }
    document.getElementById("verdict").textContent = "";
    const field = document.getElementById("files");
    field.files = given.files;
    field.dispatchEvent(new window.Event("change", { bubbles: true }));
    while (!text("verdict") || !document.getElementById("working").hidden) {
      await new Promise((done) => setTimeout(done, 2));
    }
    const hidden = document.getElementById("difference").hidden;
    const notes = [...document.querySelectorAll("#notes li")].map((one) => one.textContent);
    shown.push([text("verdict"), hidden ? null : text("difference"), notes]);
  }
  return shown;
})();
"""


@attrs.frozen
class Case:
    """A record's files, and what the library finds of them."""

    what: str
    files: dict[str, bytes]
    report: VerificationReport

    @classmethod
    def of(cls, what: str, files: dict[str, bytes]) -> Case:
        record = files["draw.json"]
        earlier: list[bytes] = []
        # Most of what is no record is no object either.
        with contextlib.suppress(ValueError, AttributeError, TypeError, RecursionError):
            named = json.loads(record)
            carried = named.get("rotation") or named.get("waiting") or {"earlier": []}
            earlier = [files[f"earlier-{one['period']}.json"] for one in carried["earlier"]]
        tables = files["manifest.csv"], files["exclusions.csv"]
        return cls(what, files, verification.verify_record(record, *tables, earlier=earlier))

    @property
    def told(self) -> list[Any]:
        """What the page must show of it."""
        verdict = f"{'ok' if self.report.ok else 'NOT ok'}: {self.report.level.name}"
        if self.report.ok and b"beacon:" in self.files["draw.json"]:
            verdict += "; not checked here: 1"  # whether the beacon's key signed its round
        fault = self.report.first_difference
        said = None if fault is None else f"First difference: {fault}"
        return [verdict, said, list(self.report.notes)]


def script_for(cases: Sequence[Case]) -> str:
    given = [
        {name: base64.b64encode(data).decode() for name, data in case.files.items()}
        for case in cases
    ]
    return RUN.replace("CASES", json.dumps(given))
