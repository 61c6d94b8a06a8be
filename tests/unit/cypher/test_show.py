"""SHOW … YIELD … WHERE … RETURN: what it is as a query, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher import ast
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherSyntaxError, UndefinedVariableError
from lithograph.cypher.parse import parse
from lithograph.cypher.procedures import built_in
from lithograph.cypher.procedures.functions import described_functions
from lithograph.cypher.render import render
from lithograph.cypher.shown import LISTINGS
from lithograph.storage.store import Store
from support.engines import run

OF_ENGINE = {subject: listing for subject, listing in LISTINGS.items() if subject != "TRANSACTIONS"}
"""Those that need no server."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine(Store())
    for text in (
        "CREATE INDEX ON :P(name, `full name`)",
        "CREATE EDGE INDEX ON :R(since)",
        "CREATE INDEX ON :P",
    ):
        run(engine, text)
    return engine


@pytest.mark.parametrize(
    ("shown", "query"),
    [
        ("SHOW FUNCTIONS YIELD name", "CALL show.functions() YIELD name RETURN name AS name"),
        (
            "show built in functions yield name AS n WHERE n = 'abs' RETURN count(n)",
            "CALL show.functions() YIELD name AS n WHERE n = 'abs' RETURN count(n)",
        ),
        (
            "SHOW PROCEDURES YIELD name ORDER BY name SKIP 1 LIMIT 2 WHERE name <> 'a'",
            "CALL show.procedures() YIELD name WITH name AS name ORDER BY name SKIP 1 LIMIT 2 WHERE name <> 'a' "
            "RETURN name AS name",
        ),
        (
            "SHOW TRANSACTIONS YIELD transactionId AS id WHERE id <> ''",
            "CALL show.transactions() YIELD transactionId AS id WHERE id <> '' RETURN id AS id",
        ),
    ],
)
def test_it_is_a_query(shown: str, query: str) -> None:
    assert parse(shown) == parse(query)
    assert parse(render(parse(shown))) == parse(shown)


@pytest.mark.parametrize("subject", ["FUNCTIONS", "PROCEDURES", "INDEXES", "CONFIG", "TRANSACTIONS"])
def test_without_yield_and_where_it_stays_the_statement_it_was(subject: str) -> None:
    assert isinstance(parse(f"SHOW {subject}"), ast.Show)


def test_listings_are_procedures_with_all_their_columns() -> None:
    procedures = built_in()
    for listing in OF_ENGINE.values():
        assert procedures.get(listing.procedure).signature.fields == listing.names


@pytest.mark.parametrize(("subject", "listing"), OF_ENGINE.items())
def test_where_alone_shows_the_usual_columns_and_yield_all(
    subject: str, listing: Any, engine: Engine
) -> None:
    subject = {"INDEX INFO": "INDEXES"}.get(subject, subject)
    assert engine.prepare(f"SHOW {subject} WHERE name <> ''").columns == listing.names[: listing.usual]
    assert engine.prepare(f"SHOW {subject} YIELD *").columns == listing.names
    assert run(engine, f"SHOW {subject} YIELD * RETURN count(*) > 0 AS some") == [[True]]


def test_every_function_and_procedure_is_shown_once(engine: Engine) -> None:
    names = run(engine, "SHOW FUNCTIONS YIELD name")
    assert [name for (name,) in names] == [each.name for each in described_functions()]
    names = run(engine, "SHOW PROCEDURES YIELD name")
    assert [name for (name,) in names] == [each.name for each in engine.procedures]


def test_indexes_are_shown_with_how_they_are_made(engine: Engine) -> None:
    rows = run(
        engine, "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, createStatement"
    )
    assert rows == [
        ["index_P", "LOOKUP", "NODE", ["P"], None, "CREATE INDEX ON :P"],
        ["index_P_name_full name", "RANGE", "NODE", ["P"], ["name", "full name"], "CREATE INDEX ON :P(name, `full name`)"],
        ["index_R_since", "RANGE", "RELATIONSHIP", ["R"], ["since"], "CREATE EDGE INDEX ON :R(since)"],
    ]  # fmt: skip
    for row in rows:
        assert isinstance(parse(row[-1]), ast.CreateIndex)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SHOW CONFIG YIELD name", "SHOW CONFIG takes no YIELD and no WHERE"),
        ("SHOW VERSION WHERE version = '1'", "SHOW VERSION takes no YIELD and no WHERE"),
        ("SHOW FNCTIONS YIELD name", "Did you mean `FUNCTIONS`?"),
        ("SHOW WAITING, RUNNING TRANSACTIONS", "Transactions have no status WAITING"),
        ("SHOW RUNING, COMMITTING TRANSACTIONS", "Did you mean `RUNNING`?"),
        ("SHOW RUNNING, COMMITTING QUERIES", "statuses of TRANSACTIONS"),
        ("SHOW RUNNING QUERIES", "nothing to show as RUNNING QUERIES"),
        ("TERMINATE TRANSACTIONS", "expected a string"),
        ("TERMINATE QUERIES '1'", "Unexpected 'QUERIES'"),
        ("SHOW FUNCTIONS YIELD -", "SHOW FUNCTIONS YIELD needs the names of columns"),
        ("SHOW FUNCTIONS RETURN name", "nothing to show as FUNCTIONS RETURN NAME"),
        ("SHOW FUNCTIONS YIELD name MATCH (n) RETURN n", "Unexpected 'MATCH'"),
    ],
)
def test_what_it_does_not_take(text: str, message: str) -> None:
    with pytest.raises(CypherSyntaxError) as caught:
        parse(text)
    assert message in str(caught.value)


def test_an_unknown_column_is_refused_with_a_suggestion(engine: Engine) -> None:
    with pytest.raises(UndefinedVariableError, match="Did you mean `category`"):
        engine.prepare("SHOW FUNCTIONS YIELD categry")


def test_words_of_the_statement_are_names_where_they_can_be(engine: Engine) -> None:
    text = "SHOW PROCEDURES YIELD name AS yield, mode AS where WHERE where = 'DBMS' AND yield = 'db.ping' RETURN yield, where"
    assert run(engine, text) == [["db.ping", "DBMS"]]
