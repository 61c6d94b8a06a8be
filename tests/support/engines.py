"""Stores and engines for tests: make a graph in a store and beside it the same one as dictionaries, run queries, and
bring results and graphs into a form that compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np

from lithograph.cypher.engine import Engine
from lithograph.cypher.execution import Execution
from lithograph.cypher.operators import base
from lithograph.cypher.results import Node, Path, Relationship
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.errors import LithographError
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from support.naive_graph import NEW, NaiveGraph
from support.queries import GraphData


def commit(transaction: Transaction) -> None:
    """Commit at once, with nobody to wait for."""
    transaction.prepare()
    transaction.publish()


def run_in(
    engine: Engine,
    transaction: Transaction,
    text: str,
    parameters: dict[str, Any] | None = None,
    between: Callable[[], object] = lambda: None,
) -> list[list[Any]]:
    """The rows of a statement; ``between`` is called after every step."""
    execution = engine.run(engine.prepare(text), transaction, parameters or {})
    rows: list[list[Any]] = []
    while (batch := execution.step()) is not None:
        rows.extend(map(list, zip(*batch.columns, strict=True)) if batch.columns else [])
        between()
    return rows


def run(engine: Engine, text: str, **parameters: Any) -> list[list[Any]]:
    """The rows of a statement in a transaction of its own, which is committed, or rolled back if it fails."""
    transaction = engine.store.begin()
    try:
        execution = engine.run(engine.prepare(text), transaction, parameters)
        rows: list[list[Any]] = []
        while (batch := execution.step()) is not None:
            rows.extend(map(list, zip(*batch.columns, strict=True)) if batch.columns else [])
            if execution.turn is not None:
                transaction = take_turn(execution)
        commit(transaction)
    finally:
        transaction.rollback()
    return rows


def take_turn(execution: Execution) -> Transaction:
    """What IN TRANSACTIONS asks for between two steps; the transaction it goes on in."""
    turn, before = execution.turn, execution.context.transaction
    assert turn is not None
    try:
        if not turn.undo:
            commit(before)
    except LithographError as error:
        if not turn.tolerates(error):
            raise
        turn.failure = error
    finally:
        before.rollback()
    transaction = before.store.begin()
    execution.go_on(transaction)
    return transaction


@contextmanager
def frames_of(size: int) -> Iterator[None]:
    """Frames with so many rows at most."""
    with mock.patch.multiple(
        base, LARGEST=size, SMALLEST=min(size, base.SMALLEST), PROBE=min(size, base.PROBE)
    ):
        yield


def fill(store: Store, data: GraphData) -> NaiveGraph:
    """Put a graph into a store; returns it as dictionaries, with the store's slots as ids."""
    transaction = store.begin()
    graph = NaiveGraph()
    slots = []
    for labels, properties in data.nodes:
        chunks = {key: Chunk.of([value]) for key, value in properties.items()}
        (slot,) = transaction.create_vertices(sorted(labels), 1, chunks).tolist()
        slots.append(graph.create_node(set(labels), dict(properties), slot))
    for type_, start, end, properties in data.relationships:
        chunks = {key: Chunk.of([value]) for key, value in properties.items()}
        ends = np.array([[slots[start]], [slots[end]]], dtype=np.int64)
        (slot,) = transaction.create_edges(type_, ends[0], ends[1], chunks).tolist()
        graph.create_relationship(type_, slots[start], slots[end], dict(properties), slot)
    commit(transaction)
    return graph


def graph_of(transaction: Transaction) -> NaiveGraph:
    """All that a transaction sees, as dictionaries."""
    store, graph = transaction.store, NaiveGraph()
    for table, of_vertices in ((store.vertices, True), (store.edges, False)):
        slots, codes = transaction.scan(table, 0, table.high)
        for slot, code in zip(slots.tolist(), codes.tolist(), strict=True):
            properties = table.read_properties_of(slot, transaction.view)
            if of_vertices:
                graph.create_node(set(store.label_sets.texts(code)), properties, slot)
            else:
                ends = int(store.edges.sources[slot]), int(store.edges.targets[slot])
                graph.create_relationship(store.types.texts[code], *ends, properties, slot)
    return graph


# -- comparable forms


def plain(value: Any, known: frozenset[tuple[str, int]]) -> Any:
    """A value of a result as nested tuples; elements keep their ids only where these are ``known``."""
    match value:
        case Node(id=number):
            shown = number if ("node", number) in known else "new"
            return ("node", shown, tuple(sorted(value.labels)), plain(value.properties, known))
        case Relationship(id=number):
            shown = number if ("relationship", number) in known else "new"
            return ("relationship", shown, value.type, plain(value.properties, known))
        case Path(nodes=nodes, relationships=relationships):
            return ("path", plain(nodes, known), plain(relationships, known))
        case list() | tuple():
            return ("list", *(plain(item, known) for item in value))
        case dict():
            return ("map", *sorted((key, plain(item, known)) for key, item in value.items()))
    return (type(value).__name__, value)


def names_of(graph: NaiveGraph) -> frozenset[tuple[str, int]]:
    """The elements of a graph, by kind and id."""
    nodes = {("node", slot) for slot in graph.nodes}
    return frozenset(nodes | {("relationship", slot) for slot in graph.relationships})


def bag(rows: list[list[Any]], known: frozenset[tuple[str, int]]) -> Counter[str]:
    """Rows as a multiset."""
    return Counter(repr(plain(row, known)) for row in rows)


def shape(graph: NaiveGraph, known: frozenset[tuple[str, int]]) -> Counter[str]:
    """A graph up to the ids of elements that are not ``known``: nodes coloured by what is around them.

    (Colour refinement, a few rounds; different colours mean different graphs.)
    """

    def name(kind: str, slot: int) -> Any:
        return slot if slot < NEW and (kind, slot) in known else "new"

    colours = {
        slot: repr((name("node", slot), sorted(node.labels), plain(node.properties, known)))
        for slot, node in graph.nodes.items()
    }
    for _ in range(3):
        around: dict[int, list[str]] = {slot: [] for slot in graph.nodes}
        for slot, edge in graph.relationships.items():
            what = repr((name("relationship", slot), edge.type, plain(edge.properties, known)))
            around[edge.start].append(f"out {what} {colours[edge.end]}")
            around[edge.end].append(f"in {what} {colours[edge.start]}")
        colours = {slot: str(hash((colour, *sorted(around[slot])))) for slot, colour in colours.items()}
    return Counter(colours.values())
