"""Procedures: what ``CALL name(…)`` calls.

* ``types.py`` the types in signatures; ``signature.py`` signatures and their text
* ``registry.py`` what a procedure is, and the table of those an engine knows
* ``names.py``, ``schema.py``, ``visualization.py``, ``apoc.py`` what there is in the graph, from ``observations.py``
* ``introspection.py``, ``functions.py`` what the engine can do; ``listings.py`` what SHOW … YIELD calls; ``database.py`` what clients ask first

What tells of a server and not of an engine is registered by the server.
"""

from lithograph.cypher.procedures import apoc, database, introspection, listings, names, schema, visualization
from lithograph.cypher.procedures.registry import Mode, Procedure, Procedures, procedure
from lithograph.cypher.procedures.signature import Argument, Field, Signature

_BUILT_IN = (
    names.labels,
    names.relationship_types,
    names.property_keys,
    schema.node_type_properties,
    schema.rel_type_properties,
    schema.memgraph_node_type_properties,
    schema.memgraph_rel_type_properties,
    visualization.visualization,
    apoc.meta_data,
    introspection.mg_functions,
    introspection.dbms_functions,
    database.ping,
    database.components,
    database.await_indexes,
    database.indexes,
    listings.show_functions,
    listings.show_indexes,
)


def built_in() -> Procedures:
    """A table with the procedures that every engine has."""
    procedures = Procedures(_BUILT_IN)
    for each in (*introspection.about(procedures), listings.about(procedures)):
        procedures.register(each)
    return procedures


__all__ = ["Argument", "Field", "Mode", "Procedure", "Procedures", "Signature", "built_in", "procedure"]
