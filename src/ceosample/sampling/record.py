"""``draw.json`` read back, and the first difference between two records in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import attrs

from ceosample.canonical import Json, canonical_file, digest, is_digest, parse_json
from ceosample.errors import PlanError, RecordError, raise_faults
from ceosample.files import Contents, chunks_of
from ceosample.form import Maybe, faults_of_form, is_count, is_text, is_texts
from ceosample.period import Period
from ceosample.sampling.engine import EngineName
from ceosample.sampling.frames.frame import Frame
from ceosample.sampling.frames.manifest import digest_of
from ceosample.sampling.frames.saved_frame import SavedFrame
from ceosample.sampling.names import EXCLUSIONS, MANIFEST
from ceosample.sampling.plans.plan import Plan
from ceosample.sampling.plans.rotation import Past
from ceosample.sampling.seeds.seed import Seed
from ceosample.sampling.ticket import SCHEME
from ceosample.text import quoted


@attrs.frozen(slots=False)  # a __dict__ is where cached_property keeps its value
class Record:
    """A public record whose form is right; ``verify`` tells whether it is true.

    Attributes:
        data: the bytes of ``draw.json``.
        fields: what they say. Names that this release does not know stay in it and are ignored.
    """

    data: bytes = attrs.field(repr=False)
    fields: Mapping[str, Any] = attrs.field(repr=False)

    @classmethod
    def parse(cls, data: bytes) -> Record:
        """Read ``draw.json`` strictly.

        Raises:
            RecordError: it is not JSON, not of a scheme known here, not canonical, or a field is
                missing or of the wrong kind.
        """
        try:
            fields = parse_json(data)
        except ValueError as error:
            raise RecordError(f"draw.json: {error}") from None
        if not isinstance(fields, dict):
            raise RecordError("draw.json: not a JSON object")
        if fields.get("scheme") != SCHEME:
            raise RecordError(
                f"draw.json, scheme: got {quoted(fields.get('scheme'))}; this release reads "
                f"{SCHEME}"
            )
        raise_faults(RecordError, faults_of_form(fields, FORM, "draw.json"))
        if canonical_file(fields) != data:
            raise RecordError("draw.json: not canonical JSON (RFC 8785) with a final newline")
        return cls(data, fields)

    @property
    def period(self) -> str:
        """The ISO month."""
        return str(self.fields["period"])

    @property
    def committed(self) -> bool:
        """Whether the draw was committed to its frame: the record names a manifest."""
        return self.fields["frame"]["manifest"] is not None

    def require_committed(self) -> None:
        """Raise if the record has no tables to draw from again.

        Raises:
            RecordError: it names no manifest.
        """
        if not self.committed:
            raise RecordError(
                "draw.json, frame, manifest: null, so the draw was not committed to its frame and "
                "no table of it was kept; give the frame that it was drawn from"
            )

    def frame(self, manifest: bytes, excluded: bytes) -> Frame:
        """The frame that the two files hold, which must be the files that the record names.

        Raises:
            RecordError, FrameError: they are not, or they hold what no frame may.
        """
        self._require_named(manifest, excluded)
        return Frame.from_manifest(manifest, excluded, **self._about)

    def saved_frame(
        self, manifest: Contents, excluded: Contents, engine: EngineName | None = None
    ) -> SavedFrame:
        """The frame, left in its files, which are read again for each question.

        Raises:
            RecordError, FrameError: as :meth:`frame`, with the first problem alone.
        """
        self._require_named(manifest, excluded)
        return SavedFrame.of(manifest, excluded, **self._about, engine=engine)

    def _require_named(self, manifest: Contents, excluded: Contents) -> None:
        for name, data, said in (
            (MANIFEST, manifest, self.fields["frame"]["manifest"]),
            (EXCLUSIONS, excluded, self.fields["frame"]["excluded"]),
        ):
            found = digest_of(chunks_of(data))
            if found != said:
                raise RecordError(f"{name}: its SHA-256 is {found}; the record says {said}")

    @property
    def _about(self) -> dict[str, Any]:
        return {
            "population": self.fields["population"],
            "period": self.period,
            "control_total": self.fields["frame"]["control_total"],
        }

    def plan(self) -> Plan:
        """The plan; its form was checked when the record was read."""
        return Plan.from_dict(self.fields["plan"])

    @property
    def _named(self) -> list[dict[str, str]]:
        """Period and digest of each earlier draw that the record carries on."""
        carried = self.fields.get("rotation") or self.fields.get("waiting") or {}
        found: list[dict[str, str]] = carried.get("earlier", [])
        return found

    @property
    def earlier_files(self) -> list[str]:
        """The names of the files that hold the earlier draws that it carries on."""
        return [earlier_file(entry["period"]) for entry in self._named]

    def earlier(self, data: Sequence[bytes]) -> list[Record]:
        """The earlier draws that it carries on, from their bytes in the record's order.

        Raises:
            RecordError: they are not those that the record names.
        """
        if len(data) != len(self._named):
            raise RecordError(
                f"draw.json, earlier: names {len(self._named)} earlier draws; got {len(data)}"
            )
        for entry, found in zip(self._named, data, strict=True):
            if digest(found) != entry["draw"]:
                raise RecordError(
                    f"{earlier_file(entry['period'])}: its SHA-256 is {digest(found)}; "
                    f"the record says {entry['draw']}"
                )
        return [Record.parse(found) for found in data]

    @cached_property
    def past(self) -> Past:
        """What a later month's draw needs to know of this one."""
        take_all = self.plan().take_all
        strata = {tuple(entry["stratum"]): entry["n"] for entry in self.fields["strata"]}
        rotating = {stratum: n for stratum, n in strata.items() if stratum not in take_all}
        return Past(
            population=self.fields["population"],
            period=Period.parse(self.period),
            variables=tuple(self.fields["frame"]["variables"]),
            rotation=self.fields["plan"].get("rotation"),
            digest=digest(self.data),
            present=frozenset(rotating),
            drawn=frozenset(stratum for stratum, n in rotating.items() if n),
            data=self.data,
        )

    def seed(self) -> Seed:
        """The seed.

        Raises:
            SeedError: it is too short or otherwise no seed.
        """
        return Seed.from_dict(self.fields["seed"])


