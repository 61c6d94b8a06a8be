"""What an engine can do, as rows: ``mg.functions()``, ``mg.procedures()`` and Neo4j's ``dbms.…`` for the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.procedures.functions import described_functions
from lithograph.cypher.procedures.registry import Mode, Procedure, Procedures, procedure

BUILT_IN = "builtin"
"""Memgraph's path of what comes with the server."""


@procedure(
    "mg.functions() :: (is_editable :: BOOLEAN, name :: STRING, path :: STRING, signature :: STRING)",
    "All functions.",
    mode=Mode.DBMS,
)
def mg_functions(_context: Context) -> Iterator[tuple[Any, ...]]:
    for each in described_functions():
        yield False, each.name, BUILT_IN, each.signature


@procedure(
    "dbms.functions() :: (name :: STRING, signature :: STRING, category :: STRING, description :: STRING, "
    "aggregating :: BOOLEAN, defaultBuiltInRoles :: LIST<STRING>)",
    "All functions, as Neo4j 4 tells of them; SHOW FUNCTIONS is newer.",
    mode=Mode.DBMS,
)
def dbms_functions(_context: Context) -> Iterator[tuple[Any, ...]]:
    for each in described_functions():
        yield each.name, each.signature, each.category, each.description, each.aggregating, None


def about(procedures: Procedures) -> list[Procedure]:
    """The procedures that tell of those in a table, themselves included once they are in it."""

    @procedure(
        "mg.procedures() :: (is_editable :: BOOLEAN, is_write :: BOOLEAN, name :: STRING, path :: STRING, "
        "signature :: STRING)",
        "All procedures.",
        mode=Mode.DBMS,
    )
    def mg_procedures(_context: Context) -> Iterator[tuple[Any, ...]]:
        for each in procedures:
            yield False, each.writes, each.name, BUILT_IN, str(each.signature)

    @procedure(
        "dbms.procedures() :: (name :: STRING, signature :: STRING, description :: STRING, mode :: STRING, "
        "defaultBuiltInRoles :: LIST<STRING>, worksOnSystem :: BOOLEAN)",
        "All procedures, as Neo4j 4 tells of them; SHOW PROCEDURES is newer.",
        mode=Mode.DBMS,
    )
    def dbms_procedures(_context: Context) -> Iterator[tuple[Any, ...]]:
        for each in procedures:
            yield each.name, str(each.signature), each.description, each.mode.value, None, False

    return [mg_procedures, dbms_procedures]
