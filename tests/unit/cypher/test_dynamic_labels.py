"""Labels and types that an expression gives: the same rows as a test of ``labels(n)`` and ``type(r)``."""

from __future__ import annotations

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import (
    CypherSyntaxError,
    CypherTypeError,
    InvalidArgumentTypeError,
    NoSingleRelationshipTypeError,
    UnexpectedConstructError,
)
from lithograph.storage.store import Store
from support.engines import frames_of, run

GRAPH = """
CREATE (a:A {n: 1, wanted: 'B', type: 'S'}), (b:B {n: 2, wanted: 'A', type: 'T'}), (ab:A:B {n: 3, wanted: 'C', type: 'S'}),
       (c:C {n: 4, wanted: ['A', 'B'], type: ['S', 'T']}), ({n: 5, wanted: [], type: 'U'}),
       (a)-[:S]->(b), (b)-[:T]->(ab), (ab)-[:S]->(c), (c)-[:T]->(a), (a)-[:T]->(c)
"""


@pytest.fixture(scope="module", params=[False, True])
def engine(request: pytest.FixtureRequest) -> Engine:
    made = Engine(Store())
    if request.param:
        run(made, "CREATE INDEX ON :A")
        run(made, "CREATE INDEX ON :B(n)")
    run(made, GRAPH)
    return made


SAME = [
    ("MATCH (n:$('A')) RETURN n.n", "MATCH (n:A) RETURN n.n"),
    ("MATCH (n:$('A' + '')) RETURN n.n", "MATCH (n:A) RETURN n.n"),
    ("MATCH (n:$(['A', 'B'])) RETURN n.n", "MATCH (n:A&B) RETURN n.n"),
    ("MATCH (n:$all(['A', 'B'])) RETURN n.n", "MATCH (n:A&B) RETURN n.n"),
    ("MATCH (n:$any(['A', 'C'])) RETURN n.n", "MATCH (n:A|C) RETURN n.n"),
    ("MATCH (n:$any($both)) RETURN n.n", "MATCH (n:A|B) RETURN n.n"),
    ("MATCH (n:$($both)) RETURN n.n", "MATCH (n:A&B) RETURN n.n"),
    ("MATCH (n:$both) RETURN n.n", "MATCH (n:A&B) RETURN n.n"),
    ("MATCH (n:$($both[0])&!$($both[1])) RETURN n.n", "MATCH (n:A&!B) RETURN n.n"),
    ("MATCH (n:$([])) RETURN n.n", "MATCH (n) RETURN n.n"),
    ("MATCH (n:$any([])) RETURN n.n", "MATCH (n) WHERE false RETURN n.n"),
    ("MATCH (n:!$any(tail(['A']))) RETURN n.n", "MATCH (n) RETURN n.n"),
    ("MATCH (n:$('nobody has it')) RETURN n.n", "MATCH (n) WHERE false RETURN n.n"),
    ("MATCH (n:$('B') {n: 2}) RETURN n.n", "MATCH (n:B {n: 2}) RETURN n.n"),
    (
        "MATCH (m) MATCH (n:$(m.wanted)) RETURN m.n, n.n",
        "MATCH (m), (n) WHERE all(x IN [] + m.wanted WHERE x IN labels(n)) RETURN m.n, n.n",
    ),
    (
        "MATCH (m), (n:$any(m.wanted)) RETURN m.n, n.n",
        "MATCH (m), (n) WHERE any(x IN [] + m.wanted WHERE x IN labels(n)) RETURN m.n, n.n",
    ),
    (
        "MATCH (m) MATCH (m)--(n:$(m.wanted)|C) RETURN m.n, n.n",
        "MATCH (m)--(n) WHERE 'C' IN labels(n) OR all(x IN [] + m.wanted WHERE x IN labels(n)) RETURN m.n, n.n",
    ),
    (
        "UNWIND ['A', 'B', 'A', 'X'] AS l OPTIONAL MATCH (n:$(l)) RETURN l, n.n",
        "UNWIND ['A', 'B', 'A', 'X'] AS l OPTIONAL MATCH (n) WHERE l IN labels(n) RETURN l, n.n",
    ),
    (
        "MATCH (n) RETURN n.n, n:$(n.wanted) AS is",
        "MATCH (n) RETURN n.n, all(x IN [] + n.wanted WHERE x IN labels(n)) AS is",
    ),
    (
        "UNWIND ['A', 'X'] AS l RETURN COUNT { (n:$(l)) } AS c, EXISTS { (:$(l))-->(:B) } AS e",
        "UNWIND [[2, true], [0, false]] AS x RETURN x[0] AS c, x[1] AS e",
    ),
    ("MATCH (a)-[r:$('S')]->(b) RETURN a.n, b.n", "MATCH (a)-[r:S]->(b) RETURN a.n, b.n"),
    ("MATCH (a)-[r:$any($types)]->(b) RETURN a.n, b.n", "MATCH (a)-[r:S|T]->(b) RETURN a.n, b.n"),
    ("MATCH (a)-[r:$all($types)]->(b) RETURN a.n, b.n", "MATCH (a)-[r]->(b) WHERE false RETURN a.n, b.n"),
    (
        "MATCH (a)-[r:$any(a.type)]->(b) RETURN a.n, b.n",
        "MATCH (a)-[r]->(b) WHERE any(x IN [] + a.type WHERE x = type(r)) RETURN a.n, b.n",
    ),
    (
        "UNWIND ['S', 'T'] AS t MATCH (a)-[r:$(t)*1..3]-(b) RETURN t, a.n, b.n",
        "UNWIND ['S', 'T'] AS t MATCH (a)-[r*1..3]-(b) WHERE all(x IN r WHERE type(x) = t) RETURN t, a.n, b.n",
    ),
    (
        "UNWIND ['S', 'T'] AS t MATCH (a) ((x)-[r:$(t)]->(y)){1,3} (b) RETURN t, a.n, b.n",
        "UNWIND ['S', 'T'] AS t MATCH (a)-[r*1..3]->(b) WHERE all(x IN r WHERE type(x) = t) RETURN t, a.n, b.n",
    ),
    (
        "UNWIND ['S', 'T'] AS t MATCH p = shortestPath((a)-[:$(t)*]->(b)) WHERE a <> b RETURN t, a.n, b.n, length(p)",
        "UNWIND ['S', 'T'] AS t MATCH (a)-[r*]->(b) WHERE a <> b AND all(x IN r WHERE type(x) = t) "
        "RETURN t, a.n, b.n, min(size(r))",
    ),
    (
        "UNWIND ['S', 'T'] AS t MATCH (a)-[:$(t) *WSHORTEST (e, n | 1) total]->(b) RETURN t, a.n, b.n, total",
        "UNWIND ['S', 'T'] AS t MATCH (a)-[r*]->(b) WHERE a <> b AND all(x IN r WHERE type(x) = t) "
        "RETURN t, a.n, b.n, min(size(r))",
    ),
]


