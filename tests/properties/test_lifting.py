"""Lifted literals against plain ones: random queries, and the same with other literals, give the same answers and errors."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherError
from lithograph.cypher.lexer import line_and_column, line_starts
from lithograph.cypher.lifting import Moves, skeleton_of
from lithograph.storage.errors import LithographError
from lithograph.storage.store import Store
from support.engines import bag, fill, graph_of, names_of, run_in, shape
from support.queries import GraphData, graphs, reading_queries, writing_queries

numbers = st.sampled_from(["0", "1", "2", "3", "12"])
strings = st.sampled_from(["''", '"a"', "'ab'", r"'\''", "'b\nb'", r'"\u0061"'])
pieces = st.sampled_from(
    [
        "a",
        "b1",
        "'",
        '"',
        "`",
        "\\",
        "\\'",
        "/",
        "//",
        "/*",
        "*/",
        "\n",
        " ",
        "1",
        "2.5",
        ".",
        "-",
        "$",
        "é",
        "(",
        "\0i",
    ]
)


def with_other_literals(text: str, drawn: list[tuple[str, str]]) -> str:
    """The text with its literals replaced, in turn, by those drawn, (number, string)."""
    skeleton = skeleton_of(text)
    if skeleton is None or not drawn:
        return text
    parts, behind = [], 0
    for index, ((start, end), literal) in enumerate(zip(skeleton.spans(), skeleton.literals, strict=True)):
        number, string = drawn[index % len(drawn)]
        kept = number + ".5" if "." in literal else number
        parts += [text[behind:start], string if literal[0] in "'\"" else kept]
        behind = end
    return "".join([*parts, text[behind:]])


def answer(engine: Engine, text: str) -> Any:
    """What a text gives in a transaction that is rolled back: rows and graph, or the error with its place."""
    transaction = engine.store.begin()
    known = names_of(graph_of(transaction))
    try:
        rows = run_in(engine, transaction, text)
        return bag(rows, known), shape(graph_of(transaction), known)
    except CypherError as error:
        return type(error), str(error), error.position
    except LithographError as error:
        return type(error), str(error)
    finally:
        transaction.rollback()


@given(
    graphs(most_nodes=4, most_relationships=5),
    st.one_of(reading_queries().map(lambda drawn: drawn[0]), writing_queries()),
    st.lists(st.tuples(numbers, strings), min_size=1, max_size=4),
)
def test_lifted_and_plain_literals_give_the_same(
    data: GraphData, query: str, drawn: list[tuple[str, str]]
) -> None:
    plain = Engine(Store(), lifting=False)
    fill(plain.store, data)
    lifting = Engine(plain.store)
    for text in (query, with_other_literals(query, drawn), query):
        assert answer(lifting, text) == answer(plain, text), text


@given(st.lists(pieces, max_size=12).map("".join))
def test_a_skeleton_and_its_literals_are_the_text(text: str) -> None:
    skeleton = skeleton_of(text)
    if skeleton is None:
        return
    spans = skeleton.spans()
    assert [text[start:end] for start, end in spans] == skeleton.literals
    rebuilt, behind = "", 0
    for start, end in spans:
        kind = "\0s" if text[start] in "'\"" else "\0f" if "." in text[start:end] else "\0i"
        rebuilt += text[behind:start] + kind
        behind = end
    assert rebuilt + text[behind:] == skeleton.key


@given(
    st.lists(st.sampled_from(["a", " ", "\n", "\r\n", "("]), min_size=1, max_size=6),
    st.lists(st.tuples(numbers, strings), min_size=6, max_size=6),
)
def test_places_move_with_the_literals_before_them(parts: list[str], drawn: list[tuple[str, str]]) -> None:
    first = "".join(f"({part}1'x'" for part in parts) + ")"
    second = with_other_literals(first, drawn)
    planned, sent = skeleton_of(first), skeleton_of(second)
    assert planned is not None
    assert sent is not None
    assert planned.key == sent.key
    moves, lines = Moves(planned, sent), (line_starts(first), line_starts(second))
    for (before, _), (after, _) in zip(planned.spans(), sent.spans(), strict=True):
        place = line_and_column(lines[0], before)
        assert moves.moved(place) == line_and_column(lines[1], after)
    end = moves.moved(line_and_column(lines[0], len(first) - 1))
    assert second[end.offset] == ")"
