"""The examples in ``docs/procedures.md`` give what stands below them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lithograph.cypher.procedures import built_in
from support.tck.comparison import difference
from support.tck.in_process import InProcess
from support.tck.notation import read_value
from support.tck.subject import Rows

PAGE = (Path(__file__).parents[3] / "docs" / "procedures.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```cypher\n(?P<query>.*?)\n```\n(?:\n(?P<table>(?:\|[^\n]*\|\n)+))?", re.DOTALL)
GRAPH, *EXAMPLES = [(found["query"], found["table"] or "") for found in EXAMPLE.finditer(PAGE)]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@pytest.mark.parametrize(("query", "table"), EXAMPLES, ids=[query for query, _ in EXAMPLES])
def test_an_example_gives_what_is_shown(query: str, table: str) -> None:
    subject = InProcess()
    assert isinstance(subject.run(GRAPH[0], {}), Rows)
    found = subject.run(query, {})
    assert isinstance(found, Rows), found
    header, *lines = table.splitlines() or ["||"]
    assert found.columns == [name for name in cells(header) if name]
    rows = [[read_value(cell) for cell in cells(line)] for line in lines[1:]]
    assert difference(rows, found.rows, in_order=True, ordered_lists=True) is None


def test_every_procedure_is_on_the_page() -> None:
    assert [each.name for each in built_in() if f"{each.name}(" not in PAGE] == []
