"""Storage transactions against a plain model of snapshot isolation (``support/snapshot_model.py``).

Several transactions at once create, change, delete, undo, commit and see; after each step all that every
open transaction can read is what the model says, and the store's own consistency check finds no fault.
The store's thresholds are turned down, so that small graphs go through all forms of columns, runs of
indexes, chunks of images, and vacuums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lithograph.storage import images, store, tables
from lithograph.storage.check import check
from lithograph.storage.columns import column, dictionary, sparse
from lithograph.storage.columns.chunk import Chunk, Kind, Slots, object_array
from lithograph.storage.deltas import Delta, TableName
from lithograph.storage.errors import ConflictError, DeletedElementError, StillConnectedError
from lithograph.storage.images import Loader, image
from lithograph.storage.indexes import catalog, numbers
from lithograph.storage.indexes.property import PropertyIndex, Range
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from lithograph.storage.vacuum import vacuum
from lithograph.storage.values.ordering import equivalence_key
from lithograph.storage.values.spatial import CARTESIAN_2D, Point
from lithograph.storage.values.temporal import Date
from support.snapshot_model import (
    Conflict,
    Deleted,
    Edge,
    Element,
    Graph,
    Model,
    ModelTransaction,
    StillConnected,
    Vertex,
)

LABELS = ("A", "B", "C")
TYPES = ("R", "S")
KEYS = ("x", "y")
INDEXES: list[tuple[TableName, str, tuple[str, ...]]] = [
    ("vertices", "A", ()),
    ("vertices", "A", ("x",)),
    ("vertices", "B", ("x", "y")),
    ("edges", "R", ()),
    ("edges", "R", ("x",)),
]
KINDS: dict[str, TableName] = {"vertex": "vertices", "edge": "edges"}
EXPECTED = {Conflict: ConflictError, Deleted: DeletedElementError, StillConnected: StillConnectedError}

integers = st.sampled_from([0, 1, 2, 3, -1, 7, 2**53 + 1, 2**60, -(2**63)])
floats = st.sampled_from([0.0, -0.0, 1.0, 2.5, float("nan"), float("inf"), 2.0**60, 2.0**53])
strings = st.sampled_from(["", "a", "ab", "abc", "b", "ü", "\U0010ffff", "\U0010ffffz", "d", "e", "f"])
others: st.SearchStrategy[Any] = st.sampled_from(
    [[1, 2], [], ["a", None], {"k": 1}, b"b", Date.of(2024, 2, 29), Point(CARTESIAN_2D, 1.0, 2.0)]
)
batches: st.SearchStrategy[list[Any]] = st.one_of(
    [
        st.lists(values, min_size=4, max_size=4)
        for values in (
            integers,
            st.none() | integers,
            floats,
            st.booleans(),
            strings,
            st.none() | strings,
            st.none() | st.booleans() | integers | floats | strings | others,
        )
    ]
)
"""Values for a batch of up to four elements; often of one type, since columns are."""
picks = st.lists(st.integers(0, 40), min_size=1, max_size=4)
"""Choices among what there is, whatever that is: taken modulo its number."""
label_sets = st.frozensets(st.sampled_from(LABELS))
one_key = st.sampled_from(KEYS)
pick = st.integers(0, 5)
kinds = st.sampled_from(["vertex", "edge"])


def chosen(items: Sequence[int], numbers_: Sequence[int]) -> list[int]:
    return [items[number % len(items)] for number in numbers_]


def slots_of(items: Sequence[int]) -> Slots:
    return np.array(items, dtype=np.int64)


def chunk_of(values: list[Any], form: int) -> Chunk:
    """The values as one of the chunks by which they may arrive."""
    strings_only = all(value is None or type(value) is str for value in values)
    if form % 3 == 1 and strings_only:
        texts = [*sorted({value for value in values if value is not None}), "never used"]
        codes = [-1 if value is None else texts.index(value) for value in values]
        return Chunk(Kind.DICTIONARY, np.array(codes, dtype=np.int32), dictionary=texts)
    return Chunk(Kind.OBJECT, object_array(values)) if form % 3 == 2 else Chunk.of(values)


def shown(value: Any) -> str:
    """Tells apart what ``==`` does not: 1, 1.0 and True; 0.0 and -0.0; and finds NaN the same as NaN."""
    return repr(value)


def equal(left: Any, right: Any) -> bool:
    """Cypher's ``=`` for the values used here."""
    return left == left and right == right and bool(equivalence_key(left) == equivalence_key(right))


