"""A commitment shows what it fixes, and a saved frame gives the digests that it fixed."""

from __future__ import annotations

import ceosample as cs
from ceosample.sampling.commitment import commit
from ceosample.sampling.frames.saved_frame import SavedFrame
from months import MONTH, PLAN, frame_of


def test_a_commitment_shows_the_digests_of_the_frame_or_that_there_is_none() -> None:
    commitment = commit(frame_of(), PLAN, seed_source="dice")
    shown = " ".join(str(commitment).split())
    assert f"digest {commitment.digest}" in shown
    assert commitment.manifest is not None
    assert f"manifest {commitment.manifest}" in shown
    assert f"exclusions {commitment.excluded or 'none'}" in shown
    assert "seed to come from dice" in shown
    assert "none: the frame is not committed to" not in shown


def test_a_saved_frame_gives_the_digest_of_each_letter_that_is_asked_for() -> None:
    rows = [{"id": f"C-{i}", "d": "Cards", "digest": f"{i:064x}"} for i in range(4)]
    frame = cs.Frame.from_records(rows, **MONTH, unit_id="id", strata=["d"], content="digest")
    saved = SavedFrame.of(lambda: iter([b"".join(frame.manifest())]), b"unit_id,reason\n", **MONTH)
    for one in (frame, saved):
        assert one.committed(["C-1", "C-3", "C-9"]) == {"C-1": f"{1:064x}", "C-3": f"{3:064x}"}
