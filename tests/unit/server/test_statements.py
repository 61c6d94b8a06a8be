"""Cutting a text into statements: where it may be cut, where it must not, and that pieces and places come out right."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.server.client import statements
from lithograph.server.client.statements import StatementError, split


def texts(data: str) -> list[str]:
    return [statement.text for statement in split(io.BytesIO(data.encode()).read)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", []),
        (" \n ;;\n; // nothing\n/* ; */", []),
        ("A;B;\nC", ["A", "B", "C"]),
        ("\ufeffA;", ["A"]),
        ("RETURN ';', \"a;'\", `b;'\"`;B;", ["RETURN ';', \"a;'\", `b;'\"`", "B"]),
        (r"RETURN 'a\';', 'b\\';B;", [r"RETURN 'a\';', 'b\\'", "B"]),
        ("RETURN `a``;`;B;", ["RETURN `a``;`", "B"]),
        ("RETURN 1 // ; '\n;B;", ["RETURN 1 // ; '", "B"]),
        ("RETURN 1 /* ; ' **/ + 1;B;", ["RETURN 1 /* ; ' **/ + 1", "B"]),
        ("// first; one\n/* ' */ RETURN 4 / 2;B;", ["RETURN 4 / 2", "B"]),
        ("A\n  // the end", ["A\n  // the end"]),
        ("RETURN 'ü🍵;';", ["RETURN 'ü🍵;'"]),
    ],
)
def test_a_semicolon_ends_a_statement_unless_it_is_within_something(data: str, expected: list[str]) -> None:
    assert texts(data) == expected


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        ("A;\n\nRETURN 'x;", 3, "not closed"),
        ("A;\n`x;", 2, "not closed"),
        ("A;\n\n\n/* x;", 4, "not closed"),
    ],
)
def test_what_is_not_closed_is_refused_with_its_line(data: str, line: int, says: str) -> None:
    with pytest.raises(StatementError, match=says) as caught:
        texts(data)
    assert caught.value.line == line


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(StatementError, match=r"line 3: The byte 0xFF is not UTF-8") as caught:
        list(split(io.BytesIO(b"A;\nB\n\xff;").read))
    assert caught.value.line == 3


def test_a_file_without_semicolons_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "LONGEST", 3 << 20)
    given_out = 0

    def read(size: int) -> bytes:
        nonlocal given_out
        given_out += size
        return b"x" * size

    with pytest.raises(StatementError, match="No semicolon ends the statement within 3 MiB"):
        list(split(read))
    assert given_out <= 8 << 20


parts = st.sampled_from(
    ["A ", "b\n", "'x;\\''", '";\\\\"', "`;``;`", "// ;\n", "/* ;' **/", "/ ", "* ", "ü", " \r\n", "1.5"]
)
bodies = st.lists(parts, max_size=6).map("".join)


@given(st.lists(bodies, max_size=6), st.integers(1, 7), st.data())
def test_pieces_make_no_difference_and_any_end_is_a_place_to_go_on(
    written: list[str], size: int, data: st.DataObject
) -> None:
    file = "".join(f"{body}X;\n" for body in written).encode()
    expected = list(split(io.BytesIO(file).read))
    source = io.BytesIO(file)
    assert list(split(lambda _: source.read(size))) == expected
    assert len(expected) == len(written)
    for statement in expected:
        assert file[: statement.end].endswith(b";")
        assert file[: statement.end].count(b"\n") + 1 == statement.last_line
        first_line = file.split(b"\n")[statement.line - 1].decode()
        assert statement.text.split("\n")[0].rstrip() in first_line
    if expected:
        place = data.draw(st.sampled_from(expected))
        rest = split(io.BytesIO(file[place.end :]).read, place.end, place.last_line)
        assert list(rest) == expected[expected.index(place) + 1 :]
