"""Every error the language raises, and how it points at the place in the query.

A class stands for one kind of mistake. ``code`` is what drivers act upon (Neo4j's status codes),
``gql_status`` and ``gql_cause`` what newer ones show, ``tck_kind`` and ``tck_class`` the names the
openCypher TCK uses for the same mistake ("a *SyntaxError* should be raised at compile time:
*UndefinedVariable*").

Any of them may carry the query text and a position; ``str(error)`` then shows the line and a caret::

    Variable `m` not defined (line 1, column 18)
      MATCH (n) RETURN m
                       ^

Whoever raises an error need not know them: :meth:`CypherError.locate` adds them on the way out.

Errors of the storage layer (deleted elements, property types, conflicts, …) have their own classes in
``storage/errors.py`` and pass through; :func:`place` adds the position to those about an element or a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Self

from lithograph.cypher.ast import Position
from lithograph.storage.errors import (
    DeletedElementError,
    LithographError,
    PropertyTypeError,
    ValueOutOfRangeError,
)

_SHOWN_WIDTH = 100
"""How much of a long source line is shown, in characters."""


class CypherError(LithographError):
    """Any error of the language.

    Args:
        message: one clear sentence, without the position.
        query: the text of the statement.
        position: where in ``query`` the offending construct begins.
    """

    code = "Neo.DatabaseError.Statement.ExecutionFailed"
    gql_status = "50N42"
    gql_cause: ClassVar[str | None] = None
    """GQL status of the cause, where the main status only says what kind of failure it was."""
    tck_kind: ClassVar[str | None] = None
    tck_class: ClassVar[str | None] = None

    def __init__(self, message: str, query: str | None = None, position: Position | None = None) -> None:
        super().__init__(message)
        self.summary = message
        self.query = query
        self.position = position

    def locate(self, query: str, position: Position | None = None) -> Self:
        """Add what is not yet known of the place; the innermost place wins. Returns the error."""
        if self.query is None:
            self.query = query
        if self.position is None:
            self.position = position
        return self

    def __str__(self) -> str:
        return self.summary if self.position is None else f"{self.summary}{Place(self.position, self.query)}"


@dataclass(slots=True)
class Place:
    """A position as it is shown behind a message, with the line where the ``query`` is known."""

    position: Position
    query: str | None = None

    def __str__(self) -> str:
        place = f" (line {self.position.line}, column {self.position.column})"
        return place if self.query is None else f"{place}\n{_excerpt(self.query, self.position.offset)}"


def place(error: LithographError, position: Position | None) -> None:
    """Say of an error that knows no place that it belongs to this one, if that is known.

    Of the storage layer's errors that goes for those about an element or a value; the others are about the transaction
    or the store as a whole.
    """
    if isinstance(error, CypherError):
        if error.position is None:
            error.position = position
    elif isinstance(error, _PLACED) and error.place is None and position is not None:
        error.place = Place(position)


_PLACED = (DeletedElementError, PropertyTypeError, ValueOutOfRangeError)


def _excerpt(query: str, offset: int) -> str:
    """The line around ``offset``, shortened where it is long, and a caret below the place."""
    offset = max(0, min(offset, len(query)))
    start = query.rfind("\n", 0, offset) + 1
    stop = query.find("\n", offset)
    line = query[start : stop if stop >= 0 else len(query)].rstrip("\r")
    column = offset - start
    before = after = ""
    if len(line) > _SHOWN_WIDTH:
        left = max(0, min(column - _SHOWN_WIDTH // 2, len(line) - _SHOWN_WIDTH))
        before = "…" if left else ""
        after = "…" if left + _SHOWN_WIDTH < len(line) else ""
        line = line[left : left + _SHOWN_WIDTH]
        column -= left
    padding = "".join(c if c == "\t" else " " for c in before + line[:column])
    return f"  {before}{line}{after}\n  {padding}^"


def suggestion(name: str, known: Iterable[str]) -> str:
    """`` Did you mean `x`?`` with the known name that is closest to ``name``, or an empty string."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f" Did you mean `{by_folded[close[0]]}`?" if close else ""


