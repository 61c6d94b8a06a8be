"""Functions of nodes, relationships and paths."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.entities import GraphReader, NodeRef, PathRef, RelationshipRef
from lithograph.cypher.scalar.functions import takes
from lithograph.cypher.scalar.functions.arguments import string, wrong_type
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.sizes import content_size

_ENTITY = "a Node or a Relationship"


@function("id")
def id_(entity: takes.Element) -> int | None:
    """The number of a node or relationship: its slot."""
    if entity is None:
        return None
    if type(entity) is not NodeRef and type(entity) is not RelationshipRef:
        raise wrong_type("id", _ENTITY, entity)
    return int(entity.slot)


@function("elementId")
def element_id(entity: takes.Element) -> str | None:
    """The same as a string."""
    if entity is None:
        return None
    if type(entity) is not NodeRef and type(entity) is not RelationshipRef:
        raise wrong_type("elementId", _ENTITY, entity)
    return str(entity.slot)


@function("labels")
def labels(node: takes.Node, reader: GraphReader) -> list[str] | None:
    """The labels of a node."""
    return None if node is None else reader.node_labels(_node("labels", node))


@function("type")
def type_(relationship: takes.Relationship, reader: GraphReader) -> str | None:
    """The type of a relationship."""
    return None if relationship is None else reader.relationship_type(_relationship("type", relationship))


@function("startNode")
def start_node(relationship: takes.Relationship, reader: GraphReader) -> NodeRef | None:
    """The node a relationship begins at."""
    if relationship is None:
        return None
    return NodeRef(reader.relationship_ends(_relationship("startNode", relationship))[0])


@function("endNode")
def end_node(relationship: takes.Relationship, reader: GraphReader) -> NodeRef | None:
    """The node a relationship ends at."""
    if relationship is None:
        return None
    return NodeRef(reader.relationship_ends(_relationship("endNode", relationship))[1])


@function("properties")
def properties(value: takes.ElementOrMap, reader: GraphReader) -> dict[str, Any] | None:
    """All properties of a node or relationship as a map; a map is itself."""
    return None if value is None else _properties("properties", value, reader)


@function("keys")
def keys(value: takes.ElementOrMap, reader: GraphReader) -> list[str] | None:
    """The names of the properties of a node or relationship, or of the entries of a map."""
    return None if value is None else list(_properties("keys", value, reader))


@function("values")
def values(value: takes.ElementOrMap, reader: GraphReader) -> list[Any] | None:
    """The properties of a node or relationship, or the entries of a map, without their names."""
    return None if value is None else list(_properties("values", value, reader).values())


@function("propertySize")
def property_size(entity: takes.Element, key: takes.String, reader: GraphReader) -> int | None:
    """The bytes that the content of the property ``key`` takes; 0 where there is none."""
    if entity is None or key is None:
        return None
    if type(entity) is not NodeRef and type(entity) is not RelationshipRef:
        raise wrong_type("propertySize", _ENTITY, entity)
    return content_size(_properties("propertySize", entity, reader).get(string("propertySize", key)))


@function("degree")
def degree(node: takes.Node, reader: GraphReader) -> int | None:
    """How many relationships a node has."""
    return None if node is None else reader.degree(_node("degree", node), outgoing=True, incoming=True)


@function("outDegree")
def out_degree(node: takes.Node, reader: GraphReader) -> int | None:
    """How many relationships begin at a node."""
    return None if node is None else reader.degree(_node("outDegree", node), outgoing=True, incoming=False)


@function("inDegree")
def in_degree(node: takes.Node, reader: GraphReader) -> int | None:
    """How many relationships end at a node."""
    return None if node is None else reader.degree(_node("inDegree", node), outgoing=False, incoming=True)


@function("nodes")
def nodes(path: takes.Path) -> list[NodeRef] | None:
    """The nodes of a path in the order walked."""
    if path is None:
        return None
    if type(path) is not PathRef:
        raise wrong_type("nodes", "a Path", path)
    return [NodeRef(slot) for slot in path.nodes]


@function("relationships", "rels")
def relationships(path: takes.Path) -> list[RelationshipRef] | None:
    """The relationships of a path in the order walked."""
    if path is None:
        return None
    if type(path) is not PathRef:
        raise wrong_type("relationships", "a Path", path)
    return [RelationshipRef(slot) for slot in path.relationships]


def _node(name: str, value: Any) -> int:
    if type(value) is not NodeRef:
        raise wrong_type(name, "a Node", value)
    return value.slot


def _relationship(name: str, value: Any) -> int:
    if type(value) is not RelationshipRef:
        raise wrong_type(name, "a Relationship", value)
    return value.slot


def _properties(name: str, value: Any, reader: GraphReader) -> dict[str, Any]:
    if type(value) is NodeRef:
        return reader.node_properties(value.slot)
    if type(value) is RelationshipRef:
        return reader.relationship_properties(value.slot)
    if type(value) is dict:
        return value
    raise wrong_type(name, "a Node, a Relationship or a Map", value)
