"""CREATE ENUM and ALTER ENUM."""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher import ast
from lithograph.cypher.context import Context
from lithograph.cypher.results import ResultBatch
from lithograph.storage import enums

ENUM_STATEMENTS = (ast.CreateEnum, ast.AddEnumValue, ast.UpdateEnumValue)
"""They want to be alone with the store: see ``storage/enums.py``."""


def run_enum_statement(statement: ast.Statement, context: Context) -> Iterator[ResultBatch]:
    """Do what one of ``ENUM_STATEMENTS`` says. Raises EnumError."""
    transaction = context.transaction
    match statement:
        case ast.CreateEnum(name, values):
            enums.create(transaction, name, values)
        case ast.AddEnumValue(name, value):
            enums.add_value(transaction, name, value)
        case ast.UpdateEnumValue(name, old, new):
            enums.rename_value(transaction, name, old, new)
    yield ResultBatch(0, [])