# ---------------------------------------------------------------- syntax


class CypherSyntaxError(CypherError):
    """The text is not Cypher."""

    code = "Neo.ClientError.Statement.SyntaxError"
    gql_status = "42001"
    gql_cause = "42I06"
    tck_kind = "SyntaxError"
    tck_class = "UnexpectedSyntax"


class InvalidNumberLiteralError(CypherSyntaxError):
    """A number such as ``0x1G``."""

    tck_class = "InvalidNumberLiteral"


class IntegerLiteralOverflowError(CypherSyntaxError):
    """An integer literal beyond 64 bits."""

    tck_class = "IntegerOverflow"


class FloatLiteralOverflowError(CypherSyntaxError):
    """A float literal beyond what 64 bits hold."""

    tck_class = "FloatingPointOverflow"


class InvalidUnicodeLiteralError(CypherSyntaxError):
    r"""``\uXXXX`` with something else than hexadecimal digits."""

    tck_class = "InvalidUnicodeLiteral"


class InvalidUnicodeCharacterError(CypherSyntaxError):
    """A character that cannot stand where it does, such as a typographic dash for a minus."""

    tck_class = "InvalidUnicodeCharacter"


class InvalidRelationshipPatternError(CypherSyntaxError):
    """A relationship pattern that is no pattern, such as one with two arrow heads in CREATE."""

    tck_class = "InvalidRelationshipPattern"


# ---------------------------------------------------------------- semantics, found before anything runs


class SemanticError(CypherError):
    """The text parses and makes no sense; found before anything runs."""

    code = "Neo.ClientError.Statement.SyntaxError"
    gql_status = "42001"
    gql_cause = "42N62"
    tck_kind = "SyntaxError"


class UndefinedVariableError(SemanticError):
    """A name that no clause has bound."""

    tck_class = "UndefinedVariable"

    @classmethod
    def of(cls, name: str, known: Iterable[str] = (), position: Position | None = None) -> Self:
        """With the message for ``name``, suggesting the closest of the ``known`` names."""
        return cls(f"Variable `{name}` not defined.{suggestion(name, known)}", position=position)


class VariableAlreadyBoundError(SemanticError):
    """A name is bound again where a new one is needed."""

    tck_class = "VariableAlreadyBound"


class VariableTypeConflictError(SemanticError):
    """A name is used as a node here and as something else there."""

    tck_class = "VariableTypeConflict"


class InvalidArgumentTypeError(SemanticError):
    """An operand or argument that can never have the type wanted."""

    tck_class = "InvalidArgumentType"


class StaticTypeError(SemanticError):
    """The same, where the TCK calls it a TypeError."""

    code = "Neo.ClientError.Statement.TypeError"
    gql_status = "22G03"
    gql_cause = "22N01"
    tck_kind = "TypeError"
    tck_class = "InvalidArgumentType"


class NegativeIntegerArgumentError(SemanticError):
    """SKIP or LIMIT below zero; also raised when a parameter turns out so at run time."""

    tck_class = "NegativeIntegerArgument"


class NonConstantExpressionError(SemanticError):
    """SKIP or LIMIT that depends on a row; a ``rand()`` inside an aggregation."""

    tck_class = "NonConstantExpression"


class AmbiguousAggregationExpressionError(SemanticError):
    """An expression mixes an aggregation with something that is not grouped by."""

    tck_class = "AmbiguousAggregationExpression"


class InvalidAggregationError(SemanticError):
    """An aggregation where none can be."""

    tck_class = "InvalidAggregation"


class NestedAggregationError(SemanticError):
    """An aggregation inside an aggregation."""

    tck_class = "NestedAggregation"


class InvalidParameterUseError(SemanticError):
    """A parameter where a literal is needed, as for the properties of a MATCH pattern."""

    tck_class = "InvalidParameterUse"


