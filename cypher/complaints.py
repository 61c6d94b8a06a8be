"""What to say of a token that does not fit: what was found, and in a person's words what could stand there."""

from __future__ import annotations

from lithograph.cypher.errors import (
    CypherSyntaxError,
    InvalidRelationshipPatternError,
    suggestion,
)
from lithograph.cypher.foreign import advice
from lithograph.cypher.grammar import tables
from lithograph.cypher.lexer import END, Tokens

_IN_WORDS = {
    "NAME": "a name",
    "INTEGER": "an integer",
    "FLOAT": "a float",
    "PARAMETER": "a parameter",
    "_NODE_OPEN": "a node in parentheses",
    "_GROUP_OPEN": "a node in parentheses",
    "_DASH": "a relationship",
    "_TIP_LEFT": "a relationship",
    "_TIP_RIGHT": "'>'",
    "_LABEL_BAR": "'|'",
    "FUNCTION": "a function",
    "STRING": "a string",
    "TYPE": "a type such as INTEGER or LIST<STRING>",
    "_LIST_OPEN": "a type such as INTEGER or LIST<STRING>",
    "_UNION_OPEN": "a type such as INTEGER or LIST<STRING>",
    "_TYPE_BAR": "'|'",
    END: "the end of the query",
}

_EXPRESSION = frozenset(
    {
        "_COMPREHENSION", "_GROUP_OPEN", "_NODE_OPEN", "_PATTERN_COMPREHENSION", "CASE", "COLLECT", "COUNT", "EXISTS", "FALSE",
        "FLOAT", "FUNCTION", "INTEGER", "LBRACE", "LPAR", "LSQB", "MINUS", "NAME", "NOT", "NULL", "PARAMETER", "PLUS",
        "STRING", "TRUE",
    }
)  # fmt: skip
_OPERATORS = frozenset(
    {
        "_ENUM_OF", "AND", "CIRCUMFLEX", "COLON", "CONCATENATE", "CONTAINS", "DOT", "ENDS", "EQUAL", "IN", "IS", "LESS", "LESS_EQUAL", "LSQB",
        "MATCHES", "MINUS", "MORE", "MORE_EQUAL", "OR", "PERCENT", "PLUS", "SLASH", "STAR", "STARTS", "TYPED_AS",
        "UNEQUAL", "UNEQUAL_AS_IN_C", "XOR",
    }
)  # fmt: skip
_CLAUSES = frozenset(
    {
        "CALL", "CREATE", "DELETE", "DETACH", "FINISH", "FOREACH", "INSERT", "MATCH", "MERGE", "NODETACH", "OPTIONAL", "REMOVE", "RETURN", "SET",
        "UNION", "UNWIND", "USING", "WITH",
    }
)  # fmt: skip
_STATEMENTS = _CLAUSES | {
    "ALTER", "BEGIN", "COMMIT", "CYPHER", "DATA", "DROP", "DUMP", "EXPLAIN", "FREE", "LOCK", "PROFILE", "RECOVER", "ROLLBACK", "SHOW",
    "STORAGE", "TERMINATE", "UNLOCK",
}  # fmt: skip

_GROUPS = (
    (frozenset({"STRING", "FUNCTION", "CASE"}), _EXPRESSION, "an expression"),
    (frozenset({"_NODE_OPEN", "STAR", "LBRACE"}), frozenset({"PLUS", "STAR", "LBRACE"}), "a quantifier"),
    (frozenset({"SHORTEST", "ANY"}), frozenset({"SHORTEST", "ANY", "ALL"}), "SHORTEST, ANY or ALL"),
    (frozenset({"AND", "PLUS"}), _OPERATORS, "an operator"),
    (frozenset({"LESS", "IN", "TYPED_AS"}), _OPERATORS, "a comparison"),
    (frozenset({"EXPLAIN", "MATCH"}), _STATEMENTS, "a statement such as MATCH, CREATE or RETURN"),
    (frozenset({"RETURN", "MATCH"}), _CLAUSES, "a clause such as MATCH, CREATE or RETURN"),
    (frozenset({"CREATE", "SET"}), _CLAUSES, "an updating clause"),
)
"""Terminals that show what a group is, the whole group, and what to call it."""


