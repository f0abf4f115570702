"""What drand's HTTP API answers for a round, in the forms of its versions 1 and 2."""

from __future__ import annotations

from typing import Any

import attrs

from ceosample.canonical import parse_json
from ceosample.errors import SeedError, raise_faults
from ceosample.got import got
from ceosample.sampling.seeds.drand import is_hex, value_of


@attrs.frozen
class Answer:
    """A round as drand publishes it.

    Attributes:
        number: which round.
        value: its randomness; version 2 leaves it out, so it is taken from the signature.
        signature: its signature, in lower-case hex.
        previous_signature: that of the round before, where the chain signs it too; else None.
    """

    number: int
    value: str
    signature: str
    previous_signature: str | None

    @classmethod
    def parse(cls, data: bytes) -> Answer:
        """Read an answer; names that are not known here are passed over.

        Raises:
            SeedError: every problem of it.

        >>> Answer.parse(b'{"round": 7, "signature": "00ff"}').value[:8]
        '06eb7d6a'
        """
        try:
            fields = parse_json(data)
        except ValueError as error:
            raise SeedError(f"round file: got {error}; give drand's answer as it came") from None
        if not isinstance(fields, dict):
            raise SeedError(f"round file: {got(fields)}; give drand's answer, an object")
        raise_faults(SeedError, _faults(fields))
        signature = str(fields["signature"]).lower()
        previous = fields.get("previous_signature") or None
        value = fields.get("randomness")
        return cls(
            int(str(fields["round"])),
            value_of(signature) if value is None else str(value).lower(),
            signature,
            None if previous is None else str(previous).lower(),
        )


def _faults(fields: dict[str, Any]) -> list[str]:
    number = fields.get("round")
    faults = []
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        faults.append(f"round file, round: {got(number)}; give the number of a round")
    for name in ("signature", "previous_signature", "randomness"):
        text = fields.get(name)
        if text is None or (name == "previous_signature" and text == ""):
            if name == "signature":
                faults.append("round file, signature: got none; give drand's whole answer")
        elif not isinstance(text, str) or not is_hex(text.lower()):
            faults.append(f"round file, {name}: {got(text)}; give hex digits")
    return faults
