"""Hints of a MATCH: they have to be about its own pattern."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.errors import UndefinedVariableError, UnexpectedConstructError


def check_hints(clause: ast.Match) -> None:
    """Refuse hints about what the pattern does not have.

    Raises:
        UndefinedVariableError: a variable of a hint is none of the pattern.
        UnexpectedConstructError: a join of a pattern that has but one node.
    """
    if not clause.hints:
        return
    elements = [element for path in clause.pattern.paths for element in path.plain()]
    names = [element.variable for element in elements if element.variable is not None]
    for hint in clause.hints:
        for name in _variables(hint):
            if name not in names:
                raise UndefinedVariableError.of(name, names, hint.position)
        if isinstance(hint, ast.JoinHint) and all(len(path.elements) == 1 for path in clause.pattern.paths):
            raise UnexpectedConstructError(
                "USING JOIN needs a pattern with a relationship at the node to join on.",
                position=hint.position,
            )


def _variables(hint: ast.Hint) -> tuple[str, ...]:
    match hint:
        case ast.IndexHint(variable=str(variable)) | ast.ScanHint(variable=variable):
            return (variable,)
        case ast.JoinHint(variables=variables):
            return variables
    raise TypeError(f"not a hint of a MATCH: {hint!r}")
