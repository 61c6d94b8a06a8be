"""``value.key``: properties of nodes and relationships, entries of maps, components; and label tests."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.entities import GraphReader, NodeRef, RelationshipRef
from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.scalar.components import COMPONENT_TYPES, component
from lithograph.storage.values.types import a_type_name


def property_of(value: Any, key: str, reader: GraphReader) -> Any:
    """``value.key``; null for null and for a missing property or entry.

    Raises:
        ArgumentError: a temporal value or point without that component.
        CypherTypeError: a value that has no properties.
    """
    kind = type(value)
    if kind is NodeRef:
        return reader.node_property(value.slot, key)
    if kind is dict:
        return value.get(key)
    if value is None:
        return None
    if kind is RelationshipRef:
        return reader.relationship_property(value.slot, key)
    if kind in COMPONENT_TYPES:
        return component(value, key)
    raise CypherTypeError(f"{a_type_name(value)} has no properties, so no `{key}`.")


def has_label(value: Any, label: str, reader: GraphReader) -> bool | None:
    """``value:Label``: a label of a node, the type of a relationship; null for null."""
    kind = type(value)
    if kind is NodeRef:
        return label in reader.node_labels(value.slot)
    if value is None:
        return None
    if kind is RelationshipRef:
        return reader.relationship_type(value.slot) == label
    raise CypherTypeError(f"{a_type_name(value)} has no labels.")
