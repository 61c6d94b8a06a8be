"""``SHORTEST`` and ``ANY`` over any path: a search over nodes and positions in the pattern, from one source after the other."""

from __future__ import annotations

from collections.abc import Iterator

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
    ) -> None:
        """``used`` are columns that the stretches look at; ``judge`` says which paths are selected from."""
        super().__init__(source, plan.hop)
        self.plan = plan
        self.automaton = Automaton(plan, inners, row)
        self.used = used
        self.count = count
        self.unfolding = unfolding
        self.judge = judge

    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        count = 1 if self.count is None else number_of_paths(self.count.value(context))
        found = self._found(outer, source, target, count, context)
        yield from self.unfolding.frames(outer, source, found, context)

    def _found(
        self, outer: Frame, source: int, target: int | None, count: int, context: Context
    ) -> Iterator[Unfolded | None]:
        used = outer.select(name for name in self.used if name in outer.columns)
        product = Product(self.automaton, used, source, context)
        trails = Trails(product)
        try:
            while not product.exhausted:
                for _ in product.explore():
                    yield None
                if target is not None and product.entry(self.automaton.last, target) is not None:
                    break
            ends = product.ends() if target is None else [product.entry(self.automaton.last, target)]
            for end in ends:
                if end is not None:
                    yield from self._selected(trails, end, count, outer, source, context)
        finally:
            product.release()

    def _selected(
        self, trails: Trails, end: int, count: int, outer: Frame, source: int, context: Context
    ) -> Iterator[Unfolded | None]:
        """The paths to one end."""
        groups = self.plan.selector.kind == "GROUPS"
        product = trails.product
        first = None if groups or count > 1 or self.judge is not None else trails.first(end)
        if first is not None:
            yield self.unfolding.unfolded(product, end, first)
            return
        given, length = 0, product.distances[end]
        while given < count:
            while product.length < length and not product.exhausted:
                for _ in product.explore():
                    yield None
            before = given
            paths = self._unfolded(trails, end, length)
            if self.judge is not None:
                paths = self.judge.passing(outer, source, paths, context)
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
