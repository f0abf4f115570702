"""Mutants of our sources by Cosmic Ray's operators, and a seeded sample of them.

A place in the code is drawn first, then one of its mutants: `a | b` has eleven, most of them a
TypeError that any test notices, and `if late` has one.
"""

from __future__ import annotations

import ast
import difflib
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from mutant import Mutant, modules, text_of

#: An operator of a family changes the same places as the others of it.
FAMILY: Final = re.compile(r"core/Replace(?:Binary|Comparison)Operator_[A-Za-z]+")

#: Where the lines of a difference were.
HUNK: Final = re.compile(r"@@ -(\d+)")


def changed_by(module: str, operator: str, occurrence: int) -> str | None:
    """The module with a change, or None where there is no such place."""
    changed: str | None = mutate_code(text_of(module), get_operator(operator)(), occurrence)
    return changed


def places() -> Iterator[list[tuple[str, str, int]]]:
    """For each place its mutants, as module, operator and occurrence."""
    families = defaultdict(list)
    for name in sorted(operator_names()):
        if not get_operator(name).arguments():
            family = FAMILY.match(name)
            families[family[0] if family else name].append(name)
    for module in modules():
        nodes = list(ast_nodes(get_ast(text_of(module))))
        for names in families.values():
            first = get_operator(names[0])()
            starts = [start for node in nodes for start, _ in first.mutation_positions(node)]
            for place in dict.fromkeys(starts):
                here = [number for number, start in enumerate(starts) if start == place]
                yield [(module, name, number) for name in names for number in here]


def sample(size: int, seed: int) -> list[Mutant]:
    """Mutants of so many places, the same for the same sources and seed.

    A change of an annotation is no mutant, nor one that is no Python or of more than one line.
    """
    choose = random.Random(seed)
    drawn = list(places())
    choose.shuffle(drawn)
    found: list[Mutant] = []
    for mutants in drawn:
        if len(found) == size:
            break
        mutant = _mutant(*choose.choice(mutants))
        if mutant is not None:
            found.append(mutant)
    return sorted(found, key=lambda mutant: (mutant.module, mutant.line, mutant.operator))


def _mutant(module: str, operator: str, occurrence: int) -> Mutant | None:
    """The change as one of one line; None if it is of more, of an annotation, or no Python."""
    changed, text = changed_by(module, operator, occurrence), text_of(module)
    if changed is None or _meaning(changed) in (None, _meaning(text)):
        return None
    told = list(difflib.unified_diff(text.splitlines(), changed.splitlines(), n=0, lineterm=""))
    gone = [line[1:].strip() for line in told[2:] if line.startswith("-")]
    come = [line[1:].strip() for line in told[2:] if line.startswith("+")]
    place = HUNK.match(told[2])
    assert place is not None
    mutant = Mutant(module, int(place[1]), operator, gone[0] if gone else "", "".join(come))
    return mutant if _meaning(mutant.source() or "") == _meaning(changed) else None


@cache
def _meaning(source: str) -> str | None:
    """What a source does, without annotations; None if it is no Python."""
    try:
        return ast.dump(_WithoutAnnotations().visit(ast.parse(source)))
    except SyntaxError:
        return None


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node: ast.arg) -> Any:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        node.returns = None
        return self.generic_visit(node)