def earlier_file(period: str) -> str:
    """The name of the file that holds an earlier draw which another carries on."""
    return f"earlier-{period}.json"


def difference(expected: Json, recorded: Json, where: str = "") -> str | None:
    """The first difference in words, or None; names that only the record has are ignored.

    >>> difference({"n": 3}, {"n": 4, "new": True}, "strata, entry 1")
    'strata, entry 1, n: the record has 4; a redraw gives 3'
    """
    if isinstance(expected, dict) and isinstance(recorded, dict):
        for name, value in expected.items():
            place = f"{where}, {name}" if where else name
            if name not in recorded:
                return f"{place}: not in the record; a redraw gives {quoted(value)}"
            if found := difference(value, recorded[name], place):
                return found
        return None
    if isinstance(expected, list) and isinstance(recorded, list):
        for number, (ours, theirs) in enumerate(zip(expected, recorded, strict=False), 1):
            if found := difference(ours, theirs, f"{where}, entry {number}"):
                return found
        if len(expected) != len(recorded):
            return (
                f"{where}: the record has {len(recorded)} entries; a redraw gives {len(expected)}"
            )
        return None
    if type(expected) is not type(recorded) or expected != recorded:
        return (
            f"{where}: the record has {quoted(recorded, 80)}; a redraw gives {quoted(expected, 80)}"
        )
    return None