class Session:
    """A transaction and its model, side by side."""

    def __init__(self, transaction: Transaction, model: ModelTransaction) -> None:
        self.real = transaction
        self.model = model
        self.savepoints: list[tuple[Any, Any]] = []

    def run(self, real: Callable[[], Any], model: Callable[[], Any]) -> Any:
        """Do the same thing in both; a statement that fails is undone. Gives what ``real`` gave."""
        savepoint, mark = self.real.savepoint(), self.model.mark()
        try:
            expected = model()
        except (Conflict, Deleted, StillConnected) as error:
            with pytest.raises(EXPECTED[type(error)]):
                real()
            self.real.rollback_to(savepoint)
            self.model.rollback_to(mark)
            return None
        result = real()
        if expected is not None:
            assert result == expected
        return result

    def must_complain(self, real: Callable[[], Any]) -> None:
        """Its deletions cannot stand, and that has to be said."""
        with pytest.raises(tuple(EXPECTED[error] for error in self.model.complaints())):
            real()


class Transactions(RuleBasedStateMachine):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = [
            patch.object(sparse, "SHARE", 8),
            patch.object(column, "SHARE", 8),
            patch.object(column, "SMALL", 0),
            patch.object(dictionary, "ALWAYS", 5),
            patch.object(numbers, "RECENT", 3),
            patch.object(images, "CHUNK", 7),
            patch.object(catalog, "BATCH", 8),
            patch.object(store, "LONG_LOG", 4),
            patch.object(tables, "REUSE_SHARE", 1000),
            patch.object(catalog, "FEW_ENTRIES", 4),
        ]
        for patched in self.patches:
            patched.start()
        self.model = Model()
        self.log: list[tuple[int, list[Delta]]] = []
        self.store = Store()
        self.store.observer = self
        self.sessions: list[Session] = []
        self.prepared: list[Session] = []
        self.turn = 0

    def teardown(self) -> None:
        for patched in self.patches:
            patched.stop()

    def append(self, timestamp: int, deltas: Sequence[Delta]) -> None:
        """The store tells of a commit."""
        assert timestamp == (self.log[-1][0] if self.log else 0) + 1
        self.log.append((timestamp, list(deltas)))

    # -- transactions

    @initialize(
        size=st.sampled_from([0, 2, 3, 4, 50]),
        labels=label_sets,
        indexes=st.sets(st.sampled_from(INDEXES)),
    )
    def first_graph(self, size: int, labels: frozenset[str], indexes: set[Any]) -> None:
        """A ring."""
        session = self.start()
        numbers_ = [number % 3 for number in range(size)]
        chunks = {key: Chunk.of(numbers_) for key in KEYS}
        vertices = session.real.create_vertices(labels, size, chunks)
        edges = session.real.create_edges("R", vertices, np.roll(vertices, -1), chunks)
        for number in range(size):
            properties = dict.fromkeys(KEYS, numbers_[number])
            session.model.create(("vertex", number), Vertex(labels, properties))
            session.model.create(("edge", number), Edge("R", number, (number + 1) % size, properties))
        assert vertices.tolist() == edges.tolist() == list(range(size))
        for index in sorted(indexes):
            session.real.create_index(*index)
            session.model.schema.append((True, index))
        self.end_one(session, "commit")

    def start(self) -> Session:
        session = Session(self.store.begin(), self.model.begin())
        self.sessions.append(session)
        return session

    @rule()
    @precondition(lambda self: len(self.sessions) + len(self.prepared) < 3)
    def begin(self) -> None:
        self.start()

    def session(self, number: int) -> Session:
        """One of at least two: alone, a transaction is easily right."""
        while len(self.sessions) < 2:
            self.start()
        return self.sessions[number % len(self.sessions)]

    @rule(who=pick, how=st.sampled_from(["commit", "commit", "commit", "prepare", "publish", "roll back"]))
    def end(self, who: int, how: str) -> None:
        self.end_one(self.session(who), how)

    def end_one(self, session: Session, how: str) -> None:
        if how == "roll back":
            self.rollback(session)
        if how in ("prepare", "commit"):
            self.prepare(session)
        if how in ("publish", "commit"):
            self.publish()

    def prepare(self, session: Session) -> None:
        """Verify and log, but do not yet publish."""
        self.sessions.remove(session)
        if session.model.complaints():
            session.must_complain(session.real.prepare)
            session.real.rollback()
            session.model.rollback()
        else:
            timestamp = session.real.prepare()
            assert timestamp is None or timestamp == self.log[-1][0]
            self.prepared.append(session)

    def publish(self) -> None:
        """The commits so far become visible, in their order."""
        for session in self.prepared:
            session.real.publish()
            session.model.commit()
        self.prepared = []

    def rollback(self, session: Session) -> None:
        session.real.rollback()
        session.model.rollback()
        self.sessions.remove(session)

    @rule(who=pick, back=st.booleans(), which=pick)
    def savepoint(self, who: int, back: bool, which: int) -> None:
        """Set one, or go back to one."""
        session = self.session(who)
        if not back:
            session.savepoints.append((session.real.savepoint(), session.model.mark()))
        elif session.savepoints:
            which %= len(session.savepoints)
            savepoint, mark = session.savepoints[which]
            del session.savepoints[which + 1 :]
            session.real.rollback_to(savepoint)
            session.model.rollback_to(mark)

    @rule(who=pick)
    def refresh(self, who: int) -> None:
        session = self.session(who)
        session.real.refresh()
        session.model.refresh()

    # -- writing

    @rule(who=pick, labels=label_sets, count=st.sampled_from([0, 1, 1, 2, 4]), values=batches, form=pick)
    def create_vertices(
        self, who: int, labels: frozenset[str], count: int, values: list[Any], form: int
    ) -> None:
        session = self.session(who)
        properties = {"x": values[:count], "y": values[:count][::-1]} if form else {}
        chunks = {key: chunk_of(column_, form) for key, column_ in properties.items()}
        slots = session.real.create_vertices(labels, count, chunks).tolist()
        self.created("vertex", slots, count)
        for row, slot in enumerate(slots):
            session.model.create(("vertex", slot), Vertex(labels, row_of(properties, row)))

    @rule(
        who=pick,
        type_=st.sampled_from(TYPES),
        tails=picks,
        heads=picks,
        values=batches,
        form=pick,
        none=st.sampled_from([False, False, False, True]),
    )
    def create_edges(
        self,
        who: int,
        type_: str,
        tails: list[int],
        heads: list[int],
        values: list[Any],
        form: int,
        none: bool,
    ) -> None:
        session = self.session(who)
        known = [*session.model.slots("vertex"), *session.model.deleted("vertex")]
        if not known:
            return
        ends = list(zip(chosen(known, tails), chosen(known, heads), strict=False))
        if none:
            ends = []
        properties = {"x": values[: len(ends)]} if form else {}
        chunks = {key: chunk_of(column_, form) for key, column_ in properties.items()}
        starts, stops = [start for start, _ in ends], [stop for _, stop in ends]

        def check_ends() -> None:
            session.model.check_ends(starts)
            session.model.check_ends(stops)

        created = session.run(
            lambda: session.real.create_edges(type_, slots_of(starts), slots_of(stops), chunks), check_ends
        )
        if created is not None:
            self.created("edge", created.tolist(), len(ends))
            for row, slot in enumerate(created.tolist()):
                edge = Edge(type_, *ends[row], row_of(properties, row))
                session.model.create(("edge", slot), edge)

    def created(self, kind: str, slots: list[int], count: int) -> None:
        """As many as asked for, and none that anybody could take for an old one."""
        assert len(set(slots)) == len(slots) == count
        known: set[Element] = set(self.model.committed)
        known.update(*(transaction.graph for transaction in self.model.open))
        assert known.isdisjoint((kind, slot) for slot in slots)

    @rule(who=pick, kind=kinds, key=one_key, which=picks, values=batches, form=pick)
    def set_property(
        self, who: int, kind: str, key: str, which: list[int], values: list[Any], form: int
    ) -> None:
        session = self.session(who)
        known = [*session.model.slots(kind), *session.model.deleted(kind)]
        if known:
            slots = chosen(known, which)
            values = values[: len(slots)]
            write = session.real.set_vertex_property if kind == "vertex" else session.real.set_edge_property
            session.run(
                lambda: write(key, slots_of(slots), chunk_of(values, form)),
                lambda: session.model.set_property(kind, key, slots, values),
            )

    @rule(who=pick, which=picks, add=label_sets, remove=label_sets)
    def change_labels(self, who: int, which: list[int], add: frozenset[str], remove: frozenset[str]) -> None:
        session = self.session(who)
        known = [*session.model.slots("vertex"), *session.model.deleted("vertex")]
        if known:
            slots = chosen(known, which)
            session.run(
                lambda: session.real.change_labels(slots_of(slots), add, remove),
                lambda: session.model.change_labels(slots, set(add), set(remove)),
            )

    @rule(who=pick, which=picks)
    def delete_edges(self, who: int, which: list[int]) -> None:
        session = self.session(who)
        known = [*session.model.slots("edge"), *session.model.deleted("edge")]
        if known:
            slots = chosen(known, which)
            session.run(
                lambda: session.real.delete_edges(slots_of(slots)),
                lambda: session.model.delete(("edge", slot) for slot in slots),
            )

    @rule(who=pick, which=picks, detach=st.booleans(), verify=st.booleans())
    def delete_vertices(self, who: int, which: list[int], detach: bool, verify: bool) -> None:
        session = self.session(who)
        model = session.model
        known = [*model.slots("vertex"), *model.deleted("vertex")]
        if not known:
            return
        slots = chosen(known, which)

        def expected() -> tuple[int, int]:
            edges: set[Element] = set()
            if detach:
                for slot in slots:
                    both = model.edges_of(slot, True) | model.edges_of(slot, False)
                    edges |= {("edge", edge) for edge in both}
            edge_count = model.delete(edges)
            return model.delete(("vertex", slot) for slot in slots), edge_count

        savepoint, mark = session.real.savepoint(), model.mark()
        session.run(lambda: session.real.delete_vertices(slots_of(slots), detach), expected)
        if verify:
            # the end of the statement
            if model.complaints():
                session.must_complain(session.real.verify_deletions)
                session.real.rollback_to(savepoint)
                model.rollback_to(mark)
            else:
                session.real.verify_deletions()

    @rule(who=pick, index=st.sampled_from(INDEXES), create=st.sampled_from([True, True, False]))
    def change_schema(self, who: int, index: Any, create: bool) -> None:
        session = self.session(who)
        change = session.real.create_index if create else session.real.drop_index
        done = change(*index)
        assert done == ((index not in self.model.indexes) if create else (index in self.model.indexes))
        if done:
            session.model.schema.append((create, index))

    @rule(index=st.sampled_from(INDEXES))
    @precondition(lambda self: not self.prepared)
    def make_index_anew(self, index: Any) -> None:
        """At once, while others are in the middle of things."""
        for create in (False, True):
            session = self.start()
            if (session.real.create_index if create else session.real.drop_index)(*index):
                session.model.schema.append((create, index))
            self.end_one(session, "commit")

    # -- keeping house

    @rule(who=pick, what=st.sampled_from(["vacuum", "versions", "replay", "recover", "image", "image"]))
    def keep_house(self, who: int, what: str) -> None:
        match what:
            case "vacuum":
                assert vacuum(self.store) == (not self.sessions and not self.prepared)
            case "versions":
                self.store.vacuum_versions()
            case "replay" if not self.prepared:
                self.replay()
            case "recover" if not self.prepared:
                self.recover(self.session(who))
            case "image":
                self.image(self.session(who))

    def replay(self) -> None:
        """All deltas ever observed make the committed graph, in a fresh store."""
        fresh = self.loaded([], 0)
        assert self.graph(fresh) == plain(self.model.committed)
        assert self.index_names(fresh) == self.model.indexes

    def recover(self, session: Session) -> None:
        """The image that a running transaction sees, and the deltas since, make the committed graph."""
        if not session.real.wrote:
            deltas = list(image(session.real))
            fresh = self.loaded(deltas, session.real.view.snapshot)
            assert self.graph(fresh) == plain(self.model.committed)

    def image(self, session: Session) -> None:
        """An image holds what its transaction sees."""
        if StillConnected in session.model.complaints():
            return  # in the middle of a statement: an edge has an end that is deleted
        fresh = Store()
        loader = Loader(fresh)
        for delta in image(session.real):
            loader.apply(delta)
        loader.finish()
        assert list(check(fresh)) == []
        assert self.graph(fresh) == plain(session.model.graph)

    @rule(commits=st.booleans(), restart=st.booleans())
    def come_to_rest(self, commits: bool, restart: bool) -> None:
        """Nobody is left; then vacuum works, or the store goes on as one made from an image."""
        self.publish()
        while self.sessions:
            self.end_one(self.sessions[0], "commit" if commits else "roll back")
        assert not self.store.active
        if restart:
            self.restart()
        else:
            assert vacuum(self.store)
            assert not self.store.dead_vertices
            assert not self.store.dead_edges

    def restart(self) -> None:
        transaction = self.store.begin()
        deltas = list(image(transaction))
        transaction.rollback()
        self.store = self.loaded(deltas, self.store.visible)
        self.store.observer = self
        assert self.index_names(self.store) == self.model.indexes

    def loaded(self, deltas: list[Delta], since: int) -> Store:
        """A store of an image as of ``since``, and the commits after it."""
        fresh = Store()
        loader = Loader(fresh)
        for delta in deltas:
            loader.apply(delta)
        loader.commit(since)
        for timestamp, commit in self.log:
            if timestamp > since:
                for delta in commit:
                    loader.apply(delta)
                loader.commit(timestamp)
        loader.finish()
        assert list(check(fresh)) == []
        return fresh

    @staticmethod
    def index_names(of: Store) -> set[Any]:
        names = [*of.vertex_indexes.names(), *of.edge_indexes.names()]
        return {(name.table, name.label, name.keys) for name in names}

    @staticmethod
    def graph(of: Store) -> dict[Element, Any]:
        transaction = of.begin()
        found = seen(transaction)
        transaction.rollback()
        return found

    # -- what has to hold

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        sessions = [*self.sessions, *self.prepared]
        for session in sessions:
            assert seen(session.real) == plain(session.model.graph)
            same_expansions(session)
        if sessions:
            self.turn += 1
            in_turn = sessions[self.turn % len(sessions)]
            same_one_by_one(in_turn)
            same_lookups(in_turn)

    @invariant()
    def there_is_no_fault(self) -> None:
        assert list(check(self.store)) == []


