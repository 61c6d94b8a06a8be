"""What clients ask first: whether somebody is there, which version it is, which indexes there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.procedures.listings import numbered_indexes
from lithograph.cypher.procedures.registry import Mode, procedure

NEO4J_VERSION = "5.26.0"
"""What ORMs and browsers decide by; the same as in the server name that drivers are told."""


@procedure("db.ping() :: (success :: BOOLEAN)", "Whether the database answers.", mode=Mode.DBMS)
def ping(_context: Context) -> list[tuple[bool]]:
    return [(True,)]


@procedure(
    "dbms.components() :: (name :: STRING, versions :: LIST<STRING>, edition :: STRING)",
    "The version of Neo4j whose clients work with this server; its own is told by SHOW VERSION.",
    mode=Mode.DBMS,
)
def components(_context: Context) -> list[tuple[str, list[str], str]]:
    return [("Neo4j Kernel", [NEO4J_VERSION], "community")]


@procedure(
    "db.awaitIndexes(timeOutSeconds = 300 :: INTEGER)",
    "Wait until all indexes are there; they always are, as soon as the statement that makes one is committed.",
)
def await_indexes(_context: Context, _seconds: int) -> None:
    """Nothing to wait for."""


@procedure(
    "db.indexes() :: (id :: INTEGER, name :: STRING, state :: STRING, populationPercent :: FLOAT, "
    "uniqueness :: STRING, type :: STRING, entityType :: STRING, labelsOrTypes :: LIST<STRING>, "
    "properties :: LIST<STRING>, provider :: STRING)",
    "All indexes, as Neo4j 4 tells of them. Indexes have no names here, so these are made of what is indexed.",
)
def indexes(context: Context) -> Iterator[tuple[Any, ...]]:
    for number, name, entity, label, keys in numbered_indexes(context):
        kind, provider = ("BTREE", "native-btree-1.0") if keys else ("LOOKUP", "token-lookup-1.0")
        yield number, name, "ONLINE", 100.0, "NONUNIQUE", kind, entity, [label], list(keys), provider
