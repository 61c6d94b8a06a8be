"""The naive answers on a graph small enough to check by hand, and the comparison with what a server says."""

from collections import Counter
from itertools import islice
from typing import Any

import numpy as np
import pytest

from benchmarks.expected import AnyRow, Changes, Observed, Rows, ShortestPath, plain
from benchmarks.pokec import Pokec, Size, generate
from benchmarks.queries import QUERIES, READS, Query
from benchmarks.reference import ANSWERS, Reference

EDGES = [(1, 2), (2, 1), (2, 3), (3, 4), (4, 2), (5, 1)]
AGES = [20, 17, 30, 18, 0]


@pytest.fixture(scope="module")
def reference() -> Reference:
    """1 <-> 2 -> 3 -> 4 -> 2, and 5 -> 1; nobody leads to 5."""
    source, target = (np.array(ends, dtype=np.int64) for ends in zip(*EDGES, strict=True))
    count = len(AGES)
    graph = Pokec(
        Size("by hand", count, len(EDGES)),
        age=np.array(AGES, dtype=np.int64),
        woman=np.zeros(count, dtype=np.bool_),
        completion_percentage=np.full(count, 50, dtype=np.int64),
        source=source,
        target=target,
    )
    return Reference(graph)


def query(full_name: str) -> Query:
    return next(each for each in QUERIES if each.full_name == full_name)


def numbers(reference: Reference, full_name: str, **parameters: int) -> list[Any]:
    """The rows of a result of integers."""
    expected = reference.answer(query(full_name), parameters)
    assert isinstance(expected, Rows)
    rows = [tuple(value for _, value in row) for row in expected.rows.elements()]
    return sorted(row[0] if len(row) == 1 else row for row in rows)


def test_every_query_has_an_answer_and_a_name_of_its_own() -> None:
    assert {each.full_name for each in QUERIES} == set(ANSWERS)
    assert len({each.full_name for each in QUERIES}) == len(QUERIES)


def test_an_edge_is_walked_once_at_most(reference: Reference) -> None:
    assert numbers(reference, "arango.expansion_1", id=1) == [2]
    assert numbers(reference, "arango.expansion_2", id=1) == [1, 3]
    assert numbers(reference, "arango.expansion_3", id=1) == [4]  # 1-2-1-2 would walk its first edge again
    assert numbers(reference, "arango.expansion_4", id=1) == [2]
    assert numbers(reference, "arango.expansion_4", id=2) == [1, 4]
    assert numbers(reference, "arango.neighbours_2", id=1) == [1, 2, 3]


def test_all_the_shortest_paths_have_two_edges_at_most(reference: Reference) -> None:
    for start, end, paths in ((1, 2, [[1, 2]]), (1, 3, [[1, 2, 3]]), (1, 4, []), (4, 3, [[4, 2, 3]])):
        expected = reference.answer(query("arango.allshortest_paths"), {"from": start, "to": end})
        rows = [[plain(path, {})] for path in paths]
        assert isinstance(expected, Rows)
        assert list(expected.rows.elements()) == [tuple(row) for row in rows]


def test_filters_look_at_the_age_of_the_end(reference: Reference) -> None:
    assert numbers(reference, "arango.expansion_1_with_filter", id=1) == []
    assert numbers(reference, "arango.expansion_2_with_filter", id=1) == [1, 3]
    assert numbers(reference, "arango.aggregate_with_filter") == [(18, 1), (20, 1), (30, 1)]


def test_aggregates(reference: Reference) -> None:
    assert numbers(reference, "arango.aggregate_with_distinct") == [5]
    assert numbers(reference, "aggregation.count") == [(5, 5)]
    assert numbers(reference, "aggregation.min_max_avg") == [(0, 30, 17.0)]


def test_cycles_are_pairs_of_opposite_edges(reference: Reference) -> None:
    expected = reference.answer(query("match.pattern_cycle"), {"id": 1})
    there, back = reference.friendship((1, 2)), reference.friendship((2, 1))
    assert expected == Rows(Counter([(there, reference.node(2), back)]))


@pytest.mark.parametrize(("start", "end", "length"), [(1, 4, 3), (5, 4, 4), (1, 5, None), (4, 1, 2)])
def test_shortest_paths(start: int, end: int, length: int | None, reference: Reference) -> None:
    expected = reference.answer(query("arango.shortest_path"), {"from": start, "to": end})
    assert isinstance(expected, ShortestPath)
    assert expected.length == length


def test_a_filtered_path_avoids_who_is_excluded(reference: Reference) -> None:
    expected = reference.answer(query("arango.shortest_path_with_filter"), {"from": 1, "to": 4})
    assert isinstance(expected, ShortestPath)
    assert expected.length is None  # user 2 is 17


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ([1, 2, 3, 4], None),
        ([1, 2, 4], "3 edges expected"),
        ([1, 3, 3, 4], "has not"),
        ([2, 1, 2, 3], "does not lead from"),
    ],
)
def test_a_path_is_checked_edge_by_edge(path: list[int], complaint: str | None, reference: Reference) -> None:
    expected = reference.answer(query("arango.shortest_path"), {"from": 1, "to": 4})
    difference = expected.difference(Observed([[path]]), {})
    assert difference is None if complaint is None else complaint in (difference or "")


def test_a_path_that_should_not_be_there_is_noticed(reference: Reference) -> None:
    expected = reference.answer(query("arango.shortest_path"), {"from": 1, "to": 5})
    assert expected.difference(Observed([]), {}) is None
    assert expected.difference(Observed([[[1, 5]]]), {}) is not None


def test_rows_are_compared_with_their_number_and_their_types() -> None:
    expected = Rows(Counter({(plain(1, {}),): 2}))
    assert expected.difference(Observed([[1], [1]]), {}) is None
    surplus_or_different: list[list[list[Any]]]
    surplus_or_different = [[[1]], [[1], [1], [1]], [[1], [1.0]], [[1], [True]], [[1], [2]], [[1], [None]]]
    for wrong in surplus_or_different:
        assert expected.difference(Observed(wrong), {}) is not None


def test_one_of_several_rows_will_do_but_not_two_of_them() -> None:
    expected = AnyRow({(plain(1, {}),), (plain(2, {}),)})
    assert expected.difference(Observed([[2]]), {}) is None
    wrong_answers: list[list[list[int]]] = [[], [[3]], [[1], [2]]]
    for wrong in wrong_answers:
        assert expected.difference(Observed(wrong), {}) is not None
    assert AnyRow(set()).difference(Observed([]), {}) is None


def test_counters_are_compared() -> None:
    expected = Changes({"nodes_created": 1})
    assert expected.difference(Observed([], {"nodes_created": 1}), {}) is None
    assert expected.difference(Observed([], {}), {}) is not None
    assert expected.difference(Observed([], {"nodes_created": 1, "labels_added": 1}), {}) is not None
    assert expected.difference(Observed([[1]], {"nodes_created": 1}), {}) is not None


def test_parameters_are_the_same_every_time_and_lie_in_the_graph() -> None:
    graph = generate("tiny")
    for each in READS:
        drawn = list(islice(each.parameters(graph), 20))
        assert drawn == list(islice(each.parameters(graph), 20))
        assert all(1 <= value <= graph.size.vertices for parameters in drawn for value in parameters.values())
