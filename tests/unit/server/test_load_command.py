"""``lithograph load`` and ``dump`` against real server processes: the same graph, each statement once, clear refusals."""

from __future__ import annotations

import gzip
import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import HOST, ServerProcess
from lithograph.cypher.dump import DEEPEST
from lithograph.server.app import main
from lithograph.server.client import loading
from lithograph.server.client.connection import BoltClient
from support.servers import serving

pytestmark = pytest.mark.driver

MARKERS = "MATCH (m:__lithograph_load__) RETURN m.line"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("load") / "data") as process:
        yield process


@pytest.fixture
def client(running: ServerProcess) -> Iterator[BoltClient]:
    with BoltClient(HOST, running.port) as connected:
        clear(connected)
        yield connected


def clear(client: BoltClient) -> None:
    client.execute("MATCH (n) DETACH DELETE n")
    for kind, label, keys, _ in client.rows("SHOW INDEX INFO"):
        on = "" if keys is None else f"({', '.join(f'`{key}`' for key in keys)})"
        client.execute(f"DROP {'EDGE ' if kind.startswith('edge') else ''}INDEX ON :`{label}`{on}")


def load(running: ServerProcess, file: Path | str, *flags: str) -> int:
    return main(["load", str(file), f"--port={running.port}", *flags])


def dump(running: ServerProcess, file: Path) -> int:
    return main(["dump", f"--output={file}", f"--port={running.port}"])


def numbers(client: BoltClient) -> list[int]:
    return [i for (i,) in client.rows("MATCH (n:N) RETURN n.i ORDER BY n.i")]


def written(path: Path, *statements: str) -> Path:
    path.write_text("".join(f"{statement};\n" for statement in statements))
    return path


GRAPH = (
    "CREATE INDEX ON :A(x)",
    "CREATE INDEX ON :`a;b'`",
    "CREATE EDGE INDEX ON :R(x)",
    "UNWIND range(1, 3000) AS i CREATE (:A {x: i, y: toFloat(i), `k;\n`: [1.0, {a: '; \n'}]})",
    "MATCH (a:A), (b:A {x: a.x % 10 + 1}) CREATE (a)-[:R {x: 1.0}]->(b)",
    "MATCH (a:A {x: 1}) SET a:`a;b'`, a.d = date('2026-11-27'), a.p = point({x: 1.0, y: 2.0})",
)

CONTENT = (
    "MATCH (n) RETURN labels(n), properties(n)",
    "MATCH (a)-[r]->(b) RETURN a.x, type(r), properties(r), b.x",
    "SHOW INDEX INFO",
)


def content(client: BoltClient) -> list[list[str]]:
    return [sorted(map(repr, client.rows(text))) for text in CONTENT]


