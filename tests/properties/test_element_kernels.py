"""A function of elements gives for a vector of them what its scalar definition gives for each, or leaves it to that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.context import Context
from lithograph.cypher.engine import Engine
from lithograph.cypher.kernels.elements import KERNELS
from lithograph.cypher.reader import TransactionReader
from lithograph.cypher.scalar.functions import lookup
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.errors import LithographError
from lithograph.storage.store import Store
from support.engines import run, run_in

SIZE = 6


@pytest.fixture(scope="module")
def contexts() -> list[Context]:
    """A graph of nodes 0 to 5 and relationships 0 to 5, as it is, and with node 5 and relationship 5 deleted."""
    engine = Engine(Store())
    run(
        engine,
        "UNWIND range(0, 5) AS i CREATE (n:A {i: i}) FOREACH (x IN [1][..i % 2] | SET n:B, n.odd = true)",
    )
    run(engine, "UNWIND range(0, 5) AS i MATCH (a {i: i}), (b {i: (i + 2) % 5}) CREATE (a)-[:R {w: i}]->(b)")
    whole, changed = engine.store.begin(), engine.store.begin()
    run_in(engine, changed, "MATCH ()-[r {w: 5}]->() DELETE r")
    run_in(engine, changed, "MATCH (n {i: 5}) DELETE n")
    return [Context(t, TransactionReader(t), {}) for t in (whole, changed)]


@given(
    name=st.sampled_from(sorted(KERNELS)),
    kind=st.sampled_from((Kind.NODE, Kind.RELATIONSHIP)),
    slots=st.lists(st.integers(-1, SIZE - 1), max_size=8),
    deleted=st.booleans(),
)
def test_kernels_of_elements_agree_with_the_scalar_definitions(
    contexts: list[Context], name: str, kind: Kind, slots: list[int], deleted: bool
) -> None:
    context = contexts[deleted]
    elements = Vector(kind, np.array(slots, dtype=np.int64))
    found = KERNELS[name](elements, context)
    function = lookup(name)
    assert function is not None
    more = (context.reader,) if function.needs_reader else ()
    if found is None:
        dead = deleted and SIZE - 1 in slots
        assert dead or _refuses(function.call, elements, more), "nothing was in the way"
        return
    assert found.tolist() == [function.call(element, *more) for element in elements.tolist()]


def _refuses(call: object, elements: Vector, more: tuple[object, ...]) -> bool:
    """Whether the scalar definition takes no elements of this kind."""
    example = Vector(elements.kind, np.array([0], dtype=np.int64)).tolist()[0]
    try:
        call(example, *more)  # type: ignore[operator]
    except LithographError:
        return True
    return False
