"""What comes with the rows: counters, kind of statement, timings, plans, notifications, through the official driver."""

from __future__ import annotations

from typing import Any

import pytest
from neo4j import Driver, ResultSummary

from benchmarks.content import counters

pytestmark = pytest.mark.driver


def summary(driver: Driver, text: str, **parameters: Any) -> ResultSummary:
    with driver.session() as session:
        return session.run(text, parameters).consume()


def remarks(seen: ResultSummary) -> str:
    """What notifications say; under 5.x drivers the rows of a result have a status too, which is none."""
    return " ".join(status.status_description for status in seen.gql_status_objects if status.is_notification)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE (:A:B {x: 1, y: 2})", {"nodes_created": 1, "labels_added": 2, "properties_set": 2}),
        (
            "CREATE (:A)-[:T {x: 1}]->(:B)",
            {"nodes_created": 2, "labels_added": 2, "relationships_created": 1, "properties_set": 1},
        ),
        ("MATCH (s:Start) SET s.x = 1, s:More", {"properties_set": 1, "labels_added": 1}),
        ("MATCH (s:Start) REMOVE s.k, s:Start", {"properties_set": 1, "labels_removed": 1}),
        ("MATCH (s:Start) DETACH DELETE s", {"nodes_deleted": 1, "relationships_deleted": 2}),
        ("MATCH (:Start)-[r]->() DELETE r", {"relationships_deleted": 2}),
        ("MERGE (s:Start {k: 0}) ON MATCH SET s.seen = true", {"properties_set": 1}),
        ("MERGE (s:Start {k: 1})", {"nodes_created": 1, "labels_added": 1, "properties_set": 1}),
        ("MATCH (s:Start) RETURN s", {}),
    ],
)
def test_counters_say_what_was_changed(text: str, expected: dict[str, int], driver: Driver) -> None:
    driver.execute_query("CREATE (s:Start {k: 0}), (s)-[:TO]->(), (s)-[:TO]->()")
    seen = summary(driver, text)
    assert counters(seen) == expected
    assert seen.counters.contains_updates == bool(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("RETURN 1 AS one", "r"),
        ("CREATE ()", "w"),
        ("CREATE (n) RETURN n", "rw"),
        ("CREATE INDEX ON :Kind(id)", "s"),
    ],
)
def test_the_kind_of_a_statement_is_told(text: str, kind: str, driver: Driver) -> None:
    assert summary(driver, text).query_type == kind


def test_times_are_told(driver: Driver) -> None:
    seen = summary(driver, "UNWIND range(1, 1000) AS i RETURN sum(i)")
    assert seen.result_available_after is not None
    assert seen.result_available_after >= 0
    assert seen.result_consumed_after is not None
    assert seen.result_consumed_after >= 0
    for part in ("parsing_time", "planning_time", "plan_execution_time"):
        assert seen.metadata[part] >= 0


def test_the_statement_and_the_database_are_told(driver: Driver) -> None:
    seen = summary(driver, "RETURN $x AS x", x=1)
    assert (seen.query, seen.parameters) == ("RETURN $x AS x", {"x": 1})
    assert seen.database
    assert (seen.server.agent or "").startswith("Neo4j/")


def test_column_names_are_those_of_the_text(driver: Driver) -> None:
    _, _, keys = driver.execute_query("UNWIND [] AS n RETURN n, n.age, COUNT(*), 1 + 1 AS two")
    assert keys == ["n", "n.age", "COUNT(*)", "two"]


def test_a_plain_query_brings_no_notification(driver: Driver) -> None:
    assert remarks(summary(driver, "MATCH (n) RETURN n")) == ""


def test_creating_an_index_twice_brings_a_notification_and_no_error(driver: Driver) -> None:
    first = summary(driver, "CREATE INDEX ON :Twice(id)")
    again = summary(driver, "CREATE INDEX ON :Twice(id)")
    assert (first.counters.indexes_added, again.counters.indexes_added) == (1, 0)
    assert "already exists" in remarks(again)


def test_explain_shows_the_plan_and_does_nothing(driver: Driver) -> None:
    result = driver.execute_query("EXPLAIN CREATE (n:Planned) RETURN n")
    assert result.keys == ["QUERY PLAN"]
    lines = [record[0] for record in result.records]
    assert any("CreateNode" in line for line in lines)
    assert driver.execute_query("MATCH (n:Planned) RETURN n").records == []


def test_explain_of_an_indexed_lookup_names_the_index_scan(driver: Driver) -> None:
    driver.execute_query("CREATE INDEX ON :Looked(id)")
    driver.execute_query("UNWIND range(1, 100) AS id CREATE (:Looked {id: id})")
    lines = [
        record[0]
        for record in driver.execute_query("EXPLAIN MATCH (n:Looked {id: $id}) RETURN n", id=1).records
    ]
    assert any("ScanAllByLabelProperties" in line for line in lines)


def test_a_profile_comes_in_rows_and_in_the_summary(driver: Driver) -> None:
    with driver.session() as session:
        result = session.run("PROFILE UNWIND [1, 2, 3] AS i CREATE (n:Profiled {i: i}) RETURN n")
        assert result.keys()[:4] == ["OPERATOR", "ACTUAL HITS", "RELATIVE TIME", "ABSOLUTE TIME"]
        assert [record["OPERATOR"] for record in result][:2] == ["* Produce", "* Accumulate"]
        seen = result.consume()
    assert seen.profile is not None
    assert seen.profile["operatorType"] == "Produce"
    assert (seen.profile["rows"], seen.profile["identifiers"]) == (3, ["n"])
    assert seen.counters.nodes_created == 3
    assert len(driver.execute_query("MATCH (n:Profiled) RETURN n").records) == 3


def test_a_consumed_profile_is_in_the_summary_too(driver: Driver) -> None:
    assert summary(driver, "PROFILE RETURN 1 AS one").profile is not None
    assert summary(driver, "RETURN 1 AS one").profile is None


def test_the_plan_of_an_explain_is_in_the_summary(driver: Driver) -> None:
    plan = summary(driver, "EXPLAIN MATCH (n:Planned) RETURN n").plan
    assert plan is not None
    assert (plan["operatorType"], plan["identifiers"]) == ("Produce", ["n"])
    assert plan["children"][0]["operatorType"] == "ScanAllByLabel"
