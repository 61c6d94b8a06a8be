"""``SHORTEST`` and ``ANY`` over any path: a search over nodes and positions in the pattern, from one source after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Names, Operator
from lithograph.cypher.operators.judge import Judge
from lithograph.cypher.operators.kshortest import number_of_paths
from lithograph.cypher.operators.product import Automaton, Product
from lithograph.cypher.operators.sources import FromEachRow
from lithograph.cypher.operators.trails import Trails
from lithograph.cypher.operators.unfold import Unfolded, Unfolding
from lithograph.cypher.plan.logical import SearchPaths as Plan


@dataclass(frozen=True, slots=True)
class _Search:
    """A search from the ``source`` of one row: for ``count`` paths, or lengths, to each end, of ``most`` relationships."""

    outer: Frame
    source: int
    count: int
    most: float
    trails: Trails
    context: Context


class SearchPaths(FromEachRow):
    """The first ``count`` trails that ``plan`` accepts to each node, or to the bound one; with groups, all of the first lengths."""

    def __init__(
        self,
        source: Operator,
        plan: Plan,
        inners: list[Operator],
        row: str,
        used: Names,
        count: Compiled | None,
        unfolding: Unfolding,
        judge: Judge | None,
        longest: list[Compiled],
    ) -> None:
        """``used`` are columns that the stretches look at; ``judge`` says which paths are selected from, none of them longer
        than any of ``longest``."""
        super().__init__(source, plan.hop)
        self.plan = plan
        self.automaton = Automaton(plan, inners, row)
        self.used = used
        self.count = count
        self.unfolding = unfolding
        self.judge = judge
        self.longest = longest

    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        count = 1 if self.count is None else number_of_paths(self.count.value(context))
        numbers = [number.value(context) for number in self.longest]
        most = min((number for number in numbers if type(number) in (int, float)), default=math.inf)
        used = outer.select(name for name in self.used if name in outer.columns)
        product = Product(self.automaton, used, source, context)
        found = self._found(_Search(outer, source, count, most, Trails(product), context), target)
        yield from self.unfolding.frames(outer, source, found, context)

    def _found(self, search: _Search, target: int | None) -> Iterator[Unfolded | None]:
        product = search.trails.product
        try:
            while not product.exhausted and product.length < search.most:
                for _ in product.explore():
                    yield None
                if target is not None and product.entry(self.automaton.last, target) is not None:
                    break
            ends = product.ends() if target is None else [product.entry(self.automaton.last, target)]
            for end in ends:
                if end is not None:
                    yield from self._selected(search, end)
        finally:
            product.release()

    def _selected(self, search: _Search, end: int) -> Iterator[Unfolded | None]:
        """The paths to one end."""
        groups = self.plan.selector.kind == "GROUPS"
        trails, product, count = search.trails, search.trails.product, search.count
        first = None if groups or count > 1 or self.judge is not None else trails.first(end)
        if first is not None:
            yield self.unfolding.unfolded(product, end, first)
            return
        given, length = 0, product.distances[end]
        while given < count and length <= search.most:
            while product.length < length and not product.exhausted:
                for _ in product.explore():
                    yield None
            before = given
            paths = self._unfolded(trails, end, length)
            if self.judge is not None:
                paths = self.judge.passing(search.outer, search.source, paths, search.context)
            for path in paths:
                yield path
                if path is not None and (not groups or given == before):
                    given += 1
                if not groups and given == count:
                    return
            if not product.exhausted:
                length += 1
            elif trails.next_length is None:
                return
            else:
                length = trails.next_length

    def _unfolded(self, trails: Trails, end: int, length: int) -> Iterator[Unfolded | None]:
        """The paths of one length."""
        for trail in trails.of_length(end, length):
            yield None if trail is None else self.unfolding.unfolded(trails.product, end, trail)