def row_of(properties: dict[str, list[Any]], row: int) -> dict[str, Any]:
    return {key: values[row] for key, values in properties.items() if values[row] is not None}


def plain(graph: Graph) -> dict[Element, Any]:
    """A model's graph as what ``seen`` gives."""
    return {
        element: (
            (sorted(state.labels) if isinstance(state, Vertex) else (state.type, state.source, state.target)),
            {key: shown(value) for key, value in state.properties.items()},
        )
        for element, state in graph.items()
    }


def seen(transaction: Transaction) -> dict[Element, Any]:
    """The whole graph as a transaction reads it by batches."""
    of = transaction.store
    found: dict[Element, Any] = {}
    for kind, table, read in (
        ("vertex", of.vertices, transaction.vertex_property),
        ("edge", of.edges, transaction.edge_property),
    ):
        slots, codes = transaction.scan(table, 0, table.high)
        columns = {key: read(key, slots).tolist() for key in KEYS}
        for row, (slot, code) in enumerate(zip(slots.tolist(), codes.tolist(), strict=True)):
            if kind == "vertex":
                what: Any = sorted(of.label_sets.texts(code))
            else:
                what = (of.types.texts[code], int(of.edges.sources[slot]), int(of.edges.targets[slot]))
            values = {key: columns[key][row] for key in KEYS}
            properties = {key: shown(value) for key, value in values.items() if value is not None}
            found[kind, slot] = (what, properties)
    return found