@pytest.mark.parametrize("name", ["graph.cypherl", "graph.cypherl.gz"])
def test_a_dump_that_is_loaded_is_the_same_graph(
    name: str, running: ServerProcess, client: BoltClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for statement in GRAPH:
        client.execute(statement)
    before = content(client)
    assert dump(running, tmp_path / name) == 0
    assert f" statements in {tmp_path / name}\n" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    clear(client)
    assert load(running, tmp_path / name) == 0
    assert f"{name}: 6006 statements\n" in capsys.readouterr().err
    assert content(client) == before


def test_dump_writes_to_the_standard_output(
    running: ServerProcess, client: BoltClient, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    client.execute("CREATE (:Ü)")
    assert main(["dump", f"--port={running.port}"]) == 0
    first, *_ = capfdbinary.readouterr().out.decode().splitlines()
    assert first.startswith("CREATE (:__mg_vertex__:`Ü` {__mg_id__: ")


def test_a_dump_that_fails_leaves_the_former_file(
    running: ServerProcess, client: BoltClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "graph.cypherl"
    file.write_text("the former\n")
    value: list[Any] = []
    for _ in range(DEEPEST):
        value = [value]
    client.execute("CREATE (:A {v: $v})", {"v": value})
    assert dump(running, file) == 1
    assert "lithograph dump: DUMP DATABASE stops at node" in capsys.readouterr().err
    assert file.read_text() == "the former\n"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_the_standard_input_is_loaded(
    running: ServerProcess, client: BoltClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b"CREATE (:N {i: 1});\nCREATE (:N {i: 2})"))
    )
    assert load(running, "-") == 0
    assert numbers(client) == [1, 2]


def test_a_refused_statement_is_named_and_mending_it_goes_on_behind_the_last_batch(
    running: ServerProcess, client: BoltClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = [f"CREATE (:N {{i: {i}}})" for i in range(100)]
    file = written(tmp_path / "n.cypherl", *statements[:57], "CREATE (:N {i: 57 / 0})", *statements[58:])
    assert load(running, file, "--batch-size=10") == 1
    told = capsys.readouterr().err
    assert "n.cypherl, line 58: Division by zero" in told
    assert "[Neo.ClientError.Statement.ArithmeticError]\n  CREATE (:N {i: 57 / 0})\n" in told
    assert "Everything before line 51 is loaded, nothing from there on. Mend it" in told
    assert numbers(client) == [*range(50)]
    written(file, *statements)
    assert load(running, file, "--batch-size=7") == 0
    assert "n.cypherl: 50 statements, from line 50 on\n" in capsys.readouterr().err
    assert numbers(client) == [*range(100)]
    assert client.rows(MARKERS) == []


def test_a_file_whose_loaded_part_was_changed_is_refused_until_told(
    running: ServerProcess, client: BoltClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "n.cypherl", "CREATE (:N {i: 1})", "CREATE INDEX ON :N(i)", "RETRUN 1")
    assert load(running, file) == 1
    written(file, "CREATE (:N {i: 2})", "CREATE INDEX ON :N(i)")
    assert load(running, file) == 1
    assert "n.cypherl was loaded up to line 2, but what the file has before" in capsys.readouterr().err
    assert load(running, file, "--restart") == 0
    assert numbers(client) == [1, 2]
    assert client.rows(MARKERS) == []


def test_what_stands_alone_is_run_alone_wherever_it_is(
    running: ServerProcess, client: BoltClient, tmp_path: Path
) -> None:
    alone = ("CREATE INDEX ON :N(i)", "/* by trying */ CREATE INDEX ON :N", "FREE MEMORY", "SHOW VERSION")
    several = [f"CREATE (:N {{i: {i}}})" for i in range(20)]
    for number, statement in enumerate(alone * 5):
        several.insert(random.Random(number).randrange(len(several) + 1), statement)
    assert load(running, written(tmp_path / "n.cypherl", *alone, *several, *alone), "--batch-size=6") == 0
    assert numbers(client) == [*range(20)]
    assert [row[:3] for row in client.rows("SHOW INDEX INFO")] == [
        ["label", "N", None],
        ["label+property", "N", ["i"]],
    ]
    assert client.rows(MARKERS) == []


def test_statements_that_empty_the_database_do_not_lose_the_place(
    running: ServerProcess, client: BoltClient, tmp_path: Path
) -> None:
    empty = "MATCH (n) DETACH DELETE n"
    statements = [
        "CREATE (:N {i: 1})",
        empty,
        "CREATE (:N {i: 2})",
        empty,
        *[f"CREATE (:N {{i: {i}}})" for i in (3, 4)],
    ]
    file = written(tmp_path / "n.cypherl", *statements, "RETRUN 1")
    assert load(running, file, "--batch-size=1") == 1
    written(file, *statements, "CREATE (:N {i: 5})")
    assert load(running, file, "--batch-size=1") == 0
    assert numbers(client) == [3, 4, 5]


def test_two_loads_of_one_file_do_not_both_go_on(
    running: ServerProcess,
    client: BoltClient,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = written(tmp_path / "n.cypherl", *[f"CREATE (:N {{i: {i}}})" for i in range(40)])
    batches = loading._batches

    def other_in_between(*arguments: object) -> Iterator[object]:
        for number, batch in enumerate(batches(*arguments)):  # type: ignore[arg-type]
            yield batch
            if number == 1:
                client.execute("MATCH (m:__lithograph_load__) SET m.offset = m.offset + 1")

    monkeypatch.setattr(loading, "_batches", other_in_between)
    assert load(running, file, "--batch-size=10") == 1
    assert "Another process is loading n.cypherl" in capsys.readouterr().err
    assert numbers(client) == [*range(20)]


def test_damaged_gz_and_missing_files_and_servers_are_refused(
    running: ServerProcess, client: BoltClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = gzip.compress(b"".join(b"CREATE (:N {i: %d});\n" % i for i in range(1000)))
    (tmp_path / "n.cypherl.gz").write_bytes(packed[: len(packed) // 2])
    assert load(running, tmp_path / "n.cypherl.gz") == 1
    assert "n.cypherl.gz cannot be unpacked" in capsys.readouterr().err
    assert load(running, tmp_path / "missing") == 1
    assert "missing" in capsys.readouterr().err
    assert main(["load", os.devnull, "--port=1"]) == 1
    assert "No server answers at 127.0.0.1:1" in capsys.readouterr().err


SLOWED = """
import os, sys
from lithograph.server.app import main
from lithograph.server.client.connection import BoltClient
stop_at, when, commits, commit = int(sys.argv.pop(1)), sys.argv.pop(1), 0, BoltClient.commit
def counted(self):
    global commits
    commits += 1
    if commits == stop_at and when == "before":
        os.kill(os.getpid(), 9)
    commit(self)
    if commits == stop_at and when == "behind":
        os.kill(os.getpid(), 9)
BoltClient.commit = counted
sys.exit(main(sys.argv[1:]))
"""


def test_however_often_it_is_killed_each_statement_is_run_once(
    running: ServerProcess, client: BoltClient, tmp_path: Path
) -> None:
    file = written(
        tmp_path / "n.cypherl",
        *[f"CREATE (:N {{i: {i}}})" for i in range(30)],
        "CREATE INDEX ON :N(i)",
        *[f"MATCH (n:N {{i: {i}}}) SET n.i = {i + 1000}" for i in range(30)],
    )
    ends = []
    for stop_at, when in (
        (1, "before"),
        (1, "behind"),
        (2, "before"),
        (2, "behind"),
        (3, "behind"),
        (99, "never"),
    ):
        command = [sys.executable, "-c", SLOWED, str(stop_at), when]
        flags = ["load", str(file), f"--port={running.port}", "--batch-size=10"]
        ends.append(subprocess.run([*command, *flags], capture_output=True, check=False).returncode)
    assert ends == [-signal.SIGKILL] * 5 + [0]
    assert numbers(client) == [*range(1000, 1030)]
    assert client.rows(MARKERS) == []


def test_a_server_that_goes_away_is_said_and_a_packed_file_is_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "n.cypherl.gz"
    file.write_bytes(gzip.compress(b"".join(b"CREATE (:N {i: %d});\n" % i for i in range(1000))))
    with serving(tmp_path / "data") as server:
        batches = loading._batches

        def ended_before_the_fifth(*arguments: object) -> Iterator[object]:
            for number, batch in enumerate(batches(*arguments)):  # type: ignore[arg-type]
                if number == 4:
                    server.kill()
                yield batch

        with monkeypatch.context() as patch:
            patch.setattr(loading, "_batches", ended_before_the_fifth)
            assert load(server, file, "--batch-size=100") == 1
        assert "is lost: " in (told := capsys.readouterr().err)
        assert "Run the command again to go on behind the last batch." in told
        server.start()
        assert load(server, file) == 0
        assert "n.cypherl.gz: 600 statements, from line 400 on" in capsys.readouterr().err
        with BoltClient(HOST, server.port) as client:
            assert numbers(client) == [*range(1000)]


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_an_impossible_batch_size_is_refused(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "x", f"--batch-size={number}"]) == 1
    assert "is not a number from 1 on" in capsys.readouterr().err


def test_a_server_that_is_killed_under_a_load_has_whole_batches_and_the_place(tmp_path: Path) -> None:
    file = written(tmp_path / "n.cypherl", *[f"CREATE (:N {{i: {i}}})" for i in range(5000)])
    with serving(tmp_path / "data") as server:
        command = [sys.executable, "-c", SLOWED, "17", "behind", "load", str(file), f"--port={server.port}"]
        subprocess.run([*command, "--batch-size=100"], capture_output=True, check=False)
        server.kill()
        server.start()
        with BoltClient(HOST, server.port) as client:
            assert numbers(client) == [*range(1700)]
            assert client.rows(MARKERS) == [[1700]]
            assert load(server, file) == 0
            assert numbers(client) == [*range(5000)]
