"""Sessions and transactions as applications use them, with the official driver, synchronous and asynchronous."""

from __future__ import annotations

import asyncio

import pytest
from neo4j import (
    READ_ACCESS,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncTransaction,
    Driver,
    GraphDatabase,
    ManagedTransaction,
    RoutingControl,
)
from neo4j.exceptions import ClientError, TransientError

from benchmarks.server import HOST, ServerProcess
from support.servers import connected

pytestmark = pytest.mark.driver

COUNT = "MATCH (n) RETURN count(n) AS count"

ENDLESS = (
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS c"
)
"""Ten thousand million rows: nobody waits for that."""


def count(driver: Driver) -> int:
    found: int = driver.execute_query(COUNT).records[0]["count"]
    return found


def test_execute_query_commits(driver: Driver) -> None:
    records, summary, keys = driver.execute_query(
        "UNWIND range(1, $n) AS i CREATE (n {i: i}) RETURN n.i AS i", n=3
    )
    assert ([record["i"] for record in records], keys) == ([1, 2, 3], ["i"])
    assert summary.counters.nodes_created == 3
    assert count(driver) == 3


def test_execute_query_as_a_reader(driver: Driver) -> None:
    assert driver.execute_query(COUNT, routing_=RoutingControl.READ).records[0]["count"] == 0


def test_a_managed_transaction_commits_and_an_exception_in_it_rolls_back(driver: Driver) -> None:
    def create(transaction: ManagedTransaction, fail: bool) -> int:
        transaction.run("CREATE ({a: 1})")
        transaction.run("CREATE ({a: 2})").consume()
        if fail:
            raise ZeroDivisionError
        return len(list(transaction.run("MATCH (n) RETURN n")))

    with driver.session() as session:
        assert session.execute_write(create, False) == 2
        with pytest.raises(ZeroDivisionError):
            session.execute_write(create, True)
        assert (
            session.execute_read(lambda transaction: transaction.run(COUNT).single(strict=True)["count"]) == 2
        )


def test_an_explicit_transaction_is_seen_by_others_from_its_commit_on(
    driver: Driver, server: ServerProcess
) -> None:
    with connected(server) as other, driver.session() as session:
        with session.begin_transaction() as transaction:
            transaction.run("CREATE (), ()")
            assert transaction.run(COUNT).single(strict=True)["count"] == 2
            assert count(other) == 0
            transaction.commit()
        assert count(other) == 2
        with session.begin_transaction() as transaction:
            transaction.run("MATCH (n) DETACH DELETE n").consume()
            transaction.rollback()
        assert count(other) == 2


def test_a_transaction_keeps_seeing_the_graph_of_its_beginning(driver: Driver, server: ServerProcess) -> None:
    with connected(server) as other, driver.session() as session, session.begin_transaction() as transaction:
        assert transaction.run(COUNT).single(strict=True)["count"] == 0
        other.execute_query("CREATE ()")
        assert transaction.run(COUNT).single(strict=True)["count"] == 0


def test_several_results_of_a_transaction_are_read_in_turns(server: ServerProcess) -> None:
    with (
        GraphDatabase.driver(server.uri) as driver,
        driver.session(fetch_size=2) as session,
        session.begin_transaction() as transaction,
    ):
        first = iter(transaction.run("UNWIND range(1, 7) AS i RETURN i"))
        second = iter(transaction.run("UNWIND range(101, 107) AS i RETURN i"))
        third = iter(transaction.run("UNWIND range(201, 207) AS i RETURN i"))
        rows = [[row["i"] for row in triple] for triple in zip(first, second, third, strict=True)]
    assert rows == [[i, 100 + i, 200 + i] for i in range(1, 8)]


def test_an_open_result_does_not_see_later_writes_of_its_transaction(server: ServerProcess) -> None:
    with (
        GraphDatabase.driver(server.uri) as driver,
        driver.session(fetch_size=1) as session,
        session.begin_transaction() as transaction,
    ):
        transaction.run("MATCH (n) DETACH DELETE n").consume()
        transaction.run("UNWIND range(1, 5) AS i CREATE ({i: i})").consume()
        result = iter(transaction.run("MATCH (n) RETURN n.i AS i"))
        seen = [next(result)["i"]]
        transaction.run("CREATE ({i: 6})").consume()
        seen += [row["i"] for row in result]
        assert sorted(seen) == [1, 2, 3, 4, 5]


def test_results_larger_than_the_fetch_size_arrive_whole_and_in_order(server: ServerProcess) -> None:
    with GraphDatabase.driver(server.uri) as driver, driver.session(fetch_size=100) as session:
        result = session.run("UNWIND range(1, 10050) AS i RETURN i")
        assert [row["i"] for row in result] == list(range(1, 10_051))


def test_a_result_that_is_only_begun_can_be_left(server: ServerProcess) -> None:
    with GraphDatabase.driver(server.uri) as driver, driver.session(fetch_size=10) as session:
        result = session.run("UNWIND range(1, 1000000) AS i RETURN i")
        assert next(iter(result))["i"] == 1
        result.consume()
        assert session.run("RETURN 2 AS two").single(strict=True)["two"] == 2


def test_the_second_writer_of_an_element_is_told_to_try_again(driver: Driver, server: ServerProcess) -> None:
    driver.execute_query("CREATE (:Account {balance: 1})")
    with connected(server) as other, driver.session() as mine, other.session() as theirs:
        first, second = mine.begin_transaction(), theirs.begin_transaction()
        update = "MATCH (a:Account) SET a.balance = a.balance + $by"
        first.run(update, by=10).consume()
        with pytest.raises(TransientError) as caught:
            second.run(update, by=100).consume()
        assert caught.value.is_retryable()
        first.commit()
        second.close()
    assert driver.execute_query("MATCH (a:Account) RETURN a.balance AS b").records[0]["b"] == 11