class NoSingleRelationshipTypeError(SemanticError):
    """CREATE or MERGE of a relationship without exactly one type."""

    tck_class = "NoSingleRelationshipType"


class RequiresDirectedRelationshipError(SemanticError):
    """CREATE of a relationship without direction."""

    tck_class = "RequiresDirectedRelationship"


class CreatingVarLengthError(SemanticError):
    """CREATE or MERGE of a variable-length relationship."""

    tck_class = "CreatingVarLength"


class ColumnNameConflictError(SemanticError):
    """Two result columns of one name."""

    tck_class = "ColumnNameConflict"


class DifferentColumnsInUnionError(SemanticError):
    """The parts of a UNION have different columns."""

    tck_class = "DifferentColumnsInUnion"


class NoVariablesInScopeError(SemanticError):
    """``RETURN *`` with nothing bound."""

    tck_class = "NoVariablesInScope"


class NoExpressionAliasError(SemanticError):
    """An expression in WITH needs an alias."""

    tck_class = "NoExpressionAlias"


class InvalidClauseCompositionError(SemanticError):
    """Clauses in an order that makes no sense; UNION beside UNION ALL."""

    tck_class = "InvalidClauseComposition"


class UnexpectedConstructError(SemanticError):
    """Syntax that is only allowed elsewhere, such as a pattern predicate in RETURN."""

    tck_class = "UnexpectedSyntax"


class RelationshipUniquenessError(SemanticError):
    """One relationship name twice in one pattern."""

    tck_class = "RelationshipUniquenessViolation"


class InvalidDeleteError(SemanticError):
    """DELETE of something that is no node, relationship or path, such as a label."""

    tck_class = "InvalidDelete"


class UnknownFunctionError(SemanticError):
    """A function that does not exist."""

    gql_cause = "42N48"
    tck_class = "UnknownFunction"

    @classmethod
    def of(cls, name: str, known: Iterable[str] = (), position: Position | None = None) -> Self:
        """With the message for ``name``, suggesting the closest of the ``known`` names."""
        return cls(f"Unknown function `{name}`.{suggestion(name, known)}", position=position)


class InvalidNumberOfArgumentsError(SemanticError):
    """A function or procedure with too few or too many arguments."""

    tck_class = "InvalidNumberOfArguments"


class InvalidArgumentPassingModeError(SemanticError):
    """A call within a query that leaves its arguments to the parameters."""

    tck_class = "InvalidArgumentPassingMode"


class ParameterMissingError(CypherError):
    """The query names parameters that were not given."""

    code = "Neo.ClientError.Statement.ParameterMissing"
    gql_status = "42N51"
    tck_kind = "ParameterMissing"
    tck_class = "MissingParameter"

    @classmethod
    def of(cls, names: Sequence[str], given: Iterable[str] = (), position: Position | None = None) -> Self:
        """With the message for the missing ``names``, suggesting the closest of those ``given``."""
        hint = suggestion(names[0], given) if len(names) == 1 else ""
        return cls(f"Expected parameter(s): {', '.join(names)}.{hint}", position=position)


class ProcedureNotFoundError(CypherError):
    """A procedure that does not exist."""

    code = "Neo.ClientError.Procedure.ProcedureNotFound"
    gql_status = "42001"
    gql_cause = "42N08"
    tck_kind = "ProcedureError"
    tck_class = "ProcedureNotFound"


# ---------------------------------------------------------------- while a query runs


class CypherTypeError(CypherError):
    """A value of the wrong type."""

    code = "Neo.ClientError.Statement.TypeError"
    gql_status = "22G03"
    gql_cause = "22N01"
    tck_kind = "TypeError"
    tck_class = "InvalidArgumentType"


class InvalidArgumentValueError(CypherTypeError):
    """A value of a type that the function does not take, by the TCK's name for it."""

    tck_class = "InvalidArgumentValue"


class ListElementAccessError(CypherTypeError):
    """A list subscripted by something that is no integer."""

    tck_class = "ListElementAccessByNonInteger"


