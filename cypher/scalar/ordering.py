"""Order and equivalence with nodes, relationships and paths: ORDER BY, DISTINCT, grouping, min and max.

Importing this module gives the entities of ``cypher/entities.py`` their place in the total order of
``storage/values/ordering.py`` and their names in messages. Nodes and relationships are ordered by slot,
paths by their slots in the order walked. Their equivalence is their equality.
"""

from __future__ import annotations

from lithograph.cypher.entities import (
    NodeRef,
    PathRef,
    RelationshipRef,
    VirtualNode,
    VirtualRelationship,
)
from lithograph.storage.values.ordering import (
    OrderKey,
    Rank,
    distinct,
    equivalence_key,
    index_key,
    order_key,
    register_order,
)
from lithograph.storage.values.types import register_type, type_name

__all__ = ["OrderKey", "Rank", "distinct", "equivalence_key", "index_key", "order_key", "type_name"]

register_type(NodeRef, "Node")
register_type(RelationshipRef, "Relationship")
register_type(PathRef, "Path")
register_type(VirtualNode, "VirtualNode")
register_type(VirtualRelationship, "VirtualRelationship")


def _path_payload(path: PathRef) -> tuple[int, ...]:
    """Node, relationship, node, … so that a path comes before its continuations."""
    steps = zip(path.relationships, path.nodes[1:], strict=True)
    return (path.nodes[0], *(slot for step in steps for slot in step))


register_order(NodeRef, Rank.NODE, lambda node: node.slot)
register_order(RelationshipRef, Rank.RELATIONSHIP, lambda relationship: relationship.slot)
register_order(PathRef, Rank.PATH, _path_payload)
register_order(VirtualNode, Rank.NODE, lambda node: node.whole.id)
register_order(VirtualRelationship, Rank.RELATIONSHIP, lambda relationship: relationship.whole.id)
