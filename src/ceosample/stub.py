"""What ``__init__.pyi`` says: the home of each public name, and the new place of each old one.

It is read as text, since its lines have two forms only; a test holds this to a full parse.
"""

from __future__ import annotations

import functools
import pkgutil
import re


def homes(package: str = "ceosample") -> dict[str, str]:
    """Each public name with its module, as ``from .period import Period as Period`` says.

    The module of a namespace is ``.`` itself.
    """
    found = re.findall(r"^from (\.[\w.]*) import (\w+) as \w+$", _text(package), re.M)
    return {name: module for module, name in found}


def places() -> dict[str, str]:
    """Each old name with its place, as ``GateReport = gate.Report`` says.

    A type that no namespace has is given by its module's full path.
    """
    return dict(re.findall(r"^(\w+) = ([\w.]+)$", _text("ceosample"), re.M))


@functools.cache
def _text(package: str) -> str:
    # Asked of the package's loader, so that a zip on the path serves too.
    data = pkgutil.get_data(package, "__init__.pyi")
    if data is None:
        raise ImportError(f"{package}, __init__.pyi: not found; install the package again")
    return data.decode("utf-8")