def test_a_managed_transaction_that_loses_is_tried_again(driver: Driver, server: ServerProcess) -> None:
    driver.execute_query("CREATE (:Account {balance: 1})")
    attempts = []
    with connected(server) as other, other.session() as theirs, driver.session() as mine:
        blocker = theirs.begin_transaction()
        blocker.run("MATCH (a:Account) SET a.balance = 50").consume()

        def add(transaction: ManagedTransaction) -> None:
            attempts.append(1)
            if len(attempts) == 2:
                blocker.commit()
            transaction.run("MATCH (a:Account) SET a.balance = a.balance + 1").consume()

        mine.execute_write(add)
    assert len(attempts) >= 2
    assert driver.execute_query("MATCH (a:Account) RETURN a.balance AS b").records[0]["b"] == 51


def test_a_writing_statement_in_a_reading_transaction_is_refused(driver: Driver) -> None:
    with driver.session(default_access_mode=READ_ACCESS) as session, pytest.raises(ClientError) as caught:
        session.execute_read(lambda transaction: transaction.run("CREATE ()").consume())
    assert caught.value.code == "Neo.ClientError.Statement.AccessMode"
    assert count(driver) == 0


def test_a_statement_that_fails_ends_its_transaction(driver: Driver) -> None:
    with driver.session() as session:
        transaction = session.begin_transaction()
        transaction.run("CREATE ()").consume()
        with pytest.raises(ClientError):
            transaction.run("RETURN 1 / 0").consume()
        transaction.close()
        assert session.run(COUNT).single(strict=True)["count"] == 0


def test_the_time_limit_of_a_transaction_is_kept(driver: Driver) -> None:
    with driver.session() as session:
        transaction = session.begin_transaction(timeout=0.2)
        with pytest.raises(ClientError) as caught:
            transaction.run(ENDLESS).consume()
        transaction.close()
    assert caught.value.code == "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"


async def test_a_long_query_that_its_client_cancels_is_rolled_back(
    driver: Driver, server: ServerProcess
) -> None:
    driver.execute_query("CREATE (:Held {x: 0})")
    async with AsyncGraphDatabase.driver(server.uri) as asynchronous, asynchronous.session() as session:
        transaction = await session.begin_transaction()
        await (await transaction.run("MATCH (h:Held) SET h.x = 1")).consume()
        running = asyncio.create_task(_consume(transaction))
        assert (await asynchronous.execute_query("MATCH (h:Held) RETURN h.x AS x")).records[0]["x"] == 0
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        # The driver tries this again and again for 30 seconds, until nobody holds the vertex any more.
        await asynchronous.execute_query("MATCH (h:Held) SET h.x = 2")
    assert driver.execute_query("MATCH (h:Held) RETURN h.x AS x").records[0]["x"] == 2


async def _consume(transaction: AsyncTransaction) -> None:
    result = await transaction.run(ENDLESS)
    await result.consume()


async def test_many_asynchronous_clients_write_at_the_same_time(
    driver: Driver, server: ServerProcess
) -> None:
    async with AsyncGraphDatabase.driver(server.uri) as asynchronous:

        async def create(transaction: AsyncManagedTransaction, number: int) -> int:
            result = await transaction.run(
                "CREATE (n:Made {number: $number}) RETURN n.number AS number", number=number
            )
            row = await result.single(strict=True)
            made: int = row["number"]
            return made

        async def one(number: int) -> int:
            async with asynchronous.session() as session:
                return await session.execute_write(create, number)

        assert await asyncio.gather(*map(one, range(60))) == list(range(60))
    found = driver.execute_query("MATCH (n:Made) RETURN n.number AS number ORDER BY number").records
    assert [record["number"] for record in found] == list(range(60))


def test_a_bookmark_leads_to_what_was_written(driver: Driver, server: ServerProcess) -> None:
    with driver.session() as session:
        session.run("CREATE (:Marked)").consume()
        bookmarks = session.last_bookmarks()
    assert bookmarks.raw_values
    with connected(server) as other, other.session(bookmarks=bookmarks) as session:
        assert len(list(session.run("MATCH (n:Marked) RETURN n"))) == 1


def test_routing_clients_find_their_way(driver: Driver, server: ServerProcess) -> None:
    with GraphDatabase.driver(f"neo4j://{HOST}:{server.port}") as routing:
        routing.verify_connectivity()
        routing.execute_query("CREATE (:Routed)")
        found = routing.execute_query("MATCH (n:Routed) RETURN n", routing_=RoutingControl.READ)
        assert len(found.records) == 1
    assert count(driver) == 1


def test_any_credentials_are_accepted_while_there_are_no_users(server: ServerProcess) -> None:
    with GraphDatabase.driver(server.uri, auth=("somebody", "anything")) as driver:
        driver.verify_connectivity()
        assert driver.verify_authentication(("nobody", "else"))


def test_a_database_that_does_not_exist_is_refused_by_name(driver: Driver) -> None:
    with pytest.raises(ClientError) as caught:
        driver.execute_query("RETURN 1", database_="elsewhere")
    assert caught.value.code == "Neo.ClientError.Database.DatabaseNotFound"
    assert "elsewhere" in (caught.value.message or "")


@pytest.mark.parametrize("name", ["memgraph", "neo4j"])
def test_the_names_that_clients_are_used_to_lead_to_the_one_database(name: str, driver: Driver) -> None:
    assert driver.execute_query("RETURN 1 AS one", database_=name).records[0]["one"] == 1
