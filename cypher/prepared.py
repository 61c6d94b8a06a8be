"""A statement that has been parsed, checked and planned, and can be run any number of times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.enums import ENUM_STATEMENTS
from lithograph.cypher.errors import CypherError, Place
from lithograph.cypher.lifting import Moves, Skeleton
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.plan.logical import Plan
from lithograph.cypher.plan.names import NameRead, notifications
from lithograph.cypher.plan.products import CartesianProduct
from lithograph.cypher.results import Notification
from lithograph.storage.errors import StorageError
from lithograph.storage.store import Store

SCHEMA_STATEMENTS = (ast.CreateIndex, ast.DropIndex, *ENUM_STATEMENTS)
ENGINE_STATEMENTS = (ast.Query, ast.Explain, ast.Profile, ast.DumpDatabase, *SCHEMA_STATEMENTS)


@dataclass(slots=True)
class Prepared:
    """A statement ready to run, any number of times.

    ``kind`` is what the summary says: r, w, rw or s. ``statement`` is for those that the engine does not
    run itself (administration), whose ``operator`` is None, as it is for schema statements and DUMP.
    """

    text: str
    statement: ast.Statement
    columns: tuple[str, ...]
    kind: str
    writes: bool
    parameters: frozenset[str] = frozenset()
    operator: Operator | None = None
    plan: Plan | None = None
    measured: dict[int, int] | None = None
    """For PROFILE: the numbers of the plan's measures (see ``lower_profiled``)."""
    heavy: bool = False
    commits: bool = False
    """Whether it commits along the way (IN TRANSACTIONS), so that it can be no part of a transaction."""
    hops: Compiled | None = None
    """How many relationships it may walk along, if that is limited."""
    unknown: tuple[NameRead, ...] = ()
    """Labels, types and keys that it reads and that were unknown when it was planned."""
    products: tuple[CartesianProduct, ...] = ()
    parsing_time: float = 0.0
    planning_time: float = 0.0
    lifted: dict[str, Any] = field(default_factory=dict)
    """Values of the text's literals for which the plan has parameters."""
    planned: Skeleton | None = None
    """The text that was planned, where others share its plan."""
    moves: Moves | None = None
    """From positions in that text to positions in ``text``, where the two differ."""

    def sent_as(self, sent: Skeleton, lifted: dict[str, Any]) -> Prepared:
        """The same statement for another text that shares its plan."""
        planned = self.planned
        moves = None if planned is None or planned.text == sent.text else Moves(planned, sent)
        return Prepared(  # dataclasses.replace takes ten times as long
            sent.text, self.statement, self.columns, self.kind, self.writes, self.parameters, self.operator,
            self.plan, self.measured, self.heavy, self.commits, self.hops, self.unknown, self.products, 0.0, 0.0, lifted, planned, moves,
        )  # fmt: skip

    def locate(self, error: CypherError | StorageError) -> None:
        """Tell an error of an execution where in ``text`` it is."""
        placed = error if isinstance(error, CypherError) else error.place
        if not isinstance(placed, CypherError | Place) or placed.query is not None:
            return
        if placed.position is not None and self.moves is not None:
            placed.position = self.moves.moved(placed.position)
        placed.query = self.text

    def remarks(self, store: Store) -> list[Notification]:
        """What is to be said about the statement, whatever comes of it."""
        unknown, products, moves = self.unknown, self.products, self.moves
        if moves is not None:
            unknown = tuple(replace(name, position=moves.moved(name.position)) for name in unknown)
            products = tuple(replace(one, position=moves.moved(one.position)) for one in products)
        return notifications(unknown, store) + [product.notification() for product in products]
