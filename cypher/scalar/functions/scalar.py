"""Functions of any value, and of none."""

from __future__ import annotations

import uuid
from typing import Any

from lithograph.cypher.scalar.compare import equals
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.temporal.clock import Clock


@function("coalesce", null_in_null_out=False)
def coalesce(value: Any, *others: Any) -> Any:
    """The first argument that is not null."""
    if value is not None:
        return value
    return next((other for other in others if other is not None), None)


@function("nullIf", null_in_null_out=False)
def null_if(value: Any, other: Any) -> Any:
    """Null if the two are equal, else ``value``."""
    return None if equals(value, other) else value


@function("timestamp", deterministic=False, once_per_query=True)
def timestamp(*, clock: Clock) -> int:
    """Milliseconds from 1970-01-01T00:00Z to the statement's beginning, as in Neo4j."""
    return clock.statement // 1_000_000


@function("randomUUID", deterministic=False)
def random_uuid() -> str:
    """A random UUID (version 4)."""
    return str(uuid.uuid4())
