"""The part that all expansions share: from where, along what, to where."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.text import shown
from lithograph.cypher.render import render_labels


@dataclass(frozen=True, slots=True)
class Hop:
    """What expansions have in common: from a bound node along relationships to another node."""

    source: str
    relationship: str
    target: str
    direction: ast.Direction
    types: ast.LabelExpression | None
    into: bool
    """The target is bound already: only relationships that lead there count."""
    backwards: bool = False
    """The source is the pattern's right end: lists of relationships are to be turned round."""

    def arrow(self, detail: str = "") -> str:
        name = shown(self.relationship)
        types = "" if self.types is None else f":{render_labels(self.types)}"
        left, right = ("<-", "-") if self.direction == "in" else ("-", "-")
        if self.direction == "out":
            right = "->"
        return f"({shown(self.source)}){left}[{name}{types}{detail}]{right}({shown(self.target)})"
