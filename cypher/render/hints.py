"""USING as text: hints of a MATCH, and directives before a query."""

from __future__ import annotations

from collections.abc import Iterable

from lithograph.cypher import ast
from lithograph.cypher.render.expressions import render_expression
from lithograph.cypher.render.names import render_name, render_variable


def render_hint(hint: ast.Hint) -> str:
    """A hint of a MATCH."""
    match hint:
        case ast.IndexHint(variable=str(variable), kind=kind, seek=seek):
            words = ["USING", *([kind] if kind else []), "INDEX", *(["SEEK"] if seek else [])]
            return " ".join([*words, render_variable(variable) + _index(hint)])
        case ast.ScanHint(variable, label):
            return f"USING SCAN {render_variable(variable)}:{render_name(label)}"
        case ast.JoinHint(variables):
            return f"USING JOIN ON {', '.join(map(render_variable, variables))}"
    raise TypeError(f"not a hint: {hint!r}")


def render_directives(directives: ast.Directives) -> str:
    """What stands before a query."""
    return "USING " + ", ".join(_parts(directives))


def _parts(directives: ast.Directives) -> Iterable[str]:
    for hint in directives.indexes:
        yield f"INDEX {_index(hint)}"
    if directives.hops is not None:
        yield f"HOPS LIMIT {render_expression(directives.hops)}"
    if directives.batch is not None:
        yield f"PERIODIC COMMIT {render_expression(directives.batch)}"
    if directives.parallel:
        threads = "" if directives.threads is None else f" {render_expression(directives.threads)}"
        yield f"PARALLEL EXECUTION{threads}"


def _index(hint: ast.IndexHint) -> str:
    keys = f"({', '.join(map(render_name, hint.properties))})" if hint.properties else ""
    return f":{render_name(hint.label)}{keys}"
