"""check and restore as processes, against the directory of a real server."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.server import ServerProcess
from support.servers import connected, serving

pytestmark = pytest.mark.driver

COMMAND = (sys.executable, "-c", "import sys; from lithograph.server.app import main; sys.exit(main())")


def lithograph(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write(server: ServerProcess, *numbers: int) -> None:
    with connected(server) as driver:
        for number in numbers:
            driver.execute_query("CREATE (:User {n: $n})-[:Knows]->(:User)", n=number)


def numbers_in(server: ServerProcess) -> list[int]:
    with connected(server) as driver:
        query = "MATCH (u:User)-[:Knows]->() RETURN u.n AS n ORDER BY n"
        return [record["n"] for record in driver.execute_query(query).records]


def test_a_server_is_taken_back_to_a_moment_and_forth_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        write(server, 1, 2)
        moment = datetime.now(UTC).isoformat()
        write(server, 3)
        refused = lithograph("check", data)
        assert refused.returncode == 1
        assert "A server runs on" in refused.stderr
        live = lithograph("check", data, "--live", "--json")
        assert live.returncode == 0, live.stderr
        assert json.loads(live.stdout)["recoverable"]["edges"] == 3
        in_use = lithograph("restore", data, "--data-directory", data, "--until", moment, "--force")
        assert in_use.returncode == 1
        assert "Another Lithograph process" in in_use.stderr
        server.kill()
    taken_back = lithograph("restore", data, "--data-directory", data, "--until", moment, "--force", "--json")
    assert taken_back.returncode == 0, taken_back.stderr
    with serving(data) as server:
        assert numbers_in(server) == [1, 2]
        write(server, 4)
        server.kill()
    assert lithograph("check", data).returncode == 0
    aside = Path(json.loads(taken_back.stdout)["put_aside"][0]).parents[1]
    other = tmp_path / "other"
    forth = lithograph("restore", aside, "--data-directory", other)
    assert forth.returncode == 0, forth.stderr
    with serving(other) as server:
        assert numbers_in(server) == [1, 2, 3]
    with serving(data) as server:
        assert numbers_in(server) == [1, 2, 4]