class MapElementAccessError(CypherTypeError):
    """A map, node or relationship subscripted by something that is no string."""

    tck_class = "MapElementAccessByNonString"


class CypherArithmeticError(CypherError):
    """An integer that does not fit into 64 bits."""

    code = "Neo.ClientError.Statement.ArithmeticError"
    gql_status = "22003"
    tck_kind = "ArithmeticError"
    tck_class = "IntegerOverflow"


class DivisionByZeroError(CypherArithmeticError):
    """An integer divided by zero."""

    gql_status = "22012"
    tck_class = "DivideByZero"


class NestedTooDeeplyError(CypherError):
    """A value, or what is to be done with it, goes deeper than the interpreter can follow."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22N11"

    def __init__(self, message: str = "A value is nested too deeply to be worked on.") -> None:
        super().__init__(message)


class ArgumentError(CypherError):
    """A value of the right type that the operation cannot work with."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22N11"
    tck_kind = "ArgumentError"
    tck_class = "NumberOutOfRange"


class InvalidTemporalTextError(ArgumentError):
    """Text that is no date, time, duration or time zone."""

    gql_status = "22007"


class TemporalOutOfRangeError(ArgumentError):
    """A date or time that does not exist, or is beyond what its type can hold."""

    gql_status = "22008"


class MergeReadOwnWritesError(CypherError):
    """MERGE with a null property, which it could never find again."""

    code = "Neo.ClientError.Statement.SemanticError"
    gql_status = "22N31"
    tck_kind = "SemanticError"
    tck_class = "MergeReadOwnWrites"


class IndexNotFoundError(CypherError):
    """A hint names an index that does not exist."""

    code = "Neo.ClientError.Schema.IndexNotFound"
    gql_status = "22N69"


class EntityNotFoundError(CypherError):
    """A node or relationship that is not there any more."""

    code = "Neo.ClientError.Statement.EntityNotFound"
    gql_status = "22N00"
    tck_kind = "EntityNotFound"
    tck_class = "DeletedEntityAccess"


class UnsupportedError(CypherError):
    """Something of the language that this version parses and does not run; ``what`` begins a sentence."""

    code = "Neo.ClientError.Statement.SyntaxError"
    gql_status = "42N14"

    def __init__(self, what: str, query: str | None = None, position: Position | None = None) -> None:
        super().__init__(f"{what} is not supported by this version of Lithograph.", query, position)


class AccessModeError(CypherError):
    """A write in a transaction opened for reading."""

    code = "Neo.ClientError.Statement.AccessMode"
    gql_status = "42N02"

    def __init__(
        self,
        message: str = "Writing is not allowed in a transaction opened in READ mode.",
        query: str | None = None,
        position: Position | None = None,
    ) -> None:
        super().__init__(message, query, position)


class NotInExplicitTransactionError(CypherError):
    """A statement that has to be a transaction of its own was sent inside one."""

    code = "Neo.DatabaseError.Transaction.TransactionStartFailed"
    gql_status = "25N17"


# ---------------------------------------------------------------- stopped from outside, or by a limit


class StoppedError(CypherError):
    """The statement was not allowed to go on; where it was just then says nothing to anybody."""

    def __str__(self) -> str:
        return self.summary


class TerminatedError(StoppedError):
    """Stopped by a RESET, an administrator or the end of the server."""

    code = "Neo.ClientError.Transaction.Terminated"
    gql_status = "25N14"

    def __init__(self, message: str = "The transaction has been terminated.") -> None:
        super().__init__(message)


class TimedOutError(StoppedError):
    """The server's time limit has passed."""

    code = "Neo.ClientError.Transaction.TransactionTimedOut"
    gql_status = "25N14"


class ClientTimedOutError(StoppedError):
    """The time limit the client asked for has passed."""

    code = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"
    gql_status = "25N14"


class MemoryLimitError(CypherError):
    """The query would need more memory than it may have."""

    code = "Neo.TransientError.General.TransactionMemoryLimit"
    gql_status = "51N73"
