"""Writes a data directory that later versions have to read: ``python -m support.make_fixture FOLDER``, in ``tests/``.

A snapshot, finished WAL files, and an open one with a torn tail, as a power failure would leave them; every kind of delta
and every kind of value is in the snapshot as well as in the log. Beside ``data/`` lies ``expected.json``: what must
come out. A fixture is made once for each version of the formats and never again.
"""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import sys
from pathlib import Path
from typing import Any

from lithograph.durability.names import parse_wal
from lithograph.server.database import Database
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.databases import execute, open_on

VALUES: dict[str, Any] = {
    "boolean": True,
    "integers": [0, -1, 2**63 - 1, -(2**63)],
    "integer": 2**40,
    "floats": [1.0, -0.0, 1e300, 5e-324, math.inf, -math.inf],
    "float": 0.1,
    "string": "žluťoučký \U0001f40e \"'`\\\n\t\u2028",
    "empty": "",
    "list": [1, "a", [True, None], {"k": [1.5]}],
    "map": {"a": 1, "b c": {"d": []}},
    "date": Date(19_000),
    "local time": LocalTime(1),
    "time": Time(86_399_999_999_999, -3_600),
    "local datetime": LocalDateTime(-1, 999_999_999),
    "datetime": DateTime(1_700_000_000, 5, 3_600, None),
    "zoned": DateTime(1_700_000_000, 5, 3_600, "Europe/Vienna"),
    "duration": Duration(14, -3, 5, 6),
    "point": Point(7203, 1.0, -2.0),
    "point in space": Point(4979, 1.0, 2.0, 3.0),
}

STATEMENTS: list[tuple[str, dict[str, Any]]] = [
    ("CREATE INDEX ON :Every(integer)", {}),
    ("CREATE INDEX ON :`Láb el`", {}),
    ("CREATE INDEX ON :Every(integer, string)", {}),
    ("CREATE EDGE INDEX ON :TO(w)", {}),
    ("CREATE (:Every:`Láb el` $values)-[:TO {w: 1.5}]->(:Every {integer: 1})", {"values": VALUES}),
    ("UNWIND range(1, 60) AS i CREATE (:Many {i: i, f: i / 2.0, t: toString(i % 7), b: i % 2 = 0})", {}),
    (
        "UNWIND range(1, 59) AS i MATCH (a:Many {i: i}), (b:Many {i: i + 1}) WITH i, a, b ORDER BY i CREATE (a)-[:NEXT {i: i}]->(b), (a)-[:LOOP]->(a)",
        {},
    ),
    ("MATCH (n:Many) WHERE n.i % 10 = 0 SET n.f = null, n.t = 'changed', n:Tenth REMOVE n:Many", {}),
    ("MATCH (n:Many) WHERE n.i % 10 = 1 DETACH DELETE n", {}),
    ("MATCH ()-[r:LOOP]->() WHERE id(r) % 3 = 0 DELETE r", {}),
    ("CREATE INDEX ON :Gone(x)", {}),
    ("DROP INDEX ON :Gone(x)", {}),
    ('SET DATABASE SETTING "server.name" TO "Neo4j/5 (fixture)"', {}),
]
"""Run before the snapshot, and once more behind it, then into the log alone."""

TORN = 41
"""Bytes of a last transaction that came to the disk."""


async def content(database: Database) -> dict[str, Any]:
    """Everything that is to be the same again, as JSON."""
    return {
        "dump": [row[0] for row in await execute(database, "DUMP DATABASE")],
        "indexes": [list(row[:3]) for row in await execute(database, "SHOW INDEX INFO")],
        "settings": dict(database.store.settings),
        "timestamp": database.store.visible,
    }


async def make(folder: Path) -> None:
    """Write the fixture into a folder that does not exist yet."""
    running = folder / "running"
    database = open_on(running, storage_wal_file_size_kib=4)
    for text, parameters in STATEMENTS:
        await execute(database, text, **parameters)
    await execute(database, "CREATE SNAPSHOT")
    for text, parameters in STATEMENTS:
        await execute(database, text, **parameters)
    await execute(database, "CREATE (:Last)")
    shutil.copytree(running, folder / "data", ignore=shutil.ignore_patterns(".lock"))
    expected = await content(database)
    before = {path.name: path.stat().st_size for path in (running / "wal").iterdir()}
    await execute(database, "CREATE (:Torn)")
    for path in (running / "wal").iterdir():
        name = parse_wal(path.name)
        if name is not None and not name.finished:
            (folder / "data" / "wal" / path.name).write_bytes(path.read_bytes()[: before[path.name] + TORN])
    await database.close()
    shutil.rmtree(running)
    text = json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1])))
