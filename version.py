"""The version that a build gets: a release's own at its tag, else one that names the commit.

Two commits are two versions, so an installer never takes a newer wheel for the one that it has. A
shallow clone, one without tags and an archive of a commit do as well; a source distribution has its
version written in it.
"""

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

#: The release that the next tag is for. It goes up after each one.
RELEASE = "0.2.0"

#: Time, digits and names of a commit, as ``git archive`` writes them here.
ARCHIVED = "$Format:%ct %h %D$"


def version() -> str:
    """The version of this folder.

    Raises:
        ValueError: the commit is tagged as another release.
    """
    if not ARCHIVED.startswith("$"):
        return _named(ARCHIVED)
    home = Path(__file__).resolve().parent
    if not (home / ".git").exists():
        return f"{RELEASE}.dev0"
    try:
        commit = _git(home, "log", "-1", "--format=%ct %h %D")
        changed = _git(home, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return f"{RELEASE}.dev0"  # git is not here, or the folder is another user's
    found = _named(commit)
    if not changed:
        return found
    return f"{found}.changed" if "+" in found else f"{found}+changed"


def _named(commit: str) -> str:
    """The version of a commit: ``0.2.0`` at its tag, else ``0.2.0.dev20261129204712+g4e3efac``."""
    time, digits, *names = commit.split(" ", 2)
    tags = re.findall(r"tag: v([0-9][0-9.]*)(?=,|$)", "".join(names))
    if tags and RELEASE not in tags:
        raise ValueError(f"version.py: got the tag v{tags[0]}; RELEASE is {RELEASE}, correct one")
    if tags:
        return RELEASE
    moment = datetime.fromtimestamp(int(time), UTC)
    return f"{RELEASE}.dev{moment:%Y%m%d%H%M%S}+g{digits}"


def _git(home: Path, *arguments: str) -> str:
    # Our own two questions, with no word of anybody's in them.
    command = ["git", "-C", str(home), *arguments]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return ended.stdout.strip()