def same_one_by_one(session: Session) -> None:
    """The short paths for one element give what the batches give; what was deleted says so."""
    real, model = session.real, session.model
    for kind, table in (("vertex", real.store.vertices), ("edge", real.store.edges)):
        codes = table.read_codes(np.arange(table.high), real.view)
        assert [table.read_code(slot, real.view) for slot in range(table.high)] == codes.tolist()
        for slot in model.slots(kind)[-4:]:
            properties = table.read_properties_of(slot, real.view)
            assert {key: shown(value) for key, value in properties.items()} == {
                key: shown(value) for key, value in model.graph[kind, slot].properties.items()
            }
            for key in KEYS:
                read = real.vertex_property if kind == "vertex" else real.edge_property
                [value] = read(key, slots_of([slot])).tolist()
                assert shown(value) == shown(properties.get(key))
        for slot in model.deleted(kind)[-1:]:
            read = real.vertex_property if kind == "vertex" else real.edge_property
            with pytest.raises(DeletedElementError):
                read("x", slots_of([slot]))


def same_expansions(session: Session) -> None:
    real, model = session.real, session.model
    vertices = model.slots("vertex")
    for outgoing in (True, False):
        of_vertex: dict[int, set[int]] = {vertex: set() for vertex in vertices[:2]}
        for slot in model.slots("edge"):
            edge = model.edge(slot)
            of_vertex.setdefault(edge.source if outgoing else edge.target, set()).add(slot)
        edges = real.edges_of(slots_of(vertices), outgoing).tolist()
        # until its statement ends, an edge may have an end that is deleted
        assert sorted(edges) == sorted(edge for vertex in vertices for edge in of_vertex.get(vertex, ()))
        for vertex in of_vertex:
            found = real.edges_of(slots_of([vertex]), outgoing).tolist()
            assert len(set(found)) == len(found)
            assert set(found) == of_vertex[vertex]


