"""A social graph shaped like Pokec, made from a fixed seed instead of downloaded.

Vertices are ``:User {id, age, gender, completion_percentage}`` with ids from 1, edges ``:Friend`` without properties.
Out-degrees follow a power law (a Lomax law with exponent 2, so that some users have no friends and a few have
thousands), targets another one (a few users are everyone's friend), about half of the friendships are mutual, and no
edge occurs twice or leads back to its own start. Sizes are those of the mgbench data sets of the same names.

The same size always gives the same graph: random numbers come from PCG64's raw output, which NumPy promises not
to change, and are transformed by operations that IEEE 754 rounds exactly.

Source of the shape: Takac and Zabovsky, Data Analysis in Public Social Networks, 2012 (the Pokec data set).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 20121001

RETURNED = 0.27
"""The part of all edges that were added as the opposite of another one."""

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    name: str
    vertices: int
    edges: int


SIZES = {
    size.name: size
    for size in (
        Size("tiny", 500, 3_000),
        Size("small", 10_000, 121_716),
        Size("medium", 100_000, 1_768_515),
    )
}


@dataclass(frozen=True, slots=True, eq=False)
class Pokec:
    """The graph as arrays. User ``i`` (from 0) has the id ``i + 1``; the order of the edges is random.

    ``age`` (0 where the user gave none), ``completion_percentage`` and ``woman`` have one entry for each user;
    ``source`` and ``target`` hold user *ids*, one entry for each edge.
    """

    size: Size
    age: Int64s
    woman: NDArray[np.bool_]
    completion_percentage: Int64s
    source: Int64s
    target: Int64s

    def user_batches(self, count: int) -> Iterator[list[dict[str, Any]]]:
        """All users as rows for a query, ``count`` at a time."""
        for start in range(0, self.size.vertices, count):
            stop = min(start + count, self.size.vertices)
            part = slice(start, stop)
            yield [
                {
                    "id": number,
                    "age": age,
                    "gender": "woman" if woman else "man",
                    "completion_percentage": done,
                }
                for number, age, woman, done in zip(
                    range(start + 1, stop + 1),
                    self.age[part].tolist(),
                    self.woman[part].tolist(),
                    self.completion_percentage[part].tolist(),
                    strict=True,
                )
            ]

    def edge_batches(
        self, count: int, *, start: int = 0, stop: int | None = None
    ) -> Iterator[list[dict[str, int]]]:
        """The edges from ``start`` to before ``stop`` as rows ``{a, b}``, ``count`` at a time."""
        end = self.size.edges if stop is None else stop
        for first in range(start, end, count):
            part = slice(first, min(first + count, end))
            pairs = zip(self.source[part].tolist(), self.target[part].tolist(), strict=True)
            yield [{"a": a, "b": b} for a, b in pairs]


def generate(name: str, seed: int = SEED) -> Pokec:
    """The graph of the size called ``name``: tiny, small or medium. Raises KeyError for another one."""
    size = SIZES[name]
    numbers = _Uniform(seed)
    returned = int(size.edges * RETURNED)
    source = _sources(numbers, size.vertices, size.edges - returned)
    target = _targets(numbers, size.vertices, source)
    answers = _unanswered(numbers, size.vertices, source, target)[:returned]
    source, target = (
        np.concatenate((source, target[answers])),
        np.concatenate((target, source[answers])),
    )
    order = np.argsort(numbers.take(size.edges))
    return Pokec(
        size,
        age=_ages(numbers, size.vertices),
        woman=numbers.take(size.vertices) < 0.5,
        completion_percentage=np.minimum(12 + (numbers.take(size.vertices) * 89).astype(np.int64), 100),
        source=source[order] + 1,
        target=target[order] + 1,
    )


class _Uniform:
    """Numbers in [0, 1), the same ones in every release of NumPy."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def take(self, count: int) -> NDArray[np.float64]:
        raw = np.asarray(self._bits.random_raw(count), dtype=np.uint64)
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _sources(numbers: _Uniform, vertices: int, edges: int) -> Int64s:
    """One entry for each edge, in ascending order: user numbers from 0, each as often as its out-degree says."""
    weights = 1.0 / np.sqrt(1.0 - numbers.take(vertices)) - 1.0
    limit = vertices // 8
    degrees = np.minimum((weights * (edges / float(weights.sum()))).astype(np.int64), limit)
    missing = edges - int(degrees.sum())
    while missing:
        # Rounding and the limit lose some edges; they go to users who have room, one each.
        room = np.flatnonzero(degrees < limit)[:missing]
        degrees[room] += 1
        missing -= len(room)
    return np.repeat(np.arange(vertices, dtype=np.int64), degrees)


def _targets(numbers: _Uniform, vertices: int, source: Int64s) -> Int64s:
    """An end for each start: no pair twice, none with itself."""
    popularity = np.argsort(numbers.take(vertices)).astype(np.int64)

    def draw(count: int) -> Int64s:
        uniform = numbers.take(count)
        return popularity[(uniform * uniform * vertices).astype(np.int64)]

    target = draw(len(source))
    while True:
        wrong = np.flatnonzero(_shared(source * vertices + target) | (source == target))
        if not len(wrong):
            return target
        target[wrong] = draw(len(wrong))


def _unanswered(numbers: _Uniform, vertices: int, source: Int64s, target: Int64s) -> Int64s:
    """Positions of the edges that have none in the opposite direction, in random order."""
    pairs = np.minimum(source, target) * vertices + np.maximum(source, target)
    alone = np.flatnonzero(~_shared(pairs))
    return alone[np.argsort(numbers.take(len(alone)))]


def _shared(keys: Int64s) -> NDArray[np.bool_]:
    """True at every key that occurs more than once; few do."""
    ordered = np.sort(keys)
    return np.isin(keys, ordered[1:][ordered[1:] == ordered[:-1]])


def _ages(numbers: _Uniform, count: int) -> Int64s:
    """A third gave no age (0); the others are 12 to 91, most of them young."""
    known, first, second = numbers.take(count), numbers.take(count), numbers.take(count)
    ages = 12 + (first * second * 80.0).astype(np.int64)
    return np.where(known < 1 / 3, 0, ages)
