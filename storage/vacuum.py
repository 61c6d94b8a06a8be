"""Vacuum: takes away what nobody can see any more.

Versions go by themselves when transactions end (``Store.ended``). Dead elements stay in adjacency runs,
indexes and columns until this module removes them and gives their slots back. It works only while no
transaction runs, with the latch held alone: then every dead element is dead for everyone.
"""

from __future__ import annotations

import numpy as np

from lithograph.storage.adjacency import WASTE_SHARE
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.store import Store


def is_due(store: Store) -> bool:
    """Whether there is something to remove."""
    wasteful = any(pool.wasted * WASTE_SHARE > pool.end for pool in (store.outgoing, store.incoming))
    stale = any(catalog.stale() for catalog in (store.vertex_indexes, store.edge_indexes))
    return bool(store.dead_vertices or store.dead_edges) or wasteful or stale


def vacuum(store: Store) -> bool:
    """Remove what is dead; False when transactions run (try again later)."""
    if store.active:
        return False
    if store.dead_edges:
        _remove_edges(store, _distinct(store.dead_edges))
        store.dead_edges = []
    if store.dead_vertices:
        _remove_vertices(store, _distinct(store.dead_vertices))
        store.dead_vertices = []
    for adjacency in (store.outgoing, store.incoming):
        adjacency.compact()
    for catalog in (store.vertex_indexes, store.edge_indexes):
        catalog.rebuild(catalog.stale())
    return True


def _distinct(parts: list[Slots]) -> Slots:
    return np.unique(np.concatenate(parts))


def _remove_edges(store: Store, edges: Slots) -> None:
    edges = edges[store.edges.codes[edges] < 0]
    store.outgoing.remove(np.unique(store.edges.sources[edges]).astype(np.int64), edges)
    store.incoming.remove(np.unique(store.edges.targets[edges]).astype(np.int64), edges)
    store.edges.release(edges)
    store.edge_indexes.slots_released()


def _remove_vertices(store: Store, vertices: Slots) -> None:
    vertices = vertices[store.vertices.codes[vertices] < 0]
    for adjacency in (store.outgoing, store.incoming):
        adjacency.wasted += int(adjacency.rooms[vertices].sum())
        adjacency.rooms[vertices] = 0
        adjacency.lengths[vertices] = 0
    store.vertices.release(vertices)
    store.vertex_indexes.slots_released()
