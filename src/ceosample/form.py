"""What a JSON object must be: a form is a check, an object of forms, or a list of one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ceosample.text import shown


def is_text(value: object) -> bool:
    """Whether it is text."""
    return isinstance(value, str)


def is_texts(value: object) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(map(is_text, value))


def is_count(value: object) -> bool:
    """Whether it is a whole number of at least 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def faults_of_form(value: Any, form: Any, where: str) -> list[str]:
    """What in ``value`` is not of the ``form``; names that the form does not have are passed over.

    >>> faults_of_form({"n": "3"}, {"n": is_count}, "file")
    ["file, n: got '3', which cannot stand there"]
    """
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return [f"{where}: not an object"]
        return [
            fault
            for name, inner in form.items()
            for fault in (
                faults_of_form(value[name], inner, f"{where}, {name}")
                if name in value
                else [f"{where}, {name}: missing"]
            )
        ]
    if isinstance(form, list):
        if not isinstance(value, list):
            return [f"{where}: not a list"]
        return [
            fault
            for number, item in enumerate(value, 1)
            for fault in faults_of_form(item, form[0], f"{where}, entry {number}")
        ]
    check: Callable[[object], bool] = form
    return [] if check(value) else [f"{where}: got {shown(value)}, which cannot stand there"]