def same_lookups(session: Session) -> None:
    """Every index finds, after re-reading, exactly what the model has."""
    real, model = session.real, session.model
    of = real.store
    for kind, found_catalog in (("vertex", of.vertex_indexes), ("edge", of.edge_indexes)):
        for label, by_label in found_catalog.by_label.items():
            entered = by_label.slots(0, by_label.count).tolist()
            assert rechecked(session, kind, label, entered) == labelled(model, kind, label)
        for (label, keys), index in found_catalog.by_keys.items():
            values_of = {
                slot: [model.graph[kind, slot].properties.get(key) for key in keys]
                for slot in labelled(model, kind, label)
            }
            same_finds(session, kind, index, values_of)
            if len(keys) == 1:
                same_ranges(session, kind, index, {slot: values[0] for slot, values in values_of.items()})


def same_finds(session: Session, kind: str, index: PropertyIndex, values_of: dict[int, list[Any]]) -> None:
    asked: list[list[Any]] = [[1.0] * len(index.keys), [None] * len(index.keys), *values_of.values()]
    wanted = list({shown(values): values for values in asked}.values())
    expected = [
        {slot for slot, held in values_of.items() if all(map(equal, held, values))}
        if None not in values
        else set()
        for values in wanted
    ]
    for values, slots in zip(wanted, expected, strict=True):
        found = index.find_one(values)
        assert index.repeats or len(set(found)) == len(found)
        assert slots <= set(rechecked(session, kind, index.label, found))
    chunks = [Chunk.of([values[position] for values in wanted]) for position in range(len(index.keys))]
    rows, slots_found = index.find(chunks)
    assert rows.tolist() == sorted(rows.tolist())
    for row, values in enumerate(wanted):
        assert sorted(slots_found[rows == row].tolist()) == sorted(index.find_one(values))