@pytest.mark.parametrize("size", [1, 2, 1 << 15])
@pytest.mark.parametrize(("dynamic", "static"), SAME)
def test_computed_names_mean_what_written_ones_do(
    engine: Engine, dynamic: str, static: str, size: int
) -> None:
    parameters = {"both": ["A", "B"], "types": ["S", "T"]}
    with frames_of(size):
        found = run(engine, dynamic, **parameters)
    assert sorted(map(repr, found)) == sorted(map(repr, run(engine, static)))


def test_null_in_place_of_the_node_asks_for_no_label(engine: Engine) -> None:
    assert run(engine, "OPTIONAL MATCH (n:Nobody) RETURN n:$(n.wanted) AS is, n:$([]) AS any") == [
        [None, None]
    ]
    assert run(engine, "OPTIONAL MATCH (n:Nobody) WITH n WHERE n:$([]) RETURN n") == []


@pytest.mark.parametrize("names", ["null", "{x: 1}.x", "['A', null]", "[['A']]"])
def test_what_is_no_name_is_an_error(engine: Engine, names: str) -> None:
    with pytest.raises(CypherTypeError, match="must be a string or a list of strings"):
        run(engine, f"WITH {names} AS x MATCH (n:$(x)) RETURN n")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("MATCH (n:$(1)) RETURN n", InvalidArgumentTypeError),
        ("MATCH (n:$some(['A'])) RETURN n", CypherSyntaxError),
        ("CREATE (n:$any(['A', 'B']))", UnexpectedConstructError),
        ("MERGE (n:$any(['A', 'B']))", UnexpectedConstructError),
        ("CREATE ()-[:$any(['A', 'B'])]->()", NoSingleRelationshipTypeError),
        ("MATCH (n) SET n:$any(['A', 'B'])", CypherSyntaxError),
        ("MATCH (n) REMOVE n:$any(['A', 'B'])", CypherSyntaxError),
    ],
)
def test_refused(engine: Engine, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(engine, text)


def test_plans_go_by_the_label_where_it_is_known(engine: Engine) -> None:
    def plan(text: str) -> str:
        return "\n".join(line for (line,) in run(engine, f"EXPLAIN {text}"))

    assert "ScanAllByLabel (n :A)" in plan("MATCH (n:$('A')) RETURN n")
    assert "ScanAllByLabel (n :$x)" in plan("MATCH (n:$x) RETURN n")
    assert "ScanAllByLabel (n :$(l))" in plan("UNWIND ['A', 'B'] AS l MATCH (n:$(l)) RETURN n")


def test_merge_finds_and_makes_by_the_labels_of_each_row() -> None:
    engine = Engine(Store())
    run(engine, "UNWIND ['A', 'B', 'A', ['A', 'C'], 'C'] AS l MERGE (n:$(l))")
    assert run(engine, "MATCH (n) RETURN labels(n) AS l ORDER BY l") == [[["A"]], [["A", "C"]], [["B"]]]
    run(engine, "MATCH (a:A), (b:B) UNWIND ['S', 'T', 'S'] AS t MERGE (a)-[:$(t)]->(b)")
    assert run(engine, "MATCH ()-[r]->() RETURN type(r) AS t, count(*) AS c ORDER BY t") == [
        ["S", 2],
        ["T", 2],
    ]
