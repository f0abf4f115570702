"""What an event must hold, and when a step may be taken: the rules around the table of states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ceosample.canonical import Json
from ceosample.errors import ConflictError, LedgerError
from ceosample.signoff.replay.history import History
from ceosample.signoff.replay.lifecycle import require_step
from ceosample.signoff.rules.forms import KINDS
from ceosample.signoff.store.events import Event

if TYPE_CHECKING:  # whoever reads a ledger needs no pack, and no draw
    from ceosample.letters.letter import Letter
    from ceosample.letters.papers.pack import Pack
    from ceosample.sampling.commitment import Commitment
    from ceosample.sampling.divisions import Divisions
    from ceosample.sampling.draw import Draw
    from ceosample.sampling.frames.frame import AnyFrame
    from ceosample.sampling.plans.pool import Pool


def frozen(frame: AnyFrame, commitment: Commitment) -> dict[str, Json]:
    """What a freeze fixes: what is committed to, and the counts that go with it."""
    return {
        "commitment": commitment.digest,
        **commitment.to_dict(),
        "count": sum(frame.sizes().values()),
        "exclusions": dict(frame.exclusions),
        "control_total": frame.control_total,
    }


def require_manifest(frame: AnyFrame) -> None:
    """Raise unless a frame has digests that fix it: without them a freeze proves nothing.

    Raises:
        LedgerError: it was made without a manifest.
    """
    if frame.digest is None or frame.excluded_digest is None:
        raise LedgerError(
            f"{frame.population}, {frame.period}: got a frame without a manifest, so nothing would "
            "be frozen; make it without manifest=False"
        )


def require_frozen_draw(freeze: Event, draw: Draw) -> None:
    """Raise unless a draw is of what was frozen, the counts next to the commitment included.

    Raises:
        ConflictError: it is of another frame, plan, kind of seed or control total.
    """
    where = f"{draw.population}, {draw.period}: event {freeze.sequence} froze"
    if freeze.payload["commitment"] != draw.commitment:
        raise ConflictError(
            f"{where} the commitment {freeze.payload['commitment'][:8]}; got a draw of "
            f"{draw.commitment[:8]}, from another frame, plan or kind of seed"
        )
    if freeze.payload["control_total"] != draw.frame.control_total:
        raise ConflictError(
            f"{where} the control total {freeze.payload['control_total']}; got a draw of a frame "
            f"with {draw.frame.control_total}"
        )


def drawn(draw: Draw, divisions: Divisions | None) -> dict[str, Json]:
    """What the ledger keeps of a draw: its digest, and the denominators of every metric.

    Args:
        draw: which.
        divisions: the responses' own strata behind the plan's; None under rules 1, which keep none.
    """
    return {
        "draw": draw.digest,
        "commitment": draw.commitment,
        "strata": [
            {
                "stratum": list(pool.stratum),
                "N": pool.size,
                "n": pool.letters,
                "take_all": pool.take_all,
                **({} if divisions is None else {"divisions": _divisions(pool, divisions)}),
            }
            for pool in draw.pools
        ],
    }


def _divisions(pool: Pool, divisions: Divisions) -> Json:
    return [
        {"division": list(division), "N": size}
        for division, size in divisions.sizes[pool.stratum].items()
    ]


def units(draw: Draw, divisions: Divisions | None) -> Iterator[tuple[str, str, dict[str, Json]]]:
    """Kind, unit id and payload of the first event of each selection and reserve."""
    take_all = {pool.stratum for pool in draw.pools if pool.take_all}
    for kind, chosen in (("selected", draw.selections), ("reserve", draw.reserves)):
        for unit in chosen:
            payload: dict[str, Json] = {
                "draw": draw.digest,
                "stratum": list(unit.stratum),
                "rank": unit.rank,
                "take_all": unit.stratum in take_all,
            }
            if unit.line is not None:
                payload["line"] = unit.line
            if divisions is not None:
                payload["division"] = list(divisions.of_unit[unit.unit_id])
            yield kind, unit.unit_id, payload


#: Facts of a docket that came with rules 2: a letter can be sent without them under rules 1.
_NEW_FACTS: Final = ("passed_between", "promises")


def require_pack(pack: Pack, drawn: Event | None) -> None:
    """Raise unless the pack is of the registered draw and names its registration.

    Raises:
        LedgerError: no draw is registered.
        ConflictError: the pack is of another draw, or was made before the registration.
    """
    where = f"{pack.population}, {pack.period}"
    if drawn is None:
        raise LedgerError(f"{where}: no draw is registered; register it before you send letters")
    if pack.draw != drawn.payload["draw"]:
        raise ConflictError(
            f"{where}: got a pack of the draw {pack.draw[:8]}; render one of the registered draw "
            f"{drawn.payload['draw'][:8]}"
        )
    if pack.registration != drawn.hash:
        raise ConflictError(
            f"{where}: the pack's cover sheet does not name the registration {drawn.hash[:8]}; "
            "render the pack again with registration=event.hash"
        )


def send(
    history: History | None, letter: Letter, pack: Pack, rules: int
) -> tuple[Event | None, list[tuple[str, dict[str, Json]]]]:
    """The event that sent this letter already, or the events that send it now.

    What the rules of a number do not know yet stays out of the ledger, and is on the docket alone.

    Raises:
        LedgerError: the letter cannot be sent from the state that it is in.
    """
    if history is None:
        raise LedgerError(f"letter {letter.unit_id}: was not drawn")
    version = letter.fields["version"]
    rendered = None
    for event in history.events:
        # A letter that exists already can be sent again as it was: a later version, the same bytes.
        if event.kind == "rendered" and event.payload["letter"] == letter.digest:
            rendered = event.payload["version"]
        if event.kind == "sent_for_signature" and rendered == version:
            return event, []
    require_step(letter.unit_id, history.state, "rendered")
    if version != history.versions + 1:
        raise LedgerError(
            f"letter {letter.unit_id}: got version {version}, after {history.versions} that were "
            f"rendered before; render it with version={history.versions + 1}"
        )
    signatory = letter.fields["signatory"]["id"]
    payload: dict[str, Json] = {"letter": letter.digest, "signatory": signatory}
    form = KINDS["rendered"]
    docket = {
        name: value
        for name, value in pack.docket(letter.unit_id).items()
        if name not in _NEW_FACTS or form.field(name, rules) is not None
    }
    return None, [
        ("rendered", {**docket, **payload, "version": version, "words": letter.words}),
        ("sent_for_signature", {**payload, "pack": pack.digest}),
    ]
