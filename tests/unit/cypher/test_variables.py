"""The variables that expressions and subqueries take from outside."""

from __future__ import annotations

import pytest

from lithograph.cypher.compile import free_variables
from support.expressions import expression


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1 + $p", ""),
        ("a.b + c[d]", "a c d"),
        ("[x IN xs WHERE x > a | x + b]", "xs a b"),
        ("[x IN x | x]", "x"),
        ("any(x IN xs WHERE x = y)", "xs y"),
        ("reduce(s = i, x IN xs | s + x + k)", "i xs k"),
        ("n {.*, .p, q: r, s}", "n r s"),
        ("CASE a WHEN b THEN c ELSE d END", "a b c d"),
        ("exists((a)-[r]->(b {p: c}))", "a r b c"),
        ("[p = (a)-->(b) WHERE c | d]", "p a b c d"),
        ("EXISTS { MATCH (a)-->(b) WHERE b.x = c }", "a b c"),
        ("COUNT { UNWIND xs AS x MATCH (a {p: x}) RETURN x }", "xs a"),
        ("COLLECT { WITH a AS b WHERE b.x > c RETURN b ORDER BY b.y, d }", "a c d"),
        ("EXISTS { MATCH (a) RETURN a UNION MATCH (b) RETURN b AS a }", "a b"),
    ],
)
def test_free_variables_are_those_not_bound_inside(text: str, names: str) -> None:
    assert free_variables(expression(text)) == frozenset(names.split())
