"""What the project says of its dependencies: floors, pins, the list of what a release brings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from floors import PINNED, ROOT, constraints, plain, requirements


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version's beginning."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def pins() -> dict[str, str]:
    lines = [line for line in PINNED.read_text("utf-8").splitlines() if "==" in line]
    return {plain(line.partition("==")[0]): line.partition("==")[2] for line in lines}


def test_each_dependency_has_a_floor() -> None:
    """'`mail`, `docx` and `seal` have no lower bound'"""
    assert [name for name, floor in requirements() if floor is None] == []


def test_what_is_pinned_is_not_below_its_floor() -> None:
    """'Floors that are true': what the tests run with is what the floors allow."""
    pinned = pins()
    below = [
        (name, floor, pinned[plain(name)])
        for name, floor in requirements(tests=True)
        if floor is not None and version(pinned[plain(name)]) < version(floor)
    ]
    assert below == []


def test_the_lowest_versions_are_what_the_floors_say() -> None:
    lines = constraints().splitlines()
    assert "sqlalchemy==2.0.53" in lines
    assert "psycopg==3.2.1" in lines
    names = [plain(line.partition("==")[0]) for line in lines]
    assert len(names) == len(set(names))
    assert "psycopg-binary" not in names  # a part of what has a floor
    assert "pytest" in names


def test_soupsieve_is_none_of_the_yanked_releases() -> None:
    """'`constraints.txt` pins a yanked soupsieve': 3.0 and 3.0.1; later ones need Python 3.11.5."""
    assert version(pins()["soupsieve"]) < (3,)


@pytest.mark.parametrize(
    ("target", "commands"),
    [
        ("lowest", ["tests/floors.py > .venv-lowest/floors.txt", "tests/test_ledger.py"]),
        ("release", ["tests/before_release.py", "-m build --outdir dist", "-m pip --python",
                     "cyclonedx-py environment", "dist/ceosample.cdx.json"]),
    ],
)  # fmt: skip
def test_make_does_what_the_pages_say_in_that_order(target: str, commands: list[str]) -> None:
    """'an SBOM (CycloneDX, by a kept-up tool) is made by `make release` beside wheel and sdist'"""
    done = subprocess.run(
        ["make", "-n", "-B", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    places = [done.stdout.index(command) for command in commands]
    assert places == sorted(places)


def test_pages_name_the_packages_that_signing_brings() -> None:
    page = (ROOT / "docs" / "signatures.md").read_text("utf-8")
    for name in ("aiohttp", "oscrypto", "python-pkcs11", "pyhanko-certvalidator", "lxml"):
        assert f"`{name}`" in page
    assert Path(PINNED).is_file()
