"""The generator: sizes, shape, and the same graph every time."""

import zlib

import numpy as np
import pytest

from benchmarks.pokec import SIZES, Pokec, generate


@pytest.fixture(scope="module")
def small() -> Pokec:
    return generate("small")


def digest(graph: Pokec) -> int:
    arrays = (graph.source, graph.target, graph.age, graph.completion_percentage, graph.woman)
    return zlib.crc32(b"".join(array.tobytes() for array in arrays))


@pytest.mark.parametrize(("name", "expected"), [("tiny", 3962831222), ("small", 3529026342)])
def test_a_size_is_the_same_graph_in_every_release(name: str, expected: int) -> None:
    assert digest(generate(name)) == expected


def test_another_seed_gives_another_graph() -> None:
    assert digest(generate("tiny", seed=1)) != digest(generate("tiny"))


@pytest.mark.parametrize("name", ["tiny", "small"])
def test_sizes_are_exact_and_no_edge_is_there_twice_or_leads_to_itself(name: str) -> None:
    graph, size = generate(name), SIZES[name]
    pairs = set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    assert len(graph.age) == len(graph.woman) == len(graph.completion_percentage) == size.vertices
    assert len(graph.source) == len(graph.target) == len(pairs) == size.edges
    assert not np.any(graph.source == graph.target)
    for ends in (graph.source, graph.target):
        assert ends.min() >= 1
        assert ends.max() <= size.vertices


def test_out_degrees_follow_a_power_law(small: Pokec) -> None:
    """Of Lomax's law with exponent 2: four times the degree, about a sixteenth as often."""
    degrees = np.bincount(small.source, minlength=small.size.vertices + 1)[1:]
    many, more = (int((degrees >= bound).sum()) for bound in (60, 240))
    assert 8 < many / more < 32
    assert degrees.max() > 30 * degrees.mean()


def test_about_half_of_the_friendships_are_mutual(small: Pokec) -> None:
    pairs = set(zip(small.source.tolist(), small.target.tolist(), strict=True))
    mutual = sum((b, a) in pairs for a, b in pairs)
    assert 0.5 < mutual / len(pairs) < 0.6


def test_batches_hold_every_user_and_every_edge_once(small: Pokec) -> None:
    users = [row for batch in small.user_batches(999) for row in batch]
    edges = [row for batch in small.edge_batches(1_000) for row in batch]
    assert [row["id"] for row in users] == list(range(1, small.size.vertices + 1))
    assert [(row["a"], row["b"]) for row in edges] == list(
        zip(small.source.tolist(), small.target.tolist(), strict=True)
    )
    assert users[4_321]["age"] == small.age[4_321]
    assert {type(value) for row in users[:50] for value in row.values()} == {int, str}
    assert len(next(small.edge_batches(1_000))) == 1_000
    assert [len(batch) for batch in small.edge_batches(100, start=5, stop=210)] == [100, 100, 5]


def test_properties_lie_in_their_ranges(small: Pokec) -> None:
    assert set(small.age[small.age < 12].tolist()) == {0}
    assert small.age.max() <= 92
    assert (small.completion_percentage.min(), small.completion_percentage.max()) == (12, 100)
