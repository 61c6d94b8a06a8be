"""IN, subscript and slice."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.entities import GraphReader, NodeRef, RelationshipRef
from lithograph.cypher.errors import CypherTypeError, ListElementAccessError, MapElementAccessError
from lithograph.cypher.scalar.compare import equals
from lithograph.cypher.scalar.components import COMPONENT_TYPES, component
from lithograph.storage.values.properties import MAXIMUM_INTEGER
from lithograph.storage.values.types import a_type_name, type_name


def in_(element: Any, elements: Any) -> bool | None:
    """``element IN elements``: true if an element is equal, else null if one could be, else false."""
    if elements is None:
        return None
    if type(elements) is not list:
        raise CypherTypeError(f"IN needs a List on its right, not {type_name(elements)}.")
    unknown = False
    for candidate in elements:
        equal = equals(element, candidate)
        if equal:
            return True
        unknown = unknown or equal is None
    return None if unknown else False


def subscript(container: Any, index: Any, reader: GraphReader) -> Any:
    """``container[index]``: an element of a list (negative: from the end), an entry of a map, a property, a component.

    Null where there is no such element, entry or property, or either operand is null.
    """
    if container is None or index is None:
        return None
    kind = type(container)
    if kind is list:
        if type(index) is not int:
            raise ListElementAccessError(f"A List is subscripted by Integers, not by {type_name(index)}.")
        return container[index] if -len(container) <= index < len(container) else None
    if (
        kind is not dict
        and kind is not NodeRef
        and kind is not RelationshipRef
        and kind not in COMPONENT_TYPES
    ):
        raise CypherTypeError(f"{a_type_name(container)} has no elements to subscript.")
    if type(index) is not str:
        raise MapElementAccessError(
            f"{a_type_name(container)} is subscripted by Strings, not by {type_name(index)}."
        )
    if kind is dict:
        return container.get(index)
    if kind is NodeRef:
        return reader.node_property(container.slot, index)
    if kind in COMPONENT_TYPES:
        return component(container, index)
    return reader.relationship_property(container.slot, index)


def slice_(container: Any, start: Any = 0, stop: Any = MAXIMUM_INTEGER) -> Any:
    """``container[start..stop]``, bounds counted from the end when negative; a missing bound is no null.

    Null if the list or a bound is null; bounds beyond the list are cut to it.
    """
    if container is None or start is None or stop is None:
        return None
    if type(container) is not list:
        raise CypherTypeError(f"{a_type_name(container)} cannot be sliced, only a List can.")
    for bound in (start, stop):
        if type(bound) is not int:
            raise ListElementAccessError(f"The bounds of a slice are Integers, not {type_name(bound)}.")
    return container[start:stop]
