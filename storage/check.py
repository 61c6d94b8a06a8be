"""A consistency check of a store: walks everything and says what contradicts what.

It is for tests, and for an operator who doubts a store: it tells derived structures (adjacency, counts,
indexes, chains of versions, free slots) against the columns that they are derived from. It changes
nothing, takes time and memory in proportion to the store, and wants the latch held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from lithograph.storage.adjacency import Adjacency, ranges
from lithograph.storage.columns.chunk import Kind, Mask, Slots
from lithograph.storage.enums import enum_values_in
from lithograph.storage.indexes.catalog import Catalog
from lithograph.storage.indexes.property import PropertyIndex
from lithograph.storage.journal import Journal
from lithograph.storage.names import ABSENT
from lithograph.storage.store import Counts, Store
from lithograph.storage.tables import Table
from lithograph.storage.versions import EXISTENCE, NEVER, Int32s, VersionLog, View


def check(store: Store) -> Iterator[str]:
    """The faults of a store, each in one sentence; nothing when all is well."""
    yield from _clock(store)
    unreadable = False
    for name, table, dead in (
        ("vertices", store.vertices, store.dead_vertices),
        ("edges", store.edges, store.dead_edges),
    ):
        chains = list(_versions(store, table))
        unreadable = unreadable or bool(chains)
        for fault in (*chains, *([] if chains else _slots(store, table, dead)), *_columns(table)):
            yield f"{name}: {fault}"
    if unreadable:
        return  # reading might fail, or never end
    for name, adjacency, owners, others in (
        ("outgoing", store.outgoing, store.edges.sources, store.edges.targets),
        ("incoming", store.incoming, store.edges.targets, store.edges.sources),
    ):
        for fault in (*_pool(store, adjacency), *_entries(store, adjacency, owners, others)):
            yield f"{name}: {fault}"
    yield from _ends(store)
    yield from _enums(store)
    committed = View(store.writers, store.visible)
    for name, table, counts in (
        ("vertices", store.vertices, store.vertex_counts),
        ("edges", store.edges, store.edge_counts),
    ):
        for fault in _counts(table.scan_codes(0, table.high, committed), counts):
            yield f"{name}: {fault}"
    for catalog in (store.vertex_indexes, store.edge_indexes):
        for fault in _indexes(store, catalog):
            yield f"index on {catalog.table_name}: {fault}"


def _some(slots: Slots) -> str:
    """A few of many slots, for a message."""
    return ", ".join(map(str, slots[:5].tolist())) + (", …" if len(slots) > 5 else "")


# -- the clock and the open transactions


def _clock(store: Store) -> Iterator[str]:
    if store.visible > store.timestamp:
        yield f"commit {store.visible} is visible, but {store.timestamp} is the newest."
    for transaction in store.active:
        if transaction.view.snapshot > store.visible:
            yield f"a transaction reads as of {transaction.view.snapshot}, after {store.visible}."
    if not store.active:
        if store.vertices.versions.count or store.edges.versions.count:
            yield "there are versions, though no transaction runs."
        if store.writers.count != 1:
            yield "there are writers, though no transaction runs."


# -- tables


def _columns(table: Table) -> Iterator[str]:
    capacity = table.capacity
    if table.high > capacity:
        yield f"slots up to {table.high} are in use, with room for {capacity}."
    if len(table.versions.head) != capacity:
        yield f"there are {len(table.versions.head)} heads of chains for {capacity} slots."
    if (table.codes[table.high :] != ABSENT).any():
        yield "an element exists beyond the slots in use."
    for key, column in table.columns.items():
        if column.key != key or column.capacity < capacity:
            yield f"column {key} has room for {column.capacity} of {capacity} slots."
        beyond = column.present_slots()
        beyond = beyond[beyond >= table.high]
        if len(beyond):
            yield f"column {key} has values at slots never used: {_some(beyond)}."


def _slots(store: Store, table: Table, dead_parts: list[Slots]) -> Iterator[str]:
    """Every slot in use is exactly one of live, dead (waiting for vacuum), free, or about to be either."""
    free = np.array(table.free, dtype=np.int64)
    dead = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *dead_parts]))
    if len(np.unique(free)) < len(free):
        yield "a slot is free twice."
    if len(free) and (free.min() < 0 or free.max() >= table.high):
        yield "a slot is free that was never used."
        return
    both = np.intersect1d(free, dead)
    if len(both):
        yield f"slots are free and wait for vacuum: {_some(both)}."
    for state, slots in (("free", free), ("dead", dead)):
        live = slots[table.codes[slots] >= 0]
        if len(live):
            yield f"elements exist at {state} slots: {_some(live)}."
    absent = np.flatnonzero(table.codes[: table.high] < 0)
    lost = np.setdiff1d(absent, np.concatenate([free, dead]))
    lost = lost[~_uncommitted(store, table, lost)]
    if len(lost):
        yield f"slots are neither live nor dead nor free: {_some(lost)}."
    versioned = free[table.versions.head[free] > 0]
    if len(versioned):
        yield f"free slots have versions: {_some(versioned)}."
    for key, column in table.columns.items():
        left = np.intersect1d(column.present_slots(), free)
        if len(left):
            yield f"column {key} has values at free slots: {_some(left)}."


def _uncommitted(store: Store, table: Table, slots: Slots) -> Mask:
    """Whether the last writer of each slot has yet to commit (bool[n])."""
    heads = table.versions.head[slots]
    pending: Mask = (heads > 0) & (store.writers.commits[table.versions.writers[heads]] == NEVER)
    return pending


# -- versions


def _versions(store: Store, table: Table) -> Iterator[str]:
    log = table.versions
    if len(log.before_values) != log.count + 1:
        yield f"{len(log.before_values) - 1} old values for {log.count} entries."
        return
    entries = np.arange(1, log.count + 1)
    entries = entries[log.slots[entries] >= 0]
    writers = log.writers[entries]
    if ((writers < 1) | (writers >= store.writers.count)).any():
        yield "an entry has a writer that there is not."
        return
    heads = log.head[: table.high]
    if ((heads < 0) | (heads > log.count)).any() or log.head[table.high :].any():
        yield "a chain begins outside the log."
        return
    seen: Counter[int] = Counter()
    for slot in np.flatnonzero(heads).tolist():
        yield from _chain(store, table, slot, seen)
    if set(seen) != set(entries.tolist()) or any(times > 1 for times in seen.values()):
        yield "an entry is in no chain, or in two."
    undoable = Counter(
        entry
        for transaction in store.active
        if isinstance(transaction.journal, Journal)
        for undo in transaction.journal.undo
        if undo.table is table
        for entry in range(undo.first, undo.stop)
    )
    pending = entries[store.writers.commits[writers] == NEVER]
    if undoable != Counter(pending.tolist()):
        yield "the open transactions cannot undo exactly what they wrote."


def _chain(store: Store, table: Table, slot: int, seen: Counter[int]) -> Iterator[str]:
    """One slot's chain: it is the slot's, goes back in time, and its codes follow each other."""
    log: VersionLog = table.versions
    entry, newer, commit, code = int(log.head[slot]), log.count + 1, NEVER, int(table.codes[slot])
    numbers = {EXISTENCE, *(column.number for column in table.columns.values())}
    while entry:
        seen[entry] += 1
        if entry >= newer or log.slots[entry] != slot:
            yield f"the chain of slot {slot} goes astray at entry {entry}."
            return
        committed = int(store.writers.commits[log.writers[entry]])
        if committed > commit:
            yield f"the chain of slot {slot} is not in the order of the commits."
        if log.columns[entry] not in numbers:
            yield f"entry {entry} is of a column that there is not."
        if log.columns[entry] == EXISTENCE:
            if log.after_codes[entry] != code:
                yield f"the existence of slot {slot} has a gap at entry {entry}."
            code = int(log.before_codes[entry])
        newer, commit, entry = entry, committed, int(log.older[entry])


# -- adjacency


def _pool(store: Store, adjacency: Adjacency) -> Iterator[str]:
    """Runs have room for what they hold, lie in the pool, and do not overlap."""
    sizes = {len(adjacency.starts), len(adjacency.lengths), len(adjacency.rooms)}
    if len(sizes) > 1 or sizes.pop() < store.vertices.high:
        yield "there are not as many runs as vertices."
        return
    if (adjacency.lengths < 0).any() or (adjacency.lengths > adjacency.rooms).any():
        yield "a run holds more than it has room for."
    roomy = np.flatnonzero(adjacency.rooms)
    roomy = roomy[np.argsort(adjacency.starts[roomy], kind="stable")]
    starts = adjacency.starts[roomy].astype(np.int64)
    stops = starts + adjacency.rooms[roomy]
    if len(roomy) and (starts[0] < 0 or stops[-1] > adjacency.end or adjacency.end > len(adjacency.edges)):
        yield "a run lies outside the pool."
    if len(adjacency.edges) != len(adjacency.others):
        yield "edges and other ends are not of one length."
    if (stops[:-1] > starts[1:]).any():
        yield "runs overlap."
    if int(adjacency.rooms.sum()) + adjacency.wasted != adjacency.end:
        yield f"{adjacency.wasted} positions are said to belong to no run, which is wrong."


def _entries(store: Store, adjacency: Adjacency, owners: Int32s, others: Int32s) -> Iterator[str]:
    """Every edge that is not free is in exactly one run, once, and says what its columns say."""
    vertices = np.arange(len(adjacency.starts), dtype=np.int64)
    starts, lengths = adjacency.runs(vertices)
    positions = ranges(starts, lengths)
    edges = adjacency.edges[positions]
    if len(edges) and (edges.min() < 0 or edges.max() >= store.edges.high):
        yield "an entry is of an edge that never was."
        return
    wrong = (owners[edges] != np.repeat(vertices, lengths)) | (others[edges] != adjacency.others[positions])
    if wrong.any():
        yield f"entries have other ends than their edges: {_some(edges[wrong].astype(np.int64))}."
    expected = np.ones(store.edges.high, dtype=np.int64)
    expected[np.array(store.edges.free, dtype=np.int64)] = 0
    found = np.bincount(edges, minlength=store.edges.high)
    wrong_edges = np.flatnonzero(found != expected)
    if len(wrong_edges):
        yield f"edges are not in a run exactly once: {_some(wrong_edges)}."


def _ends(store: Store) -> Iterator[str]:
    """Live edges have live ends, unless somebody is about to change that."""
    edges = np.flatnonzero(store.edges.codes[: store.edges.high] >= 0)
    edges = edges[~_uncommitted(store, store.edges, edges)]
    for ends in (store.edges.sources[edges].astype(np.int64), store.edges.targets[edges].astype(np.int64)):
        dangling = (store.vertices.codes[ends] < 0) & ~_uncommitted(store, store.vertices, ends)
        if dangling.any():
            yield f"edges have no end: {_some(edges[dangling])}."


# -- enumerations


def _enums(store: Store) -> Iterator[str]:
    """What is stored of enumerations is of those there are."""
    for table in (store.vertices, store.edges):
        for key, column in table.columns.items():
            slots = column.present_slots()
            slots = slots[(table.codes[slots] >= 0) & ~_uncommitted(store, table, slots)]
            chunk = column.gather(slots)
            if chunk.kind is Kind.OBJECT:
                found = {each for value in chunk.values.tolist() for each in enum_values_in(value)}
                for each in found:
                    if each.value not in store.enums.get(each.enum, ()):
                        yield f"column {key} has the value {each}, which no enumeration has."


# -- counts


def _counts(codes: Int32s, counts: Counts) -> Iterator[str]:
    true = Counter(codes[codes >= 0].tolist())
    kept = {code: number for code, number in counts.of_code.items() if number}
    if kept != dict(true) or counts.total != sum(true.values()):
        yield f"counted {kept}, {counts.total} in all; there are {dict(true)}."


# -- indexes


def _indexes(store: Store, catalog: Catalog) -> Iterator[str]:
    """Every index finds all that the newest values, or any open transaction, would have it find."""
    views = {transaction.view for transaction in store.active}
    for label, by_label in catalog.by_label.items():
        entered = by_label.slots(0, by_label.count)
        if len(np.unique(entered)) < len(entered):
            yield f"{label} has an element twice."
        for view in (None, *views):
            missing = np.setdiff1d(_labelled(catalog, label, view), entered)
            if len(missing):
                yield f"{label} lacks {_some(missing)}."
    for (label, keys), index in catalog.by_keys.items():
        if index not in catalog.on_label(label):
            yield f"{label}{keys} is not kept up to date."
        for view in (None, *views):
            missing = _unfound(catalog, index, _labelled(catalog, label, view), view)
            if len(missing):
                yield f"{label}{keys} lacks {_some(missing)}."
        if not index.repeats:
            yield from _repeated(catalog, index)


def _labelled(catalog: Catalog, label: str, view: View | None) -> Slots:
    """The elements with a label, as a view sees them or (None) as they newest are."""
    table = catalog.table
    codes = table.codes[: table.high] if view is None else table.scan_codes(0, table.high, view)
    return np.flatnonzero(catalog.holds(label, codes))


def _values(table: Table, keys: tuple[str, ...], slot: int, view: View | None) -> list[object]:
    if view is None:
        return [table.columns[key].get(slot) if key in table.columns else None for key in keys]
    return [table.read_property_of(key, slot, view) for key in keys]


def _unfound(catalog: Catalog, index: PropertyIndex, slots: Slots, view: View | None) -> Slots:
    missing = []
    for slot in slots.tolist():
        values = _values(catalog.table, index.keys, slot, view)
        if None in values or any(value != value for value in values):
            continue  # null and NaN equal nothing, and nobody looks them up
        if slot not in index.find_one(values):
            missing.append(slot)
    return np.array(missing, dtype=np.int64)


def _repeated(catalog: Catalog, index: PropertyIndex) -> Iterator[str]:
    """An index that promises to have no element twice under one key."""
    for slot in _labelled(catalog, index.label, None).tolist():
        found = index.find_one(_values(catalog.table, index.keys, slot, None))
        if len(set(found)) < len(found):
            yield f"{index.label}{index.keys} has elements twice, and says it has not: {found}."
            return
