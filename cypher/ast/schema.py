"""Statements that make and drop indexes, and make and change enumerations."""

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


@dataclass(frozen=True, slots=True)
class CreateEnum(Statement):
    """``CREATE ENUM Name VALUES { A, B }``."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddEnumValue(Statement):
    """``ALTER ENUM Name ADD VALUE C``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class UpdateEnumValue(Statement):
    """``ALTER ENUM Name UPDATE VALUE A TO B``."""

    name: str
    old: str
    new: str
