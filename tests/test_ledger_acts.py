"""The ledger's methods lie in files of their own, and people meet one class."""

from __future__ import annotations

import pickle
import pkgutil
from importlib import import_module

import pytest

from ceosample.signoff import acts
from ceosample.signoff.ledger import Ledger


def test_the_ledger_has_what_each_file_of_acts_holds() -> None:
    modules = [each.name for each in pkgutil.iter_modules(acts.__path__, f"{acts.__name__}.")]
    held = [
        thing
        for name in modules
        for thing in vars(import_module(name)).values()
        if isinstance(thing, type) and thing.__module__ == name
    ]
    assert len(held) == len(modules) > 10
    assert {*held} <= {*Ledger.__mro__}


def test_no_file_of_acts_hides_a_method_of_another() -> None:
    names = [
        name
        for base in Ledger.__mro__[:-1]
        for name in vars(base)
        if not (name.startswith("__") and name.endswith("__"))
    ]
    assert len(names) > 90
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_a_wrong_call_is_answered_in_the_name_that_people_know() -> None:
    with Ledger.open("sqlite://") as ledger:
        with pytest.raises(TypeError, match=r"^Ledger\.sign\(\) missing 1 required positional"):
            ledger.sign(letter="", by="", at=None)  # type: ignore[call-arg, arg-type]
        assert repr(ledger.check).startswith("<bound method Ledger.check of <Ledger ")
    assert pickle.loads(pickle.dumps(Ledger.sign)) is Ledger.sign  # noqa: S301
