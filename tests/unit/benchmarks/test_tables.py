"""Floors and tables."""

import json

import pytest

from benchmarks.figures import Figure, QueryFigure, as_json, figures_table, queries_table


@pytest.mark.parametrize(
    ("figure", "reached"),
    [
        (Figure("a", "medium", 9.9, "us", 10), True),
        (Figure("a", "medium", 10.1, "us", 10), False),
        (Figure("a", "medium", 80.0, "%", 80, "at least"), True),
        (Figure("a", "medium", 79.0, "%", 80, "at least"), False),
        (Figure("a", "small", 9.0, "us"), None),
    ],
)
def test_a_floor_is_reached_from_its_own_side(figure: Figure, reached: bool | None) -> None:
    assert figure.reached is reached


def test_the_table_marks_what_missed_its_floor() -> None:
    table = figures_table(
        [Figure("quick", "small", 1, "ms", 5), Figure("slow", "small", 1234, "ms", 5, note="busy")]
    )
    lines = table.splitlines()
    assert len(lines) == 4
    assert "reached" in lines[2]
    assert "MISSED" in lines[3]
    assert "1,234 ms" in lines[3]
    assert lines[3].endswith("busy")
    assert lines[2].index("quick") == lines[3].index("slow")


def test_queries_are_listed_with_their_percentiles() -> None:
    line = queries_table(
        [QueryFigure("arango.aggregate", "medium", 1.234, 5.678, 800.4, 81.0, 1000)]
    ).splitlines()[2]
    assert line.split() == ["medium", "arango.aggregate", "1.23", "5.68", "800", "81", "1,000"]


def test_json_has_the_machine_and_every_figure() -> None:
    written = json.loads(json.dumps(as_json([Figure("a", "small", 1, "ms", 5)], [])))
    assert written["figures"][0]["reached"] is True
    assert written["machine"]["python"]