def unexpected(tokens: Tokens, token: int, states: list[int], terminal: str) -> CypherSyntaxError:
    """The error for a token that fits nowhere.

    Args:
        tokens: all the tokens.
        token: the number of the one that does not fit.
        states: the parser's stack of states at that point.
        terminal: what the token was taken for.
    """
    position = tokens.at(token)
    if terminal == END and token == 0:
        return CypherSyntaxError("The query is empty.", tokens.text, position)
    kind = InvalidRelationshipPatternError if _in_relationship(tokens, token) else CypherSyntaxError
    known = advice(tokens, token)
    if known is not None:
        phrase, said = known
        return kind(said, tokens.text, tokens.at(phrase))
    fitting = [name for name in tables().rows[states[-1]] if name.isupper() and tables().fits(states, name)]
    found = "end of the query" if terminal == END else f"'{_shortened(tokens.value(token))}'"
    expected = _listed(fitting)
    hint = _hint(tokens, token, fitting)
    message = f"Unexpected {found}" + (f", expected {expected}." if expected else ".") + hint
    return kind(message, tokens.text, position)


def _hint(tokens: Tokens, token: int, fitting: list[str]) -> str:
    """What may have been meant, as a sentence behind the others, or nothing."""
    kinds = tokens.kinds
    before = kinds[token - 1] if token else END
    if fitting == ["EQUAL"] and kinds[0] == "WORD" and tokens.value(0).upper() != "CYPHER":
        return " A node is written in parentheses: (n)."
    if kinds[token] == "EQUAL" == before:
        return " Values are compared with a single =."
    if kinds[token] == "AMPERSAND" == kinds[token + 1]:
        return " For && write AND."
    if kinds[token] == "BANG" and "NOT" in fitting:
        return " For ! write NOT."
    if _reads_clause_as_name(tokens, token - 1, fitting):
        return (
            f" {tokens.value(token - 1)} stands where something else was expected, and was taken for a name."
        )
    if "WHEN" in fitting and not _has_word("END", tokens, token):
        return " A variable called case is written in backticks: `case`."
    if kinds[token] == "WORD" and len(tokens.value(token)) > 2:
        return suggestion(tokens.value(token), _words(fitting)).replace("`", "")
    return ""


def _reads_clause_as_name(tokens: Tokens, token: int, fitting: list[str]) -> bool:
    """Whether a word that begins a clause was taken for a variable, since what should stand before it is missing."""
    is_word = token >= 0 and tokens.kinds[token] == "WORD" and tokens.value(token).upper() in _CLAUSES
    return is_word and {"AND", "PLUS"} <= set(fitting)


def _has_word(word: str, tokens: Tokens, start: int) -> bool:
    """Whether a word stands anywhere from a token on."""
    rest = range(start, len(tokens.kinds))
    return any(tokens.kinds[each] == "WORD" and tokens.value(each).upper() == word for each in rest)


def _words(fitting: list[str]) -> list[str]:
    words = set(tables().words.values())
    return [name for name in fitting if name in words]


def _listed(fitting: list[str]) -> str:
    """``an expression, DISTINCT or '*'``."""
    names = set(fitting)
    parts: list[str] = []
    for signs, group, called in _GROUPS:
        if signs <= names:
            names -= group
            parts.append(called)
    if "_DASH" in names and "_TIP_LEFT" not in names:  # the second half of an arrow
        names.remove("_DASH")
        parts.append("'-'")
    if "COLON" in names:
        names.discard("IS")  # another way to write the colon before a label
    symbols = {terminal: text for text, terminal in tables().symbols.items()}
    for name in sorted(names, key=lambda name: (name == END, name not in symbols, name)):
        if name == "SEMICOLON":
            continue  # true, and of no help
        part = _IN_WORDS.get(name) or (f"'{symbols[name]}'" if name in symbols else name)
        if part not in parts:
            parts.append(part)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} or {parts[-1]}"


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _in_relationship(tokens: Tokens, token: int) -> bool:
    """Whether the innermost bracket around a token belongs to an arrow."""
    depth = 0
    for before in range(token - 1, 0, -1):
        kind = tokens.kinds[before]
        if kind in ("RPAR", "RSQB", "RBRACE"):
            depth += 1
        elif kind in ("LPAR", "LSQB", "LBRACE"):
            if depth == 0:
                return kind == "LSQB" and tokens.kinds[before - 1] == "MINUS"
            depth -= 1
    return False
