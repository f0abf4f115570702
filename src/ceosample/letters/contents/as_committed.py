"""How a letter stands to what the frame committed to before the draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from ceosample.canonical import Json
from ceosample.errors import LetterError, raise_faults
from ceosample.letters.contents.content_digest import AS_COMMITTED, EDITED, Edit
from ceosample.letters.contents.fields import LetterContents
from ceosample.sampling.draw import Draw
from ceosample.text import quoted


def as_committed(
    draw: Draw, fetched: Sequence[LetterContents], version: int, edits: Mapping[str, Edit]
) -> list[LetterContents]:
    """The fields, each docket saying how its letter stands to what the frame committed to.

    Raises:
        LetterError: the first version of a letter is not what was committed to.
    """
    if not draw.frame.content:
        return list(fetched)
    committed = draw.frame.committed([fields.unit_id for fields in fetched])
    same = [committed[fields.unit_id] in (fields.content, fields.content_0_1) for fields in fetched]
    faults = [
        f"letter {fields.unit_id}: the frame commits to its contents, and no salt came with them; "
        "give {'letter': ..., 'docket': ..., 'salt': ...}"
        if fields.content is None
        else f"letter {fields.unit_id}: got contents with the SHA-256 {fields.content[:8]} for "
        f"{committed[fields.unit_id][:8]}: not what was committed to before the draw; restore "
        "them, and render what was edited as the next version; if they cannot be rendered, let a "
        "named person allow the edit, edits=..."
        for fields, is_same in zip(fetched, same, strict=True)
        if fields.content is None or (version == 1 and not is_same and fields.unit_id not in edits)
    ]
    faults += [
        f"letter {fields.unit_id}, edits: got {quoted(edits[fields.unit_id].by)}, its {name}; let "
        "another person allow the edit"
        for fields in fetched
        if fields.unit_id in edits
        for name in ("owner", "author")
        if fields.docket.get(name) == edits[fields.unit_id].by
    ]
    raise_faults(LetterError, faults)
    return [
        attrs.evolve(
            fields, found={**fields.found, **_committed_facts(edits.get(fields.unit_id), is_same)}
        )
        for fields, is_same in zip(fetched, same, strict=True)
    ]


def _committed_facts(edit: Edit | None, is_same: bool) -> dict[str, Json]:
    """How a letter stands to what the frame committed to, and who allowed another text."""
    if is_same:
        return {"content": AS_COMMITTED}
    allowed: dict[str, Json] = (
        {} if edit is None else {"edited_by": edit.by, "edited_for": edit.reason_code}
    )
    return {"content": EDITED, **allowed}
