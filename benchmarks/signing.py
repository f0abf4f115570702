"""How long a digital signature takes, a whole month with one key: ``python benchmarks/signing.py``.

Prints milliseconds of this process's own time, for 60 letters and each kind of key: to load the key
once, to sign a letter, and to check one. The appearance is set once a month in a child process, and
is not among them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from cryptography.hazmat.primitives.asymmetric import ec

import authority as au
import months
from ceosample import Frame, Plan, Signatory, draw, render
from ceosample.signing import SigningKey
from ceosample.signing import check as check_signed
from ceosample.signing import sign as sign_letters

#: ``--small`` signs two, once, to see that all of it still runs.
LETTERS, ROUNDS = (2, 1) if "--small" in sys.argv else (60, 3)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """The processor's time that it takes, the best of its rounds, and what it gives."""
    times, given = [], None
    for _ in range(ROUNDS):
        start = time.process_time()
        given = work()
        times.append(time.process_time() - start)
    return min(times), given


def main() -> None:
    """Measure each kind of key."""
    rows = [{"id": f"R-{number}"} for number in range(200)]
    frame = Frame.from_records(rows, **months.MONTH, unit_id="id", strata=[])
    pack = render(
        draw(frame, Plan(size=LETTERS, allocation="srs"), months.SEED),
        lambda ids: months.contents(ids, months.AUTHOR),
        signatory=Signatory("ceo", "Margaret Llewelyn", "Chief Executive"),
        date=au.AT.date(),
        registration="0" * 64,
        pdf=True,
    )
    office = au.authority().office
    kinds = {
        "RSA-2048": au.rsa_key("two"),
        "RSA-3072": au.rsa_key("three", 3072),
        "P-256": ec.generate_private_key(ec.SECP256R1()),
    }
    for name, private in kinds.items():
        holder = au.issue("Margaret Llewelyn", office, key=private)
        data = holder.pkcs12()
        load, key = seconds(lambda data=data: SigningKey.from_pkcs12(data, au.SECRET))
        whole, signed = seconds(lambda key=key: sign_letters(pack, key, at=au.AT))
        people = {"ceo": [holder.digest]}
        roots = [au.authority().root.pem]
        check, reports = seconds(
            lambda signed=signed, roots=roots, people=people: [
                check_signed(pdf, pack, roots=roots, people=people, at=au.AT)
                for pdf in signed.values()
            ]
        )
        assert all(report.ok for report in reports)
        print(
            f"{name}: {1000 * whole / LETTERS:.1f} ms a letter signed; the key "
            f"loads in {1000 * load:.0f} ms; {1000 * check / LETTERS:.0f} ms a letter checked"
        )


if __name__ == "__main__":
    main()
