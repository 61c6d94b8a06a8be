"""``*KSHORTEST``: the first walks between two bound nodes that visit no node twice, the shortest or lightest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import CypherTypeError, NegativeIntegerArgumentError
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.operators.ends import Found, Wanted
from lithograph.cypher.operators.guard import Guard
from lithograph.cypher.operators.sources import FromEachRow
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weights import Weigher
from lithograph.cypher.operators.yen import Candidate, ShortestWalks
from lithograph.cypher.scalar.arithmetic import checked
from lithograph.storage.values.types import type_name


class KShortestExpand(FromEachRow):
    """At most ``limit`` walks of ``minimum`` to ``maximum`` steps for each row; both ends are bound."""

    def __init__(
        self,
        source: Operator,
        wanted: Wanted,
        bounds: tuple[int, int | None],
        guard: Guard,
        weigher: Weigher,
        limit: Compiled | None,
    ) -> None:
        super().__init__(source, wanted.hop)
        self.wanted = wanted
        self.minimum, self.maximum = bounds
        self.guard = guard
        self.weigher = weigher
        self.limit = limit

    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        if target is None or target == source:
            return
        limit = None if self.limit is None else number_of_paths(self.limit.value(context))
        types = type_code_table(self.hop.types, context)
        terrain = Terrain(self.hop, self.guard, self.weigher, outer, types)
        search = ShortestWalks(terrain, source, target, 1, self.maximum, False, context)
        yield from self.wanted.frames(outer, self._found(search, limit))

    def _found(self, search: ShortestWalks, limit: int | None) -> Iterator[Found]:
        given = 0
        for walk in search.walks():
            if walk is None:
                yield None
                continue
            if given == limit:
                return
            if walk.length >= self.minimum:
                given += 1
                yield walk.nodes[-1], list(walk.edges), self._total(search, walk)
                if given == limit:
                    return

    def _total(self, search: ShortestWalks, walk: Candidate) -> Any:
        if self.wanted.total is None:
            return None
        if search.scale.durations:
            return search.terrain.total(list(walk.nodes), list(walk.edges), search.context)
        return checked(walk.total) if type(walk.total) is int else walk.total


def number_of_paths(value: Any) -> int:
    """How many paths a query asks for.

    Raises:
        CypherTypeError: it is no integer.
        NegativeIntegerArgumentError: it is less than 1.
    """
    if type(value) is not int:
        raise CypherTypeError(f"The number of paths must be an integer, not {type_name(value)}.")
    if value < 1:
        raise NegativeIntegerArgumentError(f"The number of paths must be at least 1; {value} is not.")
    return value
