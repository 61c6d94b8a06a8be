"""Errors of syntax: the right class, the place, and words that help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.errors import (
    CypherError,
    CypherSyntaxError,
    FloatLiteralOverflowError,
    IntegerLiteralOverflowError,
    InvalidClauseCompositionError,
    InvalidNumberLiteralError,
    InvalidNumberOfArgumentsError,
    InvalidRelationshipPatternError,
    InvalidUnicodeCharacterError,
    InvalidUnicodeLiteralError,
    UnexpectedConstructError,
)
from lithograph.cypher.foreign import ADVICE, NOT_SHOWN
from lithograph.cypher.lexer import MAXIMUM_DEPTH, MAXIMUM_LENGTH
from lithograph.cypher.parse import parse


def error_of(text: str) -> CypherError:
    with pytest.raises(CypherError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("RETURN 9223372036854775808", IntegerLiteralOverflowError),
        ("RETURN 1 - 9223372036854775808", IntegerLiteralOverflowError),
        ("RETURN -(9223372036854775808)", IntegerLiteralOverflowError),
        ("RETURN -9223372036854775809", IntegerLiteralOverflowError),
        ("RETURN " + "9" * 10_000, IntegerLiteralOverflowError),
        ("RETURN 1e999", FloatLiteralOverflowError),
        ("RETURN 0x", InvalidNumberLiteralError),
        ("RETURN 0o8", InvalidNumberLiteralError),
        ("RETURN 12abc", InvalidNumberLiteralError),
        ("RETURN 1_000_", InvalidNumberLiteralError),
        (r"RETURN '\uH'", InvalidUnicodeLiteralError),
        (r"RETURN '\UFFFFFFFF'", InvalidUnicodeLiteralError),
        (r"RETURN '\uD83D'", InvalidUnicodeLiteralError),
        ("RETURN 42 — 41", InvalidUnicodeCharacterError),
        ("MATCH (a)-[:T..]->(b) RETURN a", InvalidRelationshipPatternError),
        ("MATCH (a)-[:T*-2]->(b) RETURN a", InvalidRelationshipPatternError),
        ("MATCH (a)-[*dijkstra]->(b) RETURN a", InvalidRelationshipPatternError),
        ("RETURN 1 AS a UNION RETURN 2 AS a UNION ALL RETURN 3 AS a", InvalidClauseCompositionError),
        ("RETURN reduce(a IN b | c)", InvalidNumberOfArgumentsError),
        ("MATCH (a)-[*WSHORTEST]->(b) RETURN a", UnexpectedConstructError),
        ("MATCH (a)-[*WSHORTEST 1..2 (e, n | 1)]->(b) RETURN a", UnexpectedConstructError),
        ("MATCH (a)-[* (e, n | 1) (e, n | 1)]->(b) RETURN a", UnexpectedConstructError),
        ("MATCH (a)-[*BFS | 2]->(b) RETURN a", UnexpectedConstructError),
        ("MATCH (a)-[*BFS (e | 1)]->(b) RETURN a", UnexpectedConstructError),
        ("RETURN {1B2c3e67: 1}", CypherSyntaxError),
        ("RETURN {k1#k: 1}", CypherSyntaxError),
        ("RETURN {, }", CypherSyntaxError),
        ("RETURN [[','[]',']]", CypherSyntaxError),
        ("RETURN size(*)", CypherSyntaxError),
        ("RETURN size(x IN a WHERE b)", CypherSyntaxError),
        ("RETURN size(x IN a | b)", CypherSyntaxError),
        ("RETURN all(x WHERE b)", CypherSyntaxError),
        ("RETURN reduce(1, x IN a | b)", CypherSyntaxError),
        ("SET 1 = 2", CypherSyntaxError),
        ("SET n.x:L", CypherSyntaxError),
        ("SET n:A|B", CypherSyntaxError),
        ("REMOVE n", CypherSyntaxError),
        ("MATCH foo((a)-->(b)) RETURN a", CypherSyntaxError),
        ("CREATE INDEX FOR (n) ON (n.a)", CypherSyntaxError),
        ("CREATE INDEX FOR (n:L) ON (m.a)", CypherSyntaxError),
        ("CALL a.b WHERE x", CypherSyntaxError),
        ("RETURN $", CypherSyntaxError),
        ("RETURN 1__0", InvalidNumberLiteralError),
        ("RETURN 1_.5", InvalidNumberLiteralError),
        ("RETURN a IS :: FOO", CypherSyntaxError),
        ("RETURN a IS :: LIST", CypherSyntaxError),
        ("RETURN a IS :: ANY<INT | FLOAT> NOT NULL", CypherSyntaxError),
        ("RETURN a IS :: INT NOT NULL | FLOAT", CypherSyntaxError),
        ("RETURN CASE WHEN > 1 THEN 2 END", CypherSyntaxError),
        ("RETURN CASE WHEN true, false THEN 2 END", CypherSyntaxError),
        ("RETURN upper(BOTH 'a' FROM 'b')", CypherSyntaxError),
        ("RETURN upper('a' FROM 'b')", CypherSyntaxError),
    ],
)
def test_what_is_wrong_has_a_class(text: str, kind: type[CypherError]) -> None:
    assert type(error_of(text)) is kind


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("MTCH (n) RETURN n", 1, "expected a statement such as MATCH, CREATE or RETURN. Did you mean MATCH?"),
        ("MATCH (n RETURN n", 10, "Unexpected 'RETURN', expected ':', '{', ')', a parameter or WHERE."),
        ("MATCH (n) RETURN n LIMT 5", 20, "Did you mean LIMIT?"),
        ("MATCH n RETURN n", 9, "A node is written in parentheses"),
        (
            "RETURN [case IN [1], when]",
            20,
            "expected WHEN. A variable called case is written in backticks: `case`.",
        ),
        ("RETURN CASE a THEN 1 END", 15, "Unexpected 'THEN', expected WHEN."),
        ("MATCH (n) WHERE n.x == 1 RETURN n", 22, "Values are compared with a single =."),
        (
            "MATCH (n) WHERE n.x > RETURN n",
            30,
            "RETURN stands where something else was expected, and was taken for a name.",
        ),
        ("RETURN a && b", 10, "For && write AND."),
        ("RETURN !a", 8, "For ! write NOT."),
        ("DELETE FROM Person", 1, "MATCH (n:Label) DELETE n"),
        ("RETURN 1 +", 11, "Unexpected end of the query, expected an expression."),
        ("RETURN [1, 2", 13, "expected ']'"),
        ("RETURN 'abc", 8, "This string has no closing '."),
        ("MATCH (`a) RETURN 1", 8, "This name has no closing `."),
        ("RETURN /* abc", 8, "This comment has no closing */."),
        (r"RETURN 'ab\d'", 11, r"Unknown escape sequence \d. Write \\ for a backslash."),
        ("SHOW INDX INFO", 6, "Did you mean `INDEX INFO`?"),
        ("FOREACH (x IN [1] | MATCH (n))", 21, "expected an updating clause"),
        ("MATCH (n) WHERE n.x BETWEEN 1 AND 2 RETURN n", 21, "low <= x <= high"),
        ("MATCH (n) RETURN n LIMIT 1 ORDER BY n", 28, "before SKIP and LIMIT"),
        ("PROFILE LOAD CSV FROM 'f' AS row RETURN row", 9, "UNWIND $rows AS row"),
        ("CREATE CONSTRAINT c FOR (n:L) REQUIRE n.x IS UNIQUE", 1, "There are no constraints"),
        ("CREATE constraint = (a)-->(b", 29, "expected"),
        ("MATCH (n) SET n.x = 1 WHERE n.y", 23, "WITH * WHERE"),
        ("CYPHER 25 RETURN 1", 8, "CYPHER 5"),
        ("", 1, "The query is empty."),
        ("   ", 4, "The query is empty."),
    ],
)
def test_messages_say_where_and_what_was_expected(text: str, column: int, words: str) -> None:
    error = error_of(text)
    assert error.position is not None
    assert (error.position.line, error.position.column) == (1, column)
    assert words in str(error)


@pytest.mark.parametrize("phrase", ADVICE, ids=" ".join)
def test_words_of_other_databases_are_answered_with_advice(phrase: tuple[str, ...]) -> None:
    assert error_of(" ".join(phrase).lower() + " zzz (").summary == ADVICE[phrase]


def test_the_line_is_shown_with_a_caret() -> None:
    assert str(error_of("MATCH (n)\nRETURN n n\n// end")).splitlines()[1:] == ["  RETURN n n", "           ^"]


def test_no_message_uses_the_names_of_terminals() -> None:
    for text in (
        "RETURN",
        "MATCH",
        "MATCH (a)-",
        "MATCH (a)-[",
        "RETURN a[",
        "RETURN {",
        "CREATE",
        "RETURN n:",
        "x",
    ):
        message = error_of(text).summary
        assert "_" not in message
        assert "ANON" not in message
        assert "LPAR" not in message


@pytest.mark.parametrize("opening", ["(", "[", "{a: ", "NOT ", "- ", "CASE WHEN "])
def test_deep_nesting_is_refused_and_does_not_overflow(opening: str) -> None:
    error = error_of("RETURN " + opening * 10_000)
    assert isinstance(error, CypherSyntaxError)


@pytest.mark.parametrize("term", ["a + ", "NOT ", "- ", "a."])
def test_deep_trees_without_brackets_are_refused(term: str) -> None:
    assert "nested too deeply" in str(error_of("RETURN " + term * 2000 + "a"))


def test_brackets_may_be_as_deep_as_promised() -> None:
    parse("RETURN " + "(" * MAXIMUM_DEPTH + "1" + ")" * MAXIMUM_DEPTH)
    error = error_of("RETURN " + "(" * (MAXIMUM_DEPTH + 1) + "1" + ")" * (MAXIMUM_DEPTH + 1))
    assert "nested too deeply" in str(error)


def test_long_texts_are_refused() -> None:
    assert "too long" in str(error_of(" " * (MAXIMUM_LENGTH + 1)))


PIECES = st.sampled_from(
    [
        "MATCH",
        "RETURN",
        "WITH",
        "WHERE",
        "n",
        "x",
        "a.b",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ";",
        ".",
        "..",
        "|",
        "-",
        "<",
        ">",
        "--",
        "-->",
        "<-",
        "=",
        "+=",
        "*",
        "+",
        "/",
        "%",
        "^",
        "$p",
        "$",
        "!",
        "&",
        "1",
        "1.5",
        "0x",
        "'a'",
        '"',
        "'",
        "`",
        "`a",
        "b`",
        "IN",
        "NOT",
        "AND",
        "CASE",
        "WHEN",
        "THEN",
        "END",
        "count",
        "exists",
        "COUNT",
        "EXISTS",
        "AS",
        "CREATE",
        "SET",
        "UNION",
        "CALL",
        "YIELD",
        "//",
        "/*",
        "*/",
        "—",
        "é",
        "नि",
    ]
)


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]), st.sampled_from(["", "RETURN ", "MATCH "]))
def test_whatever_is_sent_is_parsed_or_refused(pieces: list[str], between: str, start: str) -> None:
    text = start + between.join(pieces)
    refusal: CypherError | None = None
    try:
        parse(text)
    except CypherError as error:
        refusal = error
    if refusal is not None:
        assert refusal.query == text
        assert refusal.position is not None
        assert 0 <= refusal.position.offset <= len(text)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("((a)){2}", "a single node cannot be repeated"),
        ("((a)-[*]->(b)){2}", "cannot be nested"),
        ("((a)-->+(b)){2}", "cannot be nested"),
        ("(((a)-->(b))+){2}", "cannot be nested"),
        ("(p = (a)-->(b))+", "cannot have a name inside"),
        ("(a)-[*]->+(b)", "either a length inside its brackets or a quantifier"),
        ("(a)-->{0}(b)", "at least one repetition"),
        ("(a)-->{3,1}(b)", "the wrong way round"),
        ("p = (q = (a)-->(b))", "two names"),
    ],
)
def test_quantified_paths_that_make_no_sense(pattern: str, message: str) -> None:
    with pytest.raises(CypherError, match=message):
        parse(f"MATCH {pattern} RETURN 1")


def test_chains_of_comparisons_within_chains_end_in_an_answer_or_an_error() -> None:
    parse("RETURN " + "(0 < " * 5 + "1" + " < 2)" * 5)
    with pytest.raises(CypherSyntaxError, match="stands between two comparisons is too large"):
        parse("RETURN " + "(0 < " * 60 + "1" + " < 2)" * 60)


@pytest.mark.parametrize("words", NOT_SHOWN)
def test_what_others_show_is_answered_with_what_there_is_not(words: str) -> None:
    assert error_of(f"SHOW {words.lower()}").summary == NOT_SHOWN[words]
