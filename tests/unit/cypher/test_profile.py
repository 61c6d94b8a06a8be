"""PROFILE: every operator with its rows, hits, time and memory, in Memgraph's columns and in the summary."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher.context import Context
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherError, MemoryLimitError
from lithograph.cypher.execution import Execution
from lithograph.cypher.frames import UNIT
from lithograph.cypher.reader import TransactionReader
from lithograph.storage.store import Store
from support.engines import run


@pytest.fixture
def engine() -> Engine:
    engine = Engine(Store())
    run(engine, "UNWIND range(1, 1000) AS i CREATE (:A {i: i})")
    run(engine, "MATCH (a:A) WHERE a.i <= 10 CREATE (a)-[:T]->(:B)")
    return engine


def profile(engine: Engine, query: str, **parameters: Any) -> dict[str, list[Any]]:
    """The columns of a profile."""
    rows = run(engine, f"PROFILE {query}", **parameters)
    names = ["OPERATOR", "ACTUAL HITS", "RELATIVE TIME", "ABSOLUTE TIME", "ROWS", "MEMORY"]
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def finished(engine: Engine, text: str) -> Execution:
    """An execution run to its end, in a transaction that is left open."""
    execution = engine.run(engine.prepare(text), engine.store.begin(), {})
    while execution.step() is not None:
        continue
    return execution


def flattened(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [tree, *(below for child in tree["children"] for below in flattened(child))]


def test_the_rows_of_every_operator_are_counted(engine: Engine) -> None:
    found = profile(engine, "MATCH (a:A) WHERE a.i > $least RETURN a.i AS i LIMIT 30", least=100)
    assert found["OPERATOR"] == ["* Produce", "* Limit", "* Extend", "* Filter", "* ScanAllByLabel", "* Once"]
    assert found["ROWS"] == [30, 30, 156, 156, 256, 1]  # the first frame of a scan has 256 rows


def test_the_columns_have_memgraphs_names_and_forms(engine: Engine) -> None:
    prepared = engine.prepare("PROFILE MATCH (a:A) RETURN a")
    assert prepared.columns[:4] == ("OPERATOR", "ACTUAL HITS", "RELATIVE TIME", "ABSOLUTE TIME")
    found = profile(engine, "MATCH (a:A) RETURN a")
    assert all(type(hits) is int and hits > 0 for hits in found["ACTUAL HITS"])
    assert all(share.endswith(" %") and len(share) == 12 for share in found["RELATIVE TIME"])
    assert all(taken.endswith(" ms") and len(taken) == 13 for taken in found["ABSOLUTE TIME"])
    assert sum(float(share[:-2]) for share in found["RELATIVE TIME"]) == pytest.approx(100, abs=0.001)


def test_a_branch_has_a_rail_of_its_own_and_no_figures(engine: Engine) -> None:
    found = profile(engine, "MATCH (a:A {i: 1}) OPTIONAL MATCH (a)-[:T]->(b) RETURN b")
    branch = found["OPERATOR"].index("|\\")
    assert found["OPERATOR"][branch + 1 : branch + 3] == ["| * Expand", "| * Once"]
    assert [column[branch] for column in found.values()] == ["|\\", "", "", "", "", ""]


def test_what_is_written_stays_and_is_counted(engine: Engine) -> None:
    execution = finished(engine, "PROFILE UNWIND [1, 2, 3] AS x CREATE (a:New)-[:R]->(b:New)")
    assert execution.context.statistics.nodes_created == 6
    profile(engine, "CREATE (:Written)")
    assert run(engine, "MATCH (n:Written) RETURN count(*)") == [[1]]


def test_several_nodes_that_one_operator_creates_have_its_rows(engine: Engine) -> None:
    found = profile(engine, "UNWIND [1, 2, 3] AS x CREATE (a:New)-[:R]->(b:New)")
    created = [i for i, name in enumerate(found["OPERATOR"]) if name.startswith("* Create")]
    assert len(created) == 3
    assert [found["ROWS"][i] for i in created] == [3, 3, 3]


def test_a_sort_holds_its_rows_and_a_scan_only_a_frame(engine: Engine) -> None:
    run(engine, "UNWIND range(1, 100000) AS i CREATE (:Many {i: i})")
    found = profile(engine, "MATCH (n:Many) RETURN n.i AS i ORDER BY i")
    memory = dict(zip(found["OPERATOR"], found["MEMORY"], strict=True))
    assert memory["* OrderBy"] > 3 * memory["* ScanAllByLabel"] > 0


def test_the_summary_has_the_profile_in_neo4js_form(engine: Engine) -> None:
    tree: dict[str, Any] | None = finished(engine, "PROFILE MATCH (a:A)-[:T]->(b) RETURN b").profile
    assert tree is not None
    nodes = flattened(tree)
    assert tree["operatorType"] == "Produce"
    assert tree["identifiers"] == ["b"]
    assert tree["rows"] == 10
    for node in nodes:
        assert {"operatorType", "identifiers", "args", "children", "dbHits", "rows", "time"} <= node.keys()
        assert type(node["time"]) is int
        assert node["args"]["Rows"] == node["rows"]
    assert nodes[-1]["operatorType"] == "Once"


def test_a_merge_has_all_its_plans_in_the_summary(engine: Engine) -> None:
    tree: dict[str, Any] | None = finished(engine, "PROFILE MERGE (n:M {i: 1}) ON CREATE SET n.x = 1").profile
    assert tree is not None
    (merge,) = (node for node in flattened(tree) if node["operatorType"] == "Merge")
    assert len(merge["children"]) == 3
    assert merge["identifiers"] == ["n"]


def test_other_statements_have_no_profile(engine: Engine) -> None:
    for text in ("MATCH (n) RETURN n", "EXPLAIN MATCH (n) RETURN n"):
        assert finished(engine, text).profile is None


def test_the_plan_of_an_explain_names_what_each_step_leaves(engine: Engine) -> None:
    plan: dict[str, Any] | None = finished(engine, "EXPLAIN MATCH (a:A)-[r:T]->(b) RETURN b.i AS i").plan
    assert plan is not None
    by_name = {node["operatorType"]: node["identifiers"] for node in flattened(plan)}
    assert by_name["Produce"] == ["i"]
    assert by_name["Expand"] == ["a", "b", "r"]
    assert plan["args"]["string-representation"].splitlines()[0] == " * Produce {i}"


def test_each_execution_has_a_profile_of_its_own(engine: Engine) -> None:
    text = "PROFILE MATCH (a:A) WHERE a.i < 9 RETURN a"
    first, second = finished(engine, text), finished(engine, text)
    assert first.prepared.operator is second.prepared.operator
    for execution in (first, second):
        assert execution.profile is not None
        assert execution.profile["rows"] == 8


def test_an_error_is_that_of_the_query_and_undoes_it(engine: Engine) -> None:
    with pytest.raises(CypherError, match="zero") as caught:
        run(engine, "PROFILE UNWIND [1, 0] AS x CREATE (:Half) WITH x RETURN 1 / x")
    assert caught.value.position is not None
    assert run(engine, "MATCH (n:Half) RETURN count(*)") == [[0]]


def test_the_limit_of_memory_holds_for_a_profiled_query_too(engine: Engine) -> None:
    prepared = engine.prepare("PROFILE MATCH (a:A), (b:A) RETURN a.i AS i, b.i AS j ORDER BY i")
    execution = engine.run(prepared, engine.store.begin(), {}, memory_limit=1 << 20)
    with pytest.raises(MemoryLimitError):
        list(iter(execution.step, None))


def test_a_profiled_plan_refuses_a_context_without_a_profile(engine: Engine) -> None:
    operator = engine.prepare("PROFILE MATCH (a:A) RETURN a").operator
    transaction = engine.store.begin()
    assert operator is not None
    with pytest.raises(TypeError, match="profiled context"):
        list(operator.run(Context(transaction, TransactionReader(transaction), {}), UNIT))
