"""MERGE: what the pattern matches, or else what it creates, for a batch of rows.

The inner match runs once for the whole batch. Of the rows that found nothing those with the same keys
(bound variables and property values of the pattern) would create the same thing: the first one creates,
the others then match what it created. That covers patterns of at most one relationship; longer ones
can also match parts that several earlier rows made, so their rows go one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import MergeReadOwnWritesError
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.grouping import Grouper
from lithograph.cypher.operators.base import Names, Operator, PerFrame, row_numbers, sliced
from lithograph.cypher.scalar.compare import equals
from lithograph.cypher.vectors import Kind, TextVector, Vector


@dataclass(frozen=True, slots=True)
class MergePlans:
    """The inner plans; ``on_match`` and ``on_create`` get the rows with the pattern's variables."""

    match: Operator
    create: Operator
    on_match: Operator
    on_create: Operator


class Merge(PerFrame):
    """See the module. ``symmetric`` names the two bound ends of an undirected relationship."""

    def __init__(
        self,
        source: Operator,
        plans: MergePlans,
        row: str,
        keys: list[tuple[str, Compiled]],
        introduced: tuple[str, ...],
        symmetric: tuple[str, str] | None,
        rowwise: bool,
        keep: Names,
    ) -> None:
        self.source = source
        self.plans = plans
        self.row = row
        self.keys = keys
        self.introduced = introduced
        self.symmetric = symmetric
        self.rowwise = rowwise
        self.keep = keep

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        # the inner plans drop what nobody needs, and their rows have to fit together with these
        frame = frame.select([name for name in frame.columns if name in self.keep])
        if frame.count > 1 and (self.rowwise or self._unequal_to_itself(frame, context)):
            for row in range(frame.count):
                yield from self._merge(frame.slice(row, row + 1), context)
        else:
            yield from self._merge(frame, context)

    def _unequal_to_itself(self, frame: Frame, context: Context) -> bool:
        """Whether a key is a value like NaN, which finds not even what an equal row has just created."""
        for _, key in self.keys:
            vector = key.vector(frame, context)
            if vector.kind is Kind.FLOAT:
                if np.isnan(vector.values).any():
                    return True
            elif vector.kind is Kind.OBJECT and not isinstance(vector, TextVector):
                values = (value for value in vector.tolist() if type(value) in (float, list, dict))
                if any(equals(value, value) is not True for value in values):
                    return True
        return False

    def _merge(self, frame: Frame, context: Context) -> Iterator[Frame]:
        keys = [key.vector(frame, context) for _, key in self.keys]
        self._refuse_nulls(keys)
        matched: list[Frame] = []
        found = np.zeros(frame.count, dtype=np.bool_)
        outer = frame.extend({self.row: row_numbers(frame.count)})
        for inner in self.plans.match.run(context, outer):
            if inner.count:
                found[inner.columns[self.row].values] = True
                matched.append(inner.select((*outer.columns, *self.introduced)))
            yield EMPTY
        missing = np.flatnonzero(~found)
        merged: list[Frame] = []
        if len(missing):
            created, alike = self._create(outer.take(missing), [key.take(missing) for key in keys], context)
            if alike is not None:
                matched.append(alike)
            merged.append(created)
            for _ in self.plans.on_create.run(context, created):
                yield EMPTY
        for part in matched:
            merged.append(part)
            for _ in self.plans.on_match.run(context, part):
                yield EMPTY
        whole = Frame.concatenate(merged)
        if len(merged) > 1:
            whole = whole.take(np.argsort(whole.columns[self.row].values, kind="stable"))
        yield from sliced(whole.select((*frame.columns, *self.introduced)))

    def _create(self, frame: Frame, keys: list[Vector], context: Context) -> tuple[Frame, Frame | None]:
        """Create for the first row of each group of alike rows; the others share what it made."""
        codes = self._groups(frame, keys)
        _, firsts, groups = np.unique(codes, return_index=True, return_inverse=True)
        made: Frame | None = None
        for part in self.plans.create.run(context, frame.take(firsts)):
            if part.count:
                made = part if made is None else Frame.concatenate([made, part])
        assert made is not None
        made = made.select((*frame.columns, *self.introduced))
        others = np.setdiff1d(np.arange(frame.count), firsts)
        if not len(others):
            return made, None
        shared = {name: made.columns[name].take(groups[others]) for name in self.introduced}
        return made, frame.take(others).extend(shared)

    def _groups(self, frame: Frame, keys: list[Vector]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if not keys:
            return np.zeros(frame.count, dtype=np.int64)
        if self.symmetric is not None:
            first, second = (frame.columns[name].values for name in self.symmetric)
            ends = [Vector(Kind.INT, np.minimum(first, second)), Vector(Kind.INT, np.maximum(first, second))]
            named = [name for name, _ in self.keys]
            keys = [
                *ends,
                *(key for key, name in zip(keys, named, strict=True) if name not in self._end_keys),
            ]
        return Grouper(len(keys)).codes(keys, frame.count)

    @property
    def _end_keys(self) -> frozenset[str]:
        """The keys that are the bound ends: the ends come first and last among them."""
        return frozenset((self.keys[0][0], self.keys[-1][0]))

    def _refuse_nulls(self, keys: list[Vector]) -> None:
        for (_, key), values in zip(self.keys, keys, strict=True):
            if values.null_mask().any():
                raise MergeReadOwnWritesError(
                    "Cannot merge using null: a property or a bound variable of the pattern is null.",
                    position=key.position,
                )