def same_ranges(session: Session, kind: str, index: PropertyIndex, value_of: dict[int, Any]) -> None:
    number_of = {slot: value for slot, value in value_of.items() if type(value) in (int, float)}
    text_of = {slot: value for slot, value in value_of.items() if type(value) is str}
    for low in (1, 2.5, 2**53 + 1, 2.0**53):
        for low_open in (False, True):
            found = set(index.between(Range(low=low, low_open=low_open)).tolist())
            assert {s for s, v in number_of.items() if v > low or (v == low and not low_open)} <= found
            found = set(index.between(Range(high=low, high_open=low_open)).tolist())
            assert {s for s, v in number_of.items() if v < low or (v == low and not low_open)} <= found
    for text in ("", "a", "\U0010ffff"):
        found = set(index.starting(text).tolist())
        assert {slot for slot, value in text_of.items() if value.startswith(text)} <= found
        found = set(index.between(Range(low=text, low_open=True, high="b")).tolist())
        assert {slot for slot, value in text_of.items() if text < value <= "b"} <= found


def labelled(model: ModelTransaction, kind: str, label: str) -> list[int]:
    def has(slot: int) -> bool:
        return label in model.vertex(slot).labels if kind == "vertex" else label == model.edge(slot).type

    return [slot for slot in model.slots(kind) if has(slot)]


def rechecked(session: Session, kind: str, label: str, slots: list[int]) -> list[int]:
    """Of what an index gave, that which has the label for the transaction; ascending."""
    of = session.real.store
    if kind == "edge":
        codes = session.real.edge_types(slots_of(slots)).tolist()
        return sorted(s for s, c in zip(slots, codes, strict=True) if c >= 0 and of.types.texts[c] == label)
    codes = session.real.vertex_label_sets(slots_of(slots)).tolist()
    held = [of.label_sets.texts(code) if code >= 0 else () for code in codes]
    return sorted(slot for slot, labels in zip(slots, held, strict=True) if label in labels)


def test_every_transaction_sees_what_the_model_says() -> None:
    run_state_machine_as_test(Transactions, settings=settings(max_examples=40, stateful_step_count=40))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(10))
def test_every_transaction_sees_what_the_model_says_for_long(part: int) -> None:
    """3,000 histories, drawn in parts that two cores can share."""
    run_state_machine_as_test(Transactions, settings=settings(max_examples=300, stateful_step_count=60))
