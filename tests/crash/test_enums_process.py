"""Enumerations through the death of a real server, a restore, and a dump that is loaded elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import HOST, ServerProcess
from lithograph.server.app import main
from lithograph.server.client.connection import BoltClient
from support.servers import connected, serving

pytestmark = pytest.mark.driver

CHANGES = (
    "CREATE ENUM `Sta;tus` VALUES { Good, Bad }",
    "CREATE INDEX ON :P(s)",
    "UNWIND range(1, 1500) AS i CREATE (:P {i: i, s: CASE i % 3 WHEN 0 THEN `Sta;tus`::Bad ELSE `Sta;tus`::Good END})",
    "CREATE SNAPSHOT",
    "ALTER ENUM `Sta;tus` UPDATE VALUE Bad TO `List`",
    "ALTER ENUM `Sta;tus` ADD VALUE Ugly",
)
CONTENT = (
    "SHOW ENUMS",
    "MATCH (p:P) RETURN p.s AS s, count(*) AS n, min(p.i) AS least ORDER BY n",
    "MATCH (p:P {s: `Sta;tus`::`List`}) RETURN count(*) AS n",
)


def answers(server: ServerProcess) -> list[list[dict[str, Any]]]:
    with connected(server) as driver:
        return [[record.data() for record in driver.execute_query(text).records] for text in CONTENT]


def value(name: str) -> dict[str, str]:
    return {"__type": "mg_enum", "__value": f"Sta;tus::{name}"}


EXPECTED = [
    [{"Enum Name": "Sta;tus", "Enum Values": ["Good", "List", "Ugly"]}],
    [{"s": value("List"), "n": 500, "least": 3}, {"s": value("Good"), "n": 1000, "least": 1}],
    [{"n": 500}],
]


def test_enumerations_outlive_a_kill_a_restore_and_a_dump(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, restored, dump = tmp_path / "data", tmp_path / "restored", tmp_path / "dump.cypherl"
    with serving(data) as server:
        with connected(server) as driver:
            for text in CHANGES:
                driver.execute_query(text)  # in an explicit transaction, as the driver does it
        server.kill()
    assert main(["check", str(data)]) == 0
    assert main(["restore", str(data), f"--data-directory={restored}"]) == 0
    capsys.readouterr()
    for file in (*(data / "wal").iterdir(), *(restored / "snapshots").iterdir()):
        assert main(["inspect", str(file), "--json"]) == 0
        records = map(json.loads, capsys.readouterr().out.splitlines())
        deltas = [delta for record in records if "counts" in record for delta in record["deltas"]]
        assert {"delta": "SetEnum", "name": "Sta;tus", "values": ["Good", "List", "Ugly"]} in deltas
    for directory in (data, restored):
        with serving(directory) as server:
            assert answers(server) == EXPECTED
            assert main(["dump", f"--output={dump}", f"--port={server.port}"]) == 0
            server.kill()
    with serving(tmp_path / "other") as server:
        with BoltClient(HOST, server.port) as client:  # as a load that was interrupted has left it
            client.execute("CREATE ENUM `Sta;tus` VALUES { Good, `List`, Ugly }")
        assert main(["load", str(dump), f"--port={server.port}"]) == 0
        assert answers(server) == EXPECTED
        with BoltClient(HOST, server.port) as client:
            client.execute("MATCH (n) DETACH DELETE n")
            client.execute("ALTER ENUM `Sta;tus` ADD VALUE More")
        capsys.readouterr()
        assert main(["load", str(dump), f"--port={server.port}"]) == 1
        assert "line 1: Enum already exists." in capsys.readouterr().err


def test_what_only_alter_makes_is_loaded_among_other_statements(tmp_path: Path) -> None:
    file = tmp_path / "file.cypherl"
    file.write_text(
        "CREATE (:A {i: 1});\nCREATE ENUM E VALUES { A };\nCREATE (:A {i: 2, e: E::A});\n"
        "ALTER ENUM E ADD VALUE B;\nCREATE (:A {i: 3, e: E::B});\nCREATE (:A {i: 4});\n"
        "ALTER ENUM E UPDATE VALUE A TO C;\nCREATE (:A {i: 5, e: E::C});\n"
    )
    with serving(tmp_path / "data") as server:
        assert main(["load", str(file), f"--port={server.port}"]) == 0
        with BoltClient(HOST, server.port) as client:
            rows = client.rows("MATCH (a:A) RETURN a.i, toString(a.e) ORDER BY a.i")
    assert [list(row) for row in rows] == [[1, None], [2, "E::C"], [3, "E::B"], [4, None], [5, "E::C"]]
