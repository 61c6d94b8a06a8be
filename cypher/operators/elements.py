"""Columns of nodes and relationships as slots, whatever kind of vector they come in."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.values.types import type_name


def node_slots(vector: Vector) -> Slots:
    """The slots of a column of nodes (int64[n], -1 for null), whatever the vector's kind.

    Raises:
        CypherTypeError: there is something else than nodes and nulls in it.
    """
    if vector.kind is Kind.NODE:
        return vector.values
    return slots_of(vector.tolist(), NodeRef, "a node")


def relationship_slots(vector: Vector) -> Slots:
    """The same for a column of relationships."""
    if vector.kind is Kind.RELATIONSHIP:
        return vector.values
    return slots_of(vector.tolist(), RelationshipRef, "a relationship")


def slots_of(values: list[Any], kind: type, wanted: str) -> Slots:
    """The slots of references of one kind; -1 for None."""
    for value in values:
        if value is not None and type(value) is not kind:
            raise CypherTypeError(f"Expected {wanted}, found {type_name(value)}.")
    return np.array([-1 if value is None else value.slot for value in values], dtype=np.int64)
