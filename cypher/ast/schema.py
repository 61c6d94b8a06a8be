"""Statements that make and drop indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Statement


@dataclass(frozen=True, slots=True)
class CreateIndex(Statement):
    """``CREATE INDEX ON :Label[(a, b)]`` or ``CREATE INDEX [name] [IF NOT EXISTS] FOR … ON …``."""

    entity: OneOf["node", "relationship"]
    label: str
    properties: tuple[str, ...]
    name: str | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex(Statement):
    """``DROP INDEX ON :Label[(a, b)]``."""

    entity: OneOf["node", "relationship"]
    label: str
    properties: tuple[str, ...]
