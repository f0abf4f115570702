"""The steps by which an auditor checks a file of evidence, with the tools of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ceosample.verifier.page import VERIFIER

INDEX: Final = "index.json"
PAGE: Final = "index.html"
SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.p7s"
EVENTS: Final = "events.jsonl"

_VERIFY: Final = (
    "openssl cms -verify -binary -inform DER -in SHA256SUMS.p7s -content SHA256SUMS "
    "-CAfile root.pem -purpose any -out /dev/null"
)

_CHAIN: Final = (
    "p=$(printf %064d 0); while IFS= read -r e; do "
    'case $e in *\'"previous":"\'$p\'","recorded_at":\'*) ;; *) echo "broken at $e";; esac; '
    'p=$(printf %s "$e" | sha256sum | cut -c1-64); done < events.jsonl; echo "head $p"'
)


def steps_of(
    head: str, signed: str | None, stamped: Mapping[str, str]
) -> Iterator[dict[str, str | None]]:
    """What an auditor does one after the other: in words, with a line for the shell.

    Args:
        head: the ledger's.
        signed: the SHA-256 of the certificate that signs the file; None where it is not signed.
        stamped: the time stamps by name, each with the digest that it must be of.
    """
    yield {
        "says": "Compare the zip's SHA-256 with the one that its maker told you by telephone or on "
        "paper.",
        "line": "sha256sum EVIDENCE.zip",
    }
    yield {
        "says": "Unpack it, and compare every file with its digest.",
        "line": f"sha256sum --check --quiet {SUMS}",
    }
    if signed is not None:
        yield {
            "says": "Check the signature over the digests. Get root.pem from somebody else than "
            "the maker of this file. The signer's certificate has this SHA-256:",
            "digest": signed,
            "line": _VERIFY,
        }
    yield {
        "says": "Check that each event holds the SHA-256 of the one before. The last line must "
        "print this head:",
        "digest": head,
        "line": _CHAIN,
    }
    yield {
        "says": "Compare that head, or an earlier event's hash, with a signed closing sheet that "
        "the firm's bookkeeper could not exchange. Compare each freeze's hash with the dated "
        "commitment sheet, and its date with the minutes of the dice.",
        "line": None,
    }
    if stamped:
        yield {
            "says": "Check the time stamps. Get root.pem from the authority itself. Where OpenSSL "
            "says that a certificate has expired, add -attime with the time of the stamp. The time "
            "of a commitment must be before the seed.",
            "line": "\n".join(
                f"openssl ts -verify -digest {digest} -in {name} -CAfile root.pem"
                for name, digest in stamped.items()
            ),
        }
    yield {
        "says": f"Draw each month again. Open {VERIFIER} in a browser, and give it the zip. The "
        "copy in this file is the firm's: get your own from somewhere else, or compare its SHA-256 "
        "with the one that the release names.",
        "line": None,
    }
    yield {
        "says": "Or let the program check all of this file at once, draws, events and figures.",
        "line": "ceosample verify EVIDENCE.zip",
    }
