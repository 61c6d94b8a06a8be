"""Reads the examples out of docs/cypher.md, with what they are said to give.

* A block ``cypher`` is a statement. The table behind it is its result; ``Error: `…` `` what its error says. Without
  either it gives no rows; a block of another language says no more than that there are some. JSON behind the word ``cypher`` has its parameters.
* The blocks ``cypher graph`` make what all examples run on, each on a fresh one.
* A table with the columns "example" and "result" has an expression (or a whole query with one value) in each row. A
  result that is no code, such as *a random number*, says nothing that could be compared.

``…`` in a result stands for anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_CODE = re.compile(r"`([^`]+)`|`` (.+) ``")
_CELLS = re.compile(r"(?<!\\)\|")
_CLAUSES = ("MATCH ", "UNWIND ", "WITH ", "RETURN ", "CREATE ", "OPTIONAL ")


@dataclass
class Example:
    """A statement of the documentation and what it is said to give."""

    line: int
    """Of the file, from 1."""
    text: str
    parameters: dict[str, Any] = field(default_factory=dict)
    columns: list[str] | None = None
    """None where the names do not matter."""
    rows: list[list[str | None]] | None = field(default_factory=list)
    """Values in the notation of ``shown_value``, None for any; None instead of rows: whatever comes."""
    error: str | None = None
    """A part of the message."""


@dataclass
class Reference:
    """All that the documentation shows."""

    graph: list[str]
    """The statements that make what they run on."""
    examples: list[Example]
    names: set[str]
    """The functions in the first columns of tables, as ``coll.sort`` of ``coll.sort(list)``."""


def read_reference(text: str) -> Reference:
    """Take the text of docs/cypher.md apart."""
    lines = text.splitlines()
    graph: list[str] = []
    examples = []
    names: set[str] = set()
    for start, info, code in _blocks(lines):
        if info == "graph":
            graph.append(code)
        else:
            examples.append(_of_block(lines, start, info, code))
    for start, header, rows in _tables(lines):
        if header[-2:] == ["example", "result"]:
            examples += [_of_row(start + 2 + number, row) for number, row in enumerate(rows)]
            names.update(name for row in rows for name in re.findall(r"`([\w.]+)\(", row[0]))
    return Reference(graph, sorted(examples, key=lambda example: example.line), names)


def _blocks(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """(number of the line behind the block, what stands behind "cypher", the code) of each block."""
    opening = None
    for number, line in enumerate(lines):
        if opening is None and line.startswith("```"):
            opening = number
        elif opening is not None and line.startswith("```"):
            language, _, info = lines[opening][3:].partition(" ")
            if language == "cypher":
                yield number + 1, info.strip(), "\n".join(lines[opening + 1 : number])
            opening = None


def _tables(lines: list[str]) -> Iterator[tuple[int, list[str], list[list[str]]]]:
    """(number of its first line from 1, header, rows) of each table."""
    number = 0
    while number < len(lines):
        end = number
        while end < len(lines) and lines[end].startswith("|"):
            end += 1
        if end - number >= 2:
            cells = [_cells(line) for line in lines[number:end]]
            yield number + 1, cells[0], cells[2:]
        number = max(end, number + 1)


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(line)[1:-1]]


def _of_block(lines: list[str], behind: int, info: str, code: str) -> Example:
    example = Example(behind - code.count("\n") - 1, code, json.loads(info) if info else {})
    while behind < len(lines) and not lines[behind]:
        behind += 1
    following = lines[behind] if behind < len(lines) else ""
    if following.startswith("|"):
        _, header, rows = next(_tables(lines[behind:]))
        example.columns = [_plain(cell) for cell in header]
        example.rows = [[_expected(cell) for cell in row] for row in rows]
    elif following.startswith("Error: "):
        example.error = _plain(following.removeprefix("Error: "))
    elif following.startswith("```") and not following.startswith("```cypher"):
        example.rows = None
    return example


def _of_row(line: int, row: list[str]) -> Example:
    text, result = _plain(row[-2]), row[-1]
    query = text if text.startswith(_CLAUSES) else f"RETURN {text} AS result"
    if result.startswith("error "):
        return Example(line, query, error=_plain(result.removeprefix("error ")))
    return Example(line, query, rows=[[_expected(result)]] if _CODE.fullmatch(result) else None)


def _plain(cell: str) -> str:
    found = _CODE.fullmatch(cell)
    return (found[1] or found[2]) if found else cell


def _expected(cell: str) -> str | None:
    return None if cell == "…" else _plain(cell)
