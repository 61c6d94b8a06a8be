"""Which statements are run together, and which are left alone."""

from __future__ import annotations

import pytest

from lithograph.server.client.grouping import grouped


def test_statements_that_differ_in_literals_become_one_with_rows() -> None:
    texts = [
        'CREATE (:__mg_vertex__:`A b` {__mg_id__: 0, `x1`: -1, `y`: "a\\"\\u0041", `z`: [1.0, "]"]})',
        "CREATE (:B {i: 1})",
        'CREATE (:__mg_vertex__:`A b` {__mg_id__: 1, `x1`: 2, `y`: "", `z`: []})',
        "CREATE INDEX ON :__mg_vertex__(__mg_id__)",
        'MATCH (u:L), (v:L) WHERE u.k = 0 AND v.k = 1 CREATE (u)-[:`R` {`d`: date("2026-01-01")}]->(v)',
        'MATCH (u:L), (v:L) WHERE u.k = 1 AND v.k = 1 CREATE (u)-[:`R` {`d`: date("2026-01-02")}]->(v)',
        "CREATE (:B {i: 1, `e`: E::`a b`})",
        "CREATE (:B {i: 2, `e`: E::`a b`})",
    ]
    assert list(grouped(texts)) == [
        (
            "UNWIND $rows AS row CREATE (:__mg_vertex__:`A b` "
            "{__mg_id__: row.c0, `x1`: row.c1, `y`: row.c2, `z`: row.c3})",
            {
                "rows": [
                    {"c0": 0, "c1": -1, "c2": 'a"A', "c3": [1.0, "]"]},
                    {"c0": 1, "c1": 2, "c2": "", "c3": []},
                ]
            },
        ),
        ("UNWIND $rows AS row CREATE (:B {i: row.c0})", {"rows": [{"c0": 1}]}),
        ("CREATE INDEX ON :__mg_vertex__(__mg_id__)", {}),
        (
            "UNWIND $rows AS row MATCH (u:L), (v:L) WHERE u.k = row.c0 AND v.k = row.c1 "
            "CREATE (u)-[:`R` {`d`: date(row.c2)}]->(v)",
            {
                "rows": [
                    {"c0": 0, "c1": 1, "c2": "2026-01-01"},
                    {"c0": 1, "c1": 1, "c2": "2026-01-02"},
                ]
            },
        ),
        (
            "UNWIND $rows AS row CREATE (:B {i: row.c0, `e`: E::`a b`})",
            {"rows": [{"c0": 1}, {"c0": 2}]},
        ),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (n:A {x: 1})",
        "CREATE (:A {x: 1}), (:B {x: 1})",
        "CREATE (:A {x: 1})-[:R]->(:B)",
        "CREATE (:A {x: 1}) RETURN 1",
        "CREATE (:A {x: 1 - 2})",
        "CREATE (:A {x: $x})",
        "CREATE (:A {x: {y: 1}})",
        "CREATE (:A {x: 'single'})",
        "CREATE (:A {x: 0x10})",
        "CREATE (:A {x: 1_0})",
        "CREATE (:A {x: 1e999})",
        "CREATE (:A {x: 9223372036854775808})",
        "CREATE (:A {x: -9223372036854775809})",
        f"CREATE (:A {{x: {'9' * 5000}}})",
        'CREATE (:A {x: "\\q"})',
        'CREATE (:A {x: "\\ud83d\\ude00"})',
        'CREATE (:A {x: "\\U00110000"})',
        'CREATE (:A {x: "\\u12"})',
        "CREATE (:A {x: rand()})",
        "CREATE (:A {x: 1}) // more",
        "MATCH (u:L), (v:L) WHERE u.k = 0 OR v.k = 1 CREATE (u)-[:R]->(v)",
        "MATCH (u:L), (v:L) WHERE u.k = 0 AND v.k = 1 CREATE (u)<-[:R]-(v)",
        "MATCH (u:L), (v:L) WHERE u.k = 0 AND v.k = 1 CREATE (u)-[:R]->(v) SET u.k = 2",
    ],
)
def test_what_looks_different_is_left_as_it_is(text: str) -> None:
    assert list(grouped([text, text])) == [(text, {}), (text, {})]
