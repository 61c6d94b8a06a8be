"""What clients ask when they connect, as they ask it: neomodel, LangChain, cypher-shell, browsers."""

from __future__ import annotations

from typing import Any

import neo4j
import pytest
from neo4j import Driver
from neo4j.exceptions import ClientError

pytestmark = pytest.mark.driver


def rows(driver: Driver, text: str, **parameters: Any) -> list[list[Any]]:
    return [list(record.values()) for record in driver.execute_query(text, parameters).records]


def test_neomodel_finds_a_version_it_knows(driver: Driver) -> None:
    found = rows(driver, "CALL dbms.components() yield versions, edition return versions[0], edition")
    assert found == [["5.26.0", "community"]]
    (agent,) = {driver.get_server_info().agent}
    assert agent.startswith(f"Neo4j/{found[0][0]}")


def test_a_shell_finds_a_database_that_answers(driver: Driver) -> None:
    with driver.session() as session:
        assert session.run("CALL db.ping()").single(strict=True)["success"] is True
        assert session.run("CALL dbms.components() YIELD versions").single(strict=True)["versions"] == [
            "5.26.0"
        ]
        with pytest.raises(ClientError) as caught:
            session.run("CALL dbms.licenseAgreementDetails()").consume()
        assert caught.value.code == "Neo.ClientError.Procedure.ProcedureNotFound"


def test_a_browser_gets_names_and_a_graph_to_draw(driver: Driver) -> None:
    driver.execute_query("CREATE (:Left {a: 1})-[:TO {b: 2}]->(:Right)")
    assert rows(driver, "CALL db.labels() YIELD label RETURN collect(label)[..1000]") == [[["Left", "Right"]]]
    assert rows(driver, "CALL db.relationshipTypes()") == [["TO"]]
    assert rows(driver, "CALL db.propertyKeys()") == [["a"], ["b"]]
    with driver.session() as session:
        result = session.run("CALL db.schema.visualization()")
        graph = result.graph()
        assert result.keys() == ["nodes", "relationships"]
    assert [list(node.labels) for node in graph.nodes] == [["Left"], ["Right"]]
    (relationship,) = graph.relationships
    assert (relationship.type, dict(relationship)) == ("TO", {"name": "TO"})
    assert [dict(node)["name"] for node in relationship.nodes if node is not None] == ["Left", "Right"]


def test_langchain_gets_its_schema(driver: Driver) -> None:
    driver.execute_query("CREATE (:Left {a: 1})-[:TO {b: 2.5}]->(:Right)")
    nodes = """
        CALL apoc.meta.data() YIELD label, other, elementType, type, property
        WHERE NOT type = "RELATIONSHIP" AND elementType = "node" AND NOT label IN $EXCLUDED_LABELS
        WITH label AS nodeLabels, collect({property: property, type: type}) AS properties
        RETURN {labels: nodeLabels, properties: properties} AS output
    """
    assert rows(driver, nodes, EXCLUDED_LABELS=["_Bloom_"]) == [
        [{"labels": "Left", "properties": [{"property": "a", "type": "INTEGER"}]}]
    ]
    relationships = """
        CALL apoc.meta.data() YIELD label, other, elementType, type, property
        WHERE type = "RELATIONSHIP" AND elementType = "node"
        UNWIND other AS other_node
        WITH * WHERE NOT label IN $EXCLUDED_LABELS AND NOT other_node IN $EXCLUDED_LABELS
        RETURN {start: label, type: property, end: toString(other_node)} AS output
    """
    assert rows(driver, relationships, EXCLUDED_LABELS=[]) == [
        [{"start": "Left", "type": "TO", "end": "Right"}]
    ]


def test_functions_and_procedures_are_shown(driver: Driver) -> None:
    functions = driver.execute_query("SHOW FUNCTIONS")
    assert functions.keys == ["name", "category", "description"]
    shown = {record["name"]: record for record in functions.records}
    assert shown["toUpper"]["category"] == "String"
    assert all(record["description"] for record in functions.records)
    procedures = driver.execute_query("SHOW PROCEDURES")
    assert procedures.keys == ["name", "description", "mode", "worksOnSystem"]
    names = [record["name"] for record in procedures.records]
    assert names == sorted(names)
    assert {"db.labels", "db.info", "mg.procedures"} <= {*names}


def test_the_server_tells_of_itself(driver: Driver) -> None:
    ((id_, name, created),) = rows(driver, "CALL db.info()")
    assert (name, created) == ("memgraph", None)
    assert rows(driver, "CALL dbms.info() YIELD id, name") == [[id_, "lithograph"]]
    found = rows(driver, "CALL dbms.listConfig('execution_timeout') YIELD name, value, dynamic")
    assert found == [["query_execution_timeout_sec", "600", True]]
    assert len(rows(driver, "CALL dbms.listConfig()")) > 20


def test_a_call_only_reads(driver: Driver) -> None:
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        summary = session.run("CALL db.labels()").consume()
    assert summary.query_type == "r"


def test_an_argument_of_the_wrong_type_is_a_client_error(driver: Driver) -> None:
    with pytest.raises(ClientError) as caught:
        driver.execute_query("CALL db.awaitIndexes($seconds)", seconds="long")
    assert caught.value.code == "Neo.ClientError.Statement.TypeError"
    assert "INTEGER as its argument `timeOutSeconds`, not String" in str(caught.value)
