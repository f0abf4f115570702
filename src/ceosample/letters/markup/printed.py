"""Which of a ready letter's fields its template prints: any other would be lost silently."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import attrs
from jinja2 import nodes

from ceosample.errors import joined
from ceosample.letters.markup.template import parsed
from ceosample.text import counted, quoted

#: The names of a template's own.
_KIND: Final = "kind"
_NEEDED: Final = "needed"


def unprinted(
    letter: Mapping[str, Any], packaged: str, kind: str | None, told: Mapping[str, Any]
) -> list[str]:
    """The fields of a letter that the packaged template does not print, ``payment.note`` as such.

    Args:
        letter: the letter's own fields.
        packaged: the template's name.
        kind: the letter's kind.
        told: all that the template receives.
    """
    there = frozenset(name for name, value in told.items() if value is not None)
    mappings = frozenset(name for name, value in told.items() if isinstance(value, Mapping))
    printed = _printed(packaged, kind, frozenset(told.get(_NEEDED, ())), there, mappings)
    found = []
    for name, value in letter.items():
        if value is None or name == _KIND:
            continue
        if name not in printed:
            found.append(name)
        elif isinstance(value, Mapping) and printed[name]:
            found += [f"{name}.{part}" for part in value if part not in printed[name]]
    return found


def unprinted_fault(unit_id: str, name: str) -> str:
    """What a message says of such a field."""
    return (
        f"letter {unit_id}, {quoted(name)}: this kind of letter does not print it; remove it, or "
        "correct its name"
    )


def lost_fields(unprinted: Mapping[str, int]) -> str:
    """What a run says of such fields, each with the number of letters that have it, and no id."""
    fields = [
        f"{quoted(name)} of {counted(letters, 'letter')}" for name, letters in unprinted.items()
    ]
    return f"{joined(fields)}; see the dockets, and correct the name or remove the field"


@lru_cache(maxsize=256)
def _printed(
    packaged: str,
    kind: str | None,
    needed: frozenset[str],
    there: frozenset[str],
    mappings: frozenset[str],
) -> Mapping[str, frozenset[str]]:
    """The fields that a packaged template names, each with the parts of it that are named."""
    chain = [parsed(packaged)]
    while (parent := chain[-1].find(nodes.Extends)) is not None:
        chain.append(parsed(parent.template.as_const()))
    blocks: dict[str, list[nodes.Block]] = {}
    for template in chain:
        for block in template.find_all(nodes.Block):
            blocks.setdefault(block.name, []).append(block)
    reader = _Reader(blocks, kind, needed, there, mappings)
    reader.read(chain[-1])
    return {name: frozenset(parts) for name, parts in reader.found.items()}


@attrs.define
class _Reader:
    """Reads a template as it would be rendered for letters with certain fields.

    Attributes:
        blocks: each block, the one that replaces the others first.
        kind, needed, there: the letter's kind, what its regime asks, and the fields that it has.
        mappings: those of the fields that have parts.
        found: the fields that are named, each with its parts.
    """

    blocks: Mapping[str, Sequence[nodes.Block]]
    kind: str | None
    needed: Collection[str]
    there: Collection[str]
    mappings: Collection[str]
    found: dict[str, set[str]] = attrs.Factory(dict)

    def read(self, node: nodes.Node) -> None:
        """Note the fields that are named below a node that is rendered."""
        for child in self._rendered(node):
            if isinstance(child, nodes.Block):
                for block in self.blocks[child.name]:
                    self.read(block)
                    if not any(name.name == "super" for name in block.find_all(nodes.Name)):
                        break
                continue
            if isinstance(child, nodes.Name):
                self.found.setdefault(child.name, set())
            elif isinstance(child, nodes.Getattr) and isinstance(child.node, nodes.Name):
                self.found.setdefault(child.node.name, set()).add(child.attr)
            self.read(child)

    def _rendered(self, node: nodes.Node) -> Iterator[nodes.Node]:
        """What is below a node, without the branches that are not taken.

        A condition that turns on what a field says is among it, for then the field is heeded.
        """
        if not isinstance(node, nodes.If):
            yield from node.iter_child_nodes()
            return
        for test, body in (
            (node.test, node.body),
            *((other.test, other.body) for other in node.elif_),
            (nodes.Const(True), node.else_),
        ):
            holds = self._holds(test)
            if holds is None:
                yield from _heeded(test)
            yield from body if holds is not False else ()
            if holds:
                return

    def _holds(self, test: nodes.Node) -> bool | None:
        """Whether a condition holds; None where that depends on what a field says."""
        if isinstance(test, nodes.Const):
            return bool(test.value)
        if isinstance(test, nodes.Not):
            inner = self._holds(test.node)
            return None if inner is None else not inner
        if isinstance(test, nodes.And | nodes.Or):
            sides = [self._holds(test.left), self._holds(test.right)]
            decides = isinstance(test, nodes.Or)
            return decides if decides in sides else None if None in sides else not decides
        if isinstance(test, nodes.Test) and test.name == "mapping":
            # A body that was edited in Word was made of the other fields: none of them is lost.
            return None if getattr(test.node, "name", "") in self.mappings else False
        if isinstance(test, nodes.Test) and test.name == "defined":
            named = test.node.node if isinstance(test.node, nodes.Getattr) else test.node
            is_there = isinstance(named, nodes.Name) and named.name in self.there
            return None if is_there and named is not test.node else is_there
        return self._compared(test) if isinstance(test, nodes.Compare) else None

    def _compared(self, test: nodes.Compare) -> bool | None:
        left, (operand,) = test.expr, test.ops
        right = operand.expr
        if isinstance(right, nodes.Name) and right.name == _NEEDED:
            return left.as_const() in self.needed
        if isinstance(left, nodes.Name) and left.name == _KIND:
            same = right.as_const()
            return {
                "eq": self.kind == same,
                "ne": self.kind != same,
                "in": isinstance(same, list) and self.kind in same,
            }.get(operand.op)
        return None


def _heeded(test: nodes.Node) -> Iterator[nodes.Node]:
    """The fields whose value a condition turns on; that one is there is no value."""
    if isinstance(test, nodes.Test):
        return
    if isinstance(test, nodes.Name | nodes.Getattr):
        yield nodes.Output([test])
        return
    for part in test.iter_child_nodes():
        yield from _heeded(part)
