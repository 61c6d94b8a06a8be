"""Cartesian products that no plan avoids, and the remark about them."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.results import Notification


@dataclass(frozen=True, slots=True)
class CartesianProduct:
    """A MATCH of parts that nothing connects; ``variables`` are first nodes of the parts that come for every row."""

    variables: tuple[str, ...]
    position: ast.Position

    def notification(self) -> Notification:
        """In Neo4j's words and under its code, by which drivers and users know it."""
        named = [name for name in self.variables if not name.startswith(" ")]
        which = f" (identifiers: {', '.join(named)})" if named else ""
        return Notification(
            "INFORMATION",
            "Neo.ClientNotification.Statement.CartesianProduct",
            "This query builds a cartesian product between disconnected patterns.",
            "If a part of a query contains multiple disconnected patterns, this will build a cartesian product "
            "between all those parts. This may produce a large amount of data and slow down query processing. "
            "While occasionally intended, it may often be possible to reformulate the query that avoids the use "
            "of this cross product, perhaps by adding a relationship between the different parts, an equality of "
            f"two properties, or by using OPTIONAL MATCH{which}.",
            "PERFORMANCE",
            (self.position.offset, self.position.line, self.position.column),
        )
