"""What PROFILE measures while a query runs: for each operator its rows, hits, own time and memory.

Only a profiled execution has a :class:`ProfiledContext`, and only its operators are wrapped
(``operators/profiled.py``), so that other queries pay nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader
from lithograph.storage.transaction import Transaction


@dataclass(slots=True)
class Measure:
    """What is known of one operator."""

    hits: int = 0
    """How often it was asked for a frame."""
    rows: int = 0
    """Rows it gave."""
    seconds: float = 0.0
    """Time within it, less that within the operators it asked."""
    held: int = 0
    """Bytes it keeps now."""
    memory: int = 0
    """The most bytes that it kept together with a frame it handed on."""


class Profile:
    """The measures of one execution, and the clock that runs for one operator at a time."""

    def __init__(self, operators: int) -> None:
        self.measures = [Measure() for _ in range(operators)]
        self._outside = Measure()
        self._current = self._outside
        self._since = 0.0

    def enter(self, measure: Measure) -> Measure:
        """Time and memory are this operator's from now on; returns whose they were."""
        now = time.perf_counter()
        before = self._current
        before.seconds += now - self._since
        self._current, self._since = measure, now
        return before

    def leave(self, before: Measure) -> None:
        """Time and memory are again that one's."""
        self.enter(before)

    def hold(self, size: int) -> None:
        """Whoever runs now keeps ``size`` bytes more, or fewer."""
        measure = self._current
        measure.held += size
        measure.memory = max(measure.memory, measure.held)


class ProfiledContext(Context):
    """The context of a profiled execution."""

    __slots__ = ("profile",)

    def __init__(
        self,
        transaction: Transaction,
        reader: GraphReader,
        parameters: dict[str, object],
        deadline: float | None,
        memory_limit: int,
        profile: Profile,
    ) -> None:
        super().__init__(transaction, reader, parameters, deadline, memory_limit)
        self.profile = profile

    def hold(self, size: int) -> None:
        self.profile.hold(size)
        super().hold(size)
