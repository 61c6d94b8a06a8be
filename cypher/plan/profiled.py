"""A plan with what was measured while it ran: the rows that PROFILE gives, and the tree of its summary.

The first four columns are Memgraph's, in name, type and form. Rows and memory follow them, since an operator here
is asked for a batch at a time: hits alone say little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lithograph.cypher.plan import logical
from lithograph.cypher.plan.estimates import Estimates
from lithograph.cypher.plan.explain import operator, steps, tree
from lithograph.cypher.profile import Measure, Profile

COLUMNS = ("OPERATOR", "ACTUAL HITS", "RELATIVE TIME", "ABSOLUTE TIME", "ROWS", "MEMORY")

Row = tuple[object, ...]


class ProfiledPlan:
    """A plan and its profile; ``numbers`` has the measure of each node by ``id`` (see ``lower_profiled``)."""

    def __init__(self, plan: logical.Plan, numbers: Mapping[int, int], profile: Profile) -> None:
        self.plan = plan
        self._numbers = numbers
        self._profile = profile

    def rows(self) -> list[Row]:
        """A row for each line, root first: (text, int, text, text, int, int); a branch's line has empty texts."""
        total = sum(measure.seconds for measure in self._profile.measures) or 1.0
        return list(self._rows(self.plan, "", total))

    def _rows(self, plan: logical.Plan, rail: str, total: float) -> Iterator[Row]:
        for step, measure in self._measured(plan):
            share, milliseconds = 100 * measure.seconds / total, 1000 * measure.seconds
            yield (
                f"{rail}* {operator(step)}",
                measure.hits,
                f"{share: 10.6f} %",
                f"{milliseconds: 10.6f} ms",
                measure.rows,
                measure.memory,
            )
            for _, branch in step.branches():
                yield (f"{rail}|\\", *[""] * (len(COLUMNS) - 1))
                yield from self._rows(branch, f"{rail}| ", total)

    def _measured(self, plan: logical.Plan) -> Iterator[tuple[logical.Plan, Measure]]:
        """The nodes down the main input with their measures.

        What one operator did for several nodes counts for the first of them; the others have its rows.
        """
        measure = Measure()
        for step in steps(plan):
            number = self._numbers.get(id(step))
            if number is None:
                measure = Measure(measure.hits, measure.rows)
            else:
                measure = self._profile.measures[number]
            yield step, measure

    def tree(self, estimates: Estimates) -> dict[str, object]:
        """The profile as drivers expect it in a summary; ``time`` in nanoseconds, ``memory`` in bytes."""
        found: dict[int, Measure] = {}
        self._collect(self.plan, found)

        def details(plan: logical.Plan) -> dict[str, object]:
            measure = found[id(plan)]
            return {
                "dbHits": measure.hits,
                "rows": measure.rows,
                "time": int(measure.seconds * 1e9),
                "memory": measure.memory,
            }

        return tree(self.plan, details, estimates)

    def _collect(self, plan: logical.Plan, found: dict[int, Measure]) -> None:
        for step, measure in self._measured(plan):
            found[id(step)] = measure
            for _, branch in step.branches():
                self._collect(branch, found)
