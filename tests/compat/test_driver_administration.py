"""Index and administration statements through the official driver, whose ``execute_query`` begins an explicit transaction."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import Neo4jError

from benchmarks.server import ServerProcess

pytestmark = pytest.mark.driver


def values(driver: Driver, text: str) -> list[list[object]]:
    return [list(record.values()) for record in driver.execute_query(text).records]


def test_create_snapshot_tells_the_path(driver: Driver, server: ServerProcess) -> None:
    result = driver.execute_query("CREATE SNAPSHOT")
    assert result.keys == ["path"]
    path = Path(result.records[0]["path"])
    assert path.is_file()
    assert path.is_relative_to(server.data_directory.resolve())


def test_the_data_directory_is_locked_and_unlocked(driver: Driver) -> None:
    statements = (
        ("DATA DIRECTORY LOCK STATUS", "Data directory is unlocked."),
        ("LOCK DATA DIRECTORY", "Data directory is now locked."),
        ("LOCK DATA DIRECTORY", "Data directory is already locked."),
        ("DATA DIRECTORY LOCK STATUS;", "Data directory is locked."),
        ("UNLOCK DATA DIRECTORY", "Data directory is now unlocked."),
        ("UNLOCK DATA DIRECTORY", "Data directory is already unlocked."),
    )
    for text, status in statements:
        result = driver.execute_query(text)
        assert result.keys[0] == "STATUS"
        assert [record["STATUS"] for record in result.records] == [status]


def test_the_lock_status_says_since_when_and_by_whom(driver: Driver, server: ServerProcess) -> None:
    unlocked = driver.execute_query("DATA DIRECTORY LOCK STATUS")
    assert unlocked.keys == ["STATUS", "since", "by"]
    assert list(unlocked.records[0].values()) == ["Data directory is unlocked.", None, None]
    before = datetime.now(UTC).replace(microsecond=0)
    with GraphDatabase.driver(server.uri, auth=("anna", "x"), user_agent="backup/1.0") as other:
        other.execute_query("LOCK DATA DIRECTORY")
    try:
        status, since, by = driver.execute_query("DATA DIRECTORY LOCK STATUS").records[0].values()
    finally:
        assert driver.execute_query("UNLOCK DATA DIRECTORY").keys == ["STATUS"]
    assert status == "Data directory is locked."
    assert before <= datetime.strptime(since, "%Y-%m-%dT%H:%M:%S%z") <= datetime.now(UTC)
    assert re.fullmatch(r"backup/1\.0 user 'anna' at 127\.0\.0\.1:\d+", by)


def test_settings_change_while_the_server_runs(driver: Driver) -> None:
    result = driver.execute_query("SHOW DATABASE SETTINGS")
    assert result.keys == ["setting_name", "setting_value"]
    before = {record["setting_name"]: record["setting_value"] for record in result.records}
    assert driver.execute_query('SET DATABASE SETTING "query.timeout" TO "30"').keys == []
    assert values(driver, 'SHOW DATABASE SETTING "query.timeout"') == [["30"]]
    driver.execute_query(f'SET DATABASE SETTING "query.timeout" TO "{before["query.timeout"]}"')
    with pytest.raises(Neo4jError, match="Unknown setting name 'x'") as told:
        driver.execute_query('SET DATABASE SETTING "x" TO "1"')
    assert told.value.code == "Neo.ClientError.Statement.ArgumentError"


def test_indexes_are_created_shown_used_and_dropped(driver: Driver) -> None:
    driver.execute_query("UNWIND range(1, 50) AS i CREATE (:Indexed {id: i})")
    driver.execute_query("CREATE INDEX ON :Indexed(id)")
    driver.execute_query("CREATE INDEX ON :Indexed")
    result = driver.execute_query("SHOW INDEX INFO")
    assert result.keys == ["index type", "label", "property", "count"]
    mine = [list(record.values()) for record in result.records if record["label"] == "Indexed"]
    assert mine == [["label", "Indexed", None, 50], ["label+property", "Indexed", ["id"], 50]]
    assert values(driver, "MATCH (n:Indexed {id: 7}) RETURN n.id") == [[7]]
    driver.execute_query("DROP INDEX ON :Indexed(id)")
    driver.execute_query("DROP INDEX ON :Indexed")
    assert values(driver, "MATCH (n:Indexed {id: 7}) RETURN n.id") == [[7]]
    shown = driver.execute_query("SHOW INDEX INFO").records
    assert [record for record in shown if record["label"] == "Indexed"] == []


def test_storage_info_counts_what_is_there(driver: Driver) -> None:
    driver.execute_query("CREATE ()-[:TO]->(), ()")
    result = driver.execute_query("SHOW STORAGE INFO")
    assert result.keys == ["storage info", "value"]
    info = {record["storage info"]: record["value"] for record in result.records}
    assert (info["vertex_count"], info["edge_count"]) == (3, 1)
    assert info["average_degree"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE INDEX ON :Mixed(id)",
        "SHOW INDEX INFO",
        "SHOW STORAGE INFO",
        "CREATE SNAPSHOT",
        "LOCK DATA DIRECTORY",
    ],
)
def test_beside_other_statements_of_a_transaction_they_are_refused(text: str, driver: Driver) -> None:
    with driver.session() as session:
        transaction = session.begin_transaction()
        transaction.run("CREATE (:Beside)").consume()
        with pytest.raises(Neo4jError) as caught:
            transaction.run(text).consume()
        transaction.close()
    assert "in multicommand transactions" in (caught.value.message or "")
    assert driver.execute_query("MATCH (n:Beside) RETURN n").records == []


def test_an_index_statement_alone_in_an_explicit_transaction_works(driver: Driver) -> None:
    with driver.session() as session:
        with session.begin_transaction() as transaction:
            transaction.run("CREATE INDEX ON :Alone(id)").consume()
            transaction.commit()
        shown = session.run("SHOW INDEX INFO")
        assert [record["property"] for record in shown if record["label"] == "Alone"] == [["id"]]


def test_a_dump_is_one_column_of_statements(driver: Driver) -> None:
    driver.execute_query("CREATE (:A {id: 1, name: 'quoted \"name\"'})-[:`odd type` {x: 1.0}]->(:B)")
    with driver.session() as session:
        result = session.run("DUMP DATABASE")
        assert result.keys() == ("QUERY",) or list(result.keys()) == ["QUERY"]
        statements = [record["QUERY"] for record in result]
    assert all(statement.rstrip().endswith(";") and "\n" not in statement for statement in statements)
    assert any("`odd type`" in statement for statement in statements)
