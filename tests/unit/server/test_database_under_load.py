"""Many clients at once on one database, with everything going on that can: what must hold throughout, and after a restart.

The clients move amounts between accounts, and log each transfer as an edge: the sum never changes, for no
reader, in no snapshot file, after no power failure; and the edges explain every balance.
"""

from __future__ import annotations

import asyncio
import os
import random

import pytest

from lithograph.server import commits, lanes
from lithograph.server.database import Database
from lithograph.storage import tables
from lithograph.storage.check import check
from lithograph.storage.errors import ConflictError
from lithograph.storage.latch import Latch
from support.databases import begin, commit, execute, opened, run_in
from support.files import MemoryFiles, Survives

ACCOUNTS, START = 12, 100
BALANCES = "MATCH (a:Account) RETURN a.id, a.balance ORDER BY a.id"
PAID = "MATCH (a:Account)-[t:PAID]->(b:Account) RETURN a.id, b.id, t.amount"


async def transfer(database: Database, dice: random.Random) -> bool:
    """One transfer; whether it was committed. Now and then the client changes its mind or goes."""
    source, target = dice.sample(range(ACCOUNTS), 2)
    amount = dice.randint(1, 20)
    transaction = begin(database)
    try:
        await run_in(
            transaction, "MATCH (a:Account {id: $id}) SET a.balance = a.balance - $by", id=source, by=amount
        )
        await asyncio.sleep(0)
        await run_in(
            transaction,
            "MATCH (a:Account {id: $from}), (b:Account {id: $to}) SET b.balance = b.balance + $by "
            "CREATE (a)-[:PAID {amount: $by}]->(b)",
            **{"from": source, "to": target, "by": amount},
        )
    except ConflictError:
        return False
    if dice.random() < 0.1:
        transaction.rollback()
        return False
    committing = asyncio.create_task(commit(transaction))
    if dice.random() < 0.1:
        for _ in range(dice.randrange(4)):
            await asyncio.sleep(0)
        committing.cancel()
    try:
        await committing
    except asyncio.CancelledError:
        transaction.rollback()  # without effect if the commit had begun
        return False
    return True


async def consistent(database: Database) -> None:
    """What one transaction sees adds up."""
    transaction = begin(database)
    balances = dict(await run_in(transaction, BALANCES))
    await asyncio.sleep(0)
    expected = dict.fromkeys(range(ACCOUNTS), START)
    for source, target, amount in await run_in(transaction, PAID):
        expected[source] -= amount
        expected[target] += amount
    await commit(transaction)
    assert balances == expected


async def churn(database: Database, dice: random.Random) -> None:
    """Other nodes that come and go, so that there is something to vacuum and slots to use again."""
    await execute(
        database, "UNWIND range(1, $n) AS i CREATE (:Temp {i: i})-[:NEXT]->(:Temp)", n=dice.randint(1, 9)
    )
    try:
        await execute(database, "MATCH (t:Temp) WITH t LIMIT $n DETACH DELETE t", n=dice.randint(1, 30))
    except ConflictError:
        return


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("in_threads", [False, True])
async def test_transfers_add_up_whatever_goes_on(
    seed: int, in_threads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "REUSE_SHARE", 1000)
    if in_threads:
        monkeypatch.setattr(lanes, "BUDGET", -1.0)
        monkeypatch.setattr(lanes, "SLICE", 0.0)
        monkeypatch.setattr(commits, "LARGE", 2)
    files = MemoryFiles()
    async with opened(files, storage_wal_file_size_kib=4) as database:
        await execute(
            database,
            "UNWIND range(0, $n - 1) AS i CREATE (:Account {id: i, balance: $b})",
            n=ACCOUNTS,
            b=START,
        )
        done: list[bool] = []

        async def client(number: int) -> None:
            dice = random.Random(seed * 100 + number)
            for _ in range(15):
                done.append(await transfer(database, dice))
                if dice.random() < 0.3:
                    await consistent(database)
                if dice.random() < 0.3:
                    await churn(database, dice)

        async def keeper() -> None:
            for step in range(8):
                await database.vacuum()
                await execute(
                    database, "CREATE INDEX ON :Account(id)" if step % 2 else "DROP INDEX ON :Account(id)"
                )
                await database.create_snapshot("manual")
                await consistent(database)

        await asyncio.gather(keeper(), *map(client, range(6)))
        await database.commits.finished()
        await database.lanes.caught_up()
        assert sum(done) > 10
        assert not database.store.active
        await consistent(database)
        await database.vacuum()
        assert list(check(database.store)) == []
        balances = await execute(database, BALANCES)
        temps = await execute(database, "MATCH (t:Temp) RETURN count(*)")
    for survives in Survives:
        async with opened(files.reboot(survives, seed)) as again:
            assert list(check(again.store)) == []
            await consistent(again)
            assert await execute(again, BALANCES) == balances
            assert await execute(again, "MATCH (t:Temp) RETURN count(*)") == temps


# -- steps that give way

SUMS = [
    "RETURN reduce(s = 0, b IN COLLECT { MATCH (a:Account) WHERE COUNT { MATCH (a)-->() } >= 0 RETURN a.balance } | s + b)",
    "MATCH (a:Account) WHERE EXISTS { MATCH (b) WHERE b.id = a.id } RETURN sum(a.balance)",
    "MATCH (a:Account) WITH collect(a) AS accounts RETURN reduce(s = 0, a IN accounts | s + a.balance)",
    "MATCH (a:Account) RETURN sum(a.balance) + sum(0 * size([(a)-[p:PAID]->(b) WHERE any(k IN [1, 2] WHERE k > 0) | p.amount]))",
]


@pytest.mark.parametrize("analytical", [False, True])
async def test_a_step_that_gives_way_goes_on_where_it_was(
    analytical: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever a step may give way it does, to whoever may be there; a reader still sees one moment only."""
    monkeypatch.setattr(lanes, "BUDGET", -1.0)
    given_way = 0

    def give_way(latch: Latch, exclusive: bool) -> None:
        nonlocal given_way
        given_way += 1
        latch.release(exclusive)
        os.sched_yield()
        latch.acquire(exclusive)

    monkeypatch.setattr(Latch, "give_way", give_way)
    async with opened() as database:
        if analytical:
            await execute(database, "STORAGE MODE IN_MEMORY_ANALYTICAL")
        await execute(
            database,
            "UNWIND range(0, $last) AS i CREATE (:Account {id: i, balance: $start})",
            last=ACCOUNTS - 1,
            start=START,
        )
        reading = True

        async def move(dice: random.Random) -> None:
            while reading:
                await transfer(database, dice)

        moving = [asyncio.create_task(move(random.Random(seed))) for seed in range(3)]
        for _ in range(25):
            sums = await asyncio.gather(*[execute(database, text) for text in SUMS])
            assert analytical or sums == [[(ACCOUNTS * START,)]] * len(SUMS)
        reading = False
        await asyncio.gather(*moving)
        assert given_way > 100
        assert list(check(database.store)) == []
