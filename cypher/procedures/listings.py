"""``show.functions()``, ``show.procedures()``, ``show.indexes()``: what SHOW … YIELD … calls, with Neo4j 5's columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.procedures.functions import described_functions
from lithograph.cypher.procedures.registry import Mode, Procedure, Procedures, procedure
from lithograph.cypher.procedures.signature import Argument, Field
from lithograph.cypher.render import render_name
from lithograph.cypher.shown import FUNCTIONS, INDEXES, PROCEDURES

_RIGHTS = (None, None, False, None)
"""Nobody's, since there are no roles; and nothing is deprecated."""


@procedure(
    FUNCTIONS.signature,
    "All functions; what SHOW FUNCTIONS YIELD calls.",
    mode=Mode.DBMS,
)
def show_functions(_context: Context) -> Iterator[tuple[Any, ...]]:
    for each in described_functions():
        takes = [
            {"name": one.name, "type": one.types, "description": str(one), "isDeprecated": False}
            for one in each.arguments
        ]
        yield (
            each.name, each.category, each.description, each.signature, True, takes, each.returns, each.aggregating,
            *_RIGHTS,
        )  # fmt: skip


@procedure(
    INDEXES.signature,
    "All indexes; what SHOW INDEXES YIELD calls. They have no names here, so these are made of what is indexed.",
)
def show_indexes(context: Context) -> Iterator[tuple[Any, ...]]:
    for number, name, entity, label, keys in numbered_indexes(context):
        kind, provider = ("RANGE", "range-1.0") if keys else ("LOOKUP", "token-lookup-1.0")
        yield (
            number, name, "ONLINE", 100.0, kind, entity, [label], list(keys) or None, provider, None, None, None,
            {}, "", _statement(entity, label, keys),
        )  # fmt: skip


def numbered_indexes(context: Context) -> Iterator[tuple[int, str, str, str, tuple[str, ...]]]:
    """Number, name, NODE or RELATIONSHIP, label or type, and keys of every index, in a fixed order."""
    store = context.transaction.store
    found = [
        (entity, label, keys)
        for entity, catalog in (("NODE", store.vertex_indexes), ("RELATIONSHIP", store.edge_indexes))
        for label, keys in [*((label, ()) for label in catalog.by_label), *catalog.by_keys]
    ]
    for number, (entity, label, keys) in enumerate(sorted(found), start=1):
        yield number, "_".join(("index", label, *keys)), entity, label, keys


def _statement(entity: str, label: str, keys: tuple[str, ...]) -> str:
    """How the index is made."""
    what = "INDEX" if entity == "NODE" else "EDGE INDEX"
    properties = f"({', '.join(map(render_name, keys))})" if keys else ""
    return f"CREATE {what} ON :{render_name(label)}{properties}"


def about(procedures: Procedures) -> Procedure:
    """The procedure that tells of those in a table."""

    @procedure(
        PROCEDURES.signature,
        "All procedures; what SHOW PROCEDURES YIELD calls.",
        mode=Mode.DBMS,
    )
    def show_procedures(_context: Context) -> Iterator[tuple[Any, ...]]:
        for each in procedures:
            signature = each.signature
            takes, gives = [
                [_described(part) for part in parts] for parts in (signature.arguments, signature.results)
            ]
            yield (
                each.name, each.description, each.mode.value, False, str(signature), takes, gives, False, *_RIGHTS,
                {"deprecated": False},
            )  # fmt: skip

    return show_procedures


def _described(part: Argument | Field) -> dict[str, Any]:
    return {"name": part.name, "type": str(part.type), "description": str(part), "isDeprecated": False}
