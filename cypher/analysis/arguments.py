"""The arguments and results of procedures, as far as their types are known before anything runs."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.analysis.types import (
    ANY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    MAP,
    NODE,
    PATH,
    RELATIONSHIP,
    STRING,
    Kind,
    Type,
    list_of,
)
from lithograph.cypher.errors import InvalidArgumentTypeError
from lithograph.cypher.procedures.registry import Procedure
from lithograph.cypher.procedures.types import ValueType

_KNOWN: dict[str, Type] = {
    "BOOLEAN": BOOLEAN,
    "INTEGER": INTEGER,
    "FLOAT": FLOAT,
    "STRING": STRING,
    "MAP": MAP,
    "NODE": NODE,
    "RELATIONSHIP": RELATIONSHIP,
    "PATH": PATH,
    "BYTEARRAY": Type(Kind.BYTEARRAY),
    "DATE": Type(Kind.DATE),
    "TIME": Type(Kind.ZONED_TIME),
    "LOCALTIME": Type(Kind.LOCAL_TIME),
    "DATETIME": Type(Kind.ZONED_DATETIME),
    "LOCALDATETIME": Type(Kind.LOCAL_DATETIME),
    "DURATION": Type(Kind.DURATION),
    "POINT": Type(Kind.POINT),
}
_NUMERIC = frozenset({"NUMBER", "FLOAT"})


def check_argument(procedure: Procedure, index: int, given: Type, position: ast.Position) -> None:
    """Refuse an argument of a type that the procedure never takes.

    Raises:
        InvalidArgumentTypeError
    """
    argument = procedure.signature.arguments[index]
    if not _may_fit(argument.type, given):
        raise InvalidArgumentTypeError(
            f"{procedure.name}() takes {argument.type} as its argument `{argument.name}`, not {given}.",
            position=position,
        )


def _may_fit(wanted: ValueType, given: Type) -> bool:
    if given.kind is Kind.ANY or wanted.name == "ANY":
        return True
    if wanted.name == "LIST":
        if given.kind is not Kind.LIST:
            return False
        return wanted.element is None or given.element is None or _may_fit(wanted.element, given.element)
    if wanted.name in _NUMERIC and given.kind is Kind.INTEGER:
        return True
    if wanted.name == "NUMBER":
        return given.kind is Kind.FLOAT
    known = _KNOWN.get(wanted.name)
    return known is not None and known.kind is given.kind


def result_type(procedure: Procedure, field: str) -> Type:
    """The type of a field of the rows that a procedure gives."""
    (declared,) = (result.type for result in procedure.signature.results if result.name == field)
    return _as_type(declared)


def _as_type(declared: ValueType) -> Type:
    if declared.name == "LIST":
        return list_of(ANY if declared.element is None else _as_type(declared.element))
    return _KNOWN.get(declared.name, ANY)