def fault_of_reasons(counts: Mapping[str, int], recorded: Mapping[str, Any]) -> str | None:
    """The first reason for which a record counts exclusions and no response was left out.

    Reasons are names of the firm's and no names of the scheme, of which unknown ones are ignored.

    >>> fault_of_reasons({}, {"frame": {"exclusions": {"duplicate": 3}}})
    'frame, exclusions, duplicate: the record has 3; no response was left out for it'
    """
    said: Mapping[str, int] = recorded["frame"]["exclusions"]
    for reason in sorted(said.keys() - counts.keys()):
        return (
            f"frame, exclusions, {reason}: the record has {said[reason]}; no response was left out "
            "for it"
        )
    return None


def unknown_names(expected: Json, recorded: Json, where: str) -> list[str]:
    """The places of names that only the record has; a value that differs is not looked into.

    >>> unknown_names({"n": 3}, {"n": 3, "approved_by": "ceo"}, "draw.json")
    ['draw.json, approved_by']
    """
    if isinstance(expected, dict) and isinstance(recorded, dict):
        found = [f"{where}, {name}" for name in recorded if name not in expected]
        for name in expected.keys() & recorded.keys():
            found += unknown_names(expected[name], recorded[name], f"{where}, {name}")
        return sorted(found)
    if isinstance(expected, list) and isinstance(recorded, list):
        pairs = enumerate(zip(expected, recorded, strict=False), 1)
        return [
            place
            for number, (ours, theirs) in pairs
            for place in unknown_names(ours, theirs, f"{where}, entry {number}")
        ]
    return []


def _is_period(value: object) -> bool:
    try:
        Period.parse(value)  # type: ignore[arg-type]  # it says no to what is not text
    except ValueError:
        return False
    return True


def _is_plan(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    try:
        plan = Plan.from_dict(value)
    except PlanError as error:
        raise RecordError(*(f"draw.json, {fault}" for fault in error.faults)) from None
    if plan.to_dict() != value:
        # Two ways to write one plan would be two records of one draw.
        raise RecordError(
            "draw.json, plan: holds more than its size and what differs from defaults"
        )
    return True


def _is_counts(value: object) -> bool:
    return isinstance(value, dict) and all(is_count(item) for item in value.values())


def _is_digest_or_null(value: object) -> bool:
    return value is None or is_digest(value)


#: What a selection and a reserve both have; the line under a rotation alone.
_TICKETED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "unit_id": is_text,
        "stratum": is_texts,
        "ticket": is_digest,
        "rank": lambda value: is_count(value, 1),
        "line": Maybe(is_text),  # a wrong one is found by the redraw, as a wrong selection
    }
)

#: What each field of the record must be: a check, a form of its own, or a list of a form.
FORM: dict[str, Any] = {
    "population": is_text,
    "period": _is_period,
    "commitment": is_digest,
    "plan": _is_plan,
    "seed": {
        "value": is_text,
        "source": is_text,
        "witnesses": is_texts,
        "contributions": Maybe(lambda value: is_texts(value) and len(value) > 1),
        "signature": Maybe(is_text),
        "previous_signature": Maybe(is_text),
    },
    "frame": {
        "manifest": _is_digest_or_null,
        "variables": is_texts,
        "content": lambda value: isinstance(value, bool),
        "count": is_count,
        "exclusions": _is_counts,
        "excluded": _is_digest_or_null,
        "control_total": lambda value: value is None or is_count(value),
    },
    "strata": [{"stratum": is_texts, "N": is_count, "n": is_count, "probability": is_text}],
    "selections": [{**_TICKETED, "probability": is_text}],
    "reserves": [dict(_TICKETED)],
    "rotation": Maybe({
        "block": _is_period,
        "earlier": [{"period": _is_period, "draw": is_digest}],
        "unreached": lambda value: isinstance(value, list) and all(map(is_texts, value)),
    }),
    "waiting": Maybe({
        "block": _is_period,
        "earlier": [{"period": _is_period, "draw": is_digest}],
        "lots": [{"stratum": is_texts, "lots": lambda value: is_count(value, 1)}],
        "start": lambda value: value is None or is_count(value),
    }),
}  # fmt: skip
