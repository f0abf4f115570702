"""What a JSON object must be: a form is a check, an object of forms, or a list of one form.

A name of an object whose form is in ``Maybe`` can be left out.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeGuard

import attrs

from ceosample.got import Private, got


@attrs.frozen
class Key:
    """What a key of a TOML table must hold.

    Attributes:
        allowed: in words.
        check: whether a value is that.
        needed: whether it must be there.
        private: what kind of private value it may hold, which no message repeats; None for others.
    """

    allowed: str
    check: Callable[[Any], bool]
    needed: bool = False
    private: Private | None = None


def faults_of_keys(table: Mapping[str, Any], keys: Mapping[str, Key], where: str) -> list[str]:
    """What is wrong with a table by its keys; a name that is not among them is wrong too.

    >>> faults_of_keys({"m": 1}, {"n": Key("a count", is_count, needed=True)}, "plan.")
    ['plan.m: not known; use one of n', 'plan.n: missing; give a count']
    """
    faults = [
        f"{where}{name}: not known; use one of {', '.join(keys)}{meant(name, keys)}"
        for name in table
        if name not in keys
    ]
    for name, key in keys.items():
        if name not in table:
            faults += [f"{where}{name}: missing; give {key.allowed or 'it'}"] * key.needed
        elif not key.check(table[name]):
            faults.append(f"{where}{name}: {got(table[name], key.private)}; give {key.allowed}")
    return faults


def meant(name: str, known: Iterable[str]) -> str:
    """What ends a message about a name that is not known: the nearest known one, if one is near.

    >>> meant("unit-id", ["csv", "unit_id"])
    ' (did you mean unit_id?)'
    """
    near = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {near[0]}?)" if near else ""


@attrs.frozen
class Maybe:
    """What a name of an object must hold where it is there; it may be left out.

    Attributes:
        form: a check, or a form.
    """

    form: Any


def is_text(value: object) -> bool:
    """Whether it is text."""
    return isinstance(value, str)


def is_texts(value: object) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(map(is_text, value))


def is_count(value: object, least: int = 0) -> TypeGuard[int]:
    """Whether it is a whole number of at least ``least``; true and false do not count as one."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def faults_of_form(value: Any, form: Any, where: str) -> list[str]:
    """What in ``value`` differs from the ``form``; names that the form does not have are ignored.

    >>> faults_of_form({"n": "3"}, {"n": is_count, "more": Maybe(is_count)}, "file")
    ["file, n: got '3', which is not allowed here"]
    """
    if isinstance(form, Maybe):
        return faults_of_form(value, form.form, where)
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return [f"{where}: {got(value)}; give an object"]
        return [
            fault
            for name, inner in form.items()
            for fault in (
                faults_of_form(value[name], inner, f"{where}, {name}")
                if name in value
                else [f"{where}, {name}: missing"] * (not isinstance(inner, Maybe))
            )
        ]
    if isinstance(form, list):
        if not isinstance(value, list):
            return [f"{where}: {got(value)}; give a list"]
        return [
            fault
            for number, item in enumerate(value, 1)
            for fault in faults_of_form(item, form[0], f"{where}, entry {number}")
        ]
    check: Callable[[object], bool] = form
    return [] if check(value) else [f"{where}: {got(value)}, which is not allowed here"]
