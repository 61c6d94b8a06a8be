"""Quantified and selected paths on small graphs: parts of patterns, and what is found next to what is expected."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import bag, fill, frames_of, names_of, run
from support.naive import evaluate
from support.queries import GraphData, graphs

GRAPHS = graphs(most_nodes=4, most_relationships=5)
SIZES = st.sampled_from([1, 2, 1 << 15])
QUANTIFIERS = st.sampled_from(["+", "*", "{2}", "{1,2}", "{,2}", "{2,}", "{0,1}"])
SELECTORS = st.sampled_from(
    [
        "SHORTEST 1",
        "SHORTEST 2",
        "SHORTEST 4",
        "ANY SHORTEST",
        "ALL SHORTEST",
        "SHORTEST 2 GROUPS",
        "ANY",
        "ANY 2",
    ]
)


def answers(data: GraphData, query: str, size: int) -> tuple[list[list[Any]], list[list[Any]], Any]:
    """(found, expected, names)"""
    engine = Engine(Store())
    graph = fill(engine.store, data)
    with frames_of(size):
        return run(engine, query), evaluate(query, graph), names_of(graph)


def lengths(rows: list[list[Any]]) -> Counter[str]:
    return Counter(repr((path.nodes[0].id, path.nodes[-1].id, len(path.relationships))) for (path,) in rows)


def check_selected(selector: str, found: list[list[Any]], expected: list[list[Any]], names: Any) -> None:
    """The same paths where the selector leaves no choice, else as many, and as long where it asks for short ones."""
    if "GROUPS" in selector or "ALL" in selector:
        assert bag(found, names) == bag(expected, names)
    elif "SHORTEST" in selector:
        assert lengths(found) == lengths(expected)
    else:
        assert len(found) == len(expected)
