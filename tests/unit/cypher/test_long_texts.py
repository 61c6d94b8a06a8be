"""Long texts: what it takes to check, plan and lower them grows as they do.

Counted in calls, not in time, so that a test says the same on every machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import INTEGER, STRING
from lithograph.cypher.ast.base import NOWHERE
from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store


def _numbered(text: str, separator: str) -> Callable[[int], str]:
    return lambda n: separator.join(text.replace("#", str(number)) for number in range(n))


CREATES = _numbered("CREATE (n#:A {id: #})", " ")
CHAIN = _numbered("CREATE (a#)-[:R]->(b#)", " ")
MAP = _numbered("k#: x + #", ", ")
CONDITIONS = _numbered("n.a# > #", " AND ")
ALTERNATIVES = _numbered("n.a = #", " OR ")
COLUMNS = _numbered("n.a + # AS c#", ", ")
SUMS = _numbered("n.a# AS c#, n.a# + count(*) AS d#", ", ")
SORTS = _numbered("c#", ", ")
BRANCHES = _numbered("WHEN n.a > # THEN #", " ")

TEXTS: dict[str, Callable[[int], str]] = {
    "CREATE": CREATES,
    "CREATE of relationships": CHAIN,
    "UNION": _numbered("RETURN # AS x", " UNION ALL "),
    "map": lambda n: f"WITH 1 AS x RETURN {{{MAP(n)}}} AS m",
    "AND": lambda n: f"MATCH (n) WHERE {CONDITIONS(n)} RETURN n",
    "OR": lambda n: f"MATCH (n) WHERE {ALTERNATIVES(n)} RETURN n",
    "CASE": lambda n: f"MATCH (n) RETURN CASE {BRANCHES(n)} END AS x",
    "ORDER BY": lambda n: f"MATCH (n) RETURN {COLUMNS(n)} ORDER BY {SORTS(n)}",
    "DISTINCT": lambda n: f"MATCH (n) RETURN DISTINCT {COLUMNS(n)} ORDER BY {SORTS(n)}",
    "grouping": lambda n: f"MATCH (n) RETURN {SUMS(n)}",
}


def _calls(text: str) -> int:
    """Calls of Python and C functions while a text is planned."""
    engine = Engine(Store())
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        if event in ("call", "c_call"):
            calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        engine.keep(engine.make(text))
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_twice_as_long_takes_twice_the_work(name: str) -> None:
    text = TEXTS[name]
    _calls(text(10))
    once, twice = _calls(text(70)), _calls(text(140))
    assert twice < 2.2 * once


def test_names_within_a_scope_are_known_there_only() -> None:
    scope = Scope({"x": INTEGER, "y": INTEGER}, {"c": INTEGER})
    inner = scope.within()
    inner.shadow("x", STRING)
    innermost = inner.within()
    innermost.bind("z", STRING, NOWHERE)
    assert [innermost[name] for name in ("x", "y", "z", "c")] == [STRING, INTEGER, STRING, INTEGER]
    assert list(innermost) == ["x", "y", "z"]
    assert scope["x"] == INTEGER
    assert "z" not in inner
    assert innermost.names() == frozenset("xyzc")


def test_a_copy_of_a_scope_within_another_goes_its_own_way() -> None:
    inner = Scope({"x": INTEGER}).within()
    inner.bind("y", INTEGER, NOWHERE)
    copy = inner.copy()
    copy.bind("z", INTEGER, NOWHERE)
    assert list(copy) == ["x", "y", "z"]
    assert "z" not in inner
