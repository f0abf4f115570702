"""The facts of each kind of complaint alone, by the name that ``stories.toml`` gives it.

It imports ``case``, ``say`` and ``workdays``.
"""

from collections.abc import Callable, Mapping

from ceosample.demo.case import Case, FactsByName
from ceosample.demo.facts import everyday, mortgages_and_claims

FACTS: Mapping[str, Callable[[Case], FactsByName]] = {
    name: function
    for module in (everyday, mortgages_and_claims)
    for name, function in vars(module).items()
    if getattr(function, "__module__", None) == module.__name__
}
