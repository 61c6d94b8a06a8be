"""Text to tokens, and what a token is where its text alone does not say.

One regular expression cuts the whole text into tokens; brackets are paired on the way. Most tokens
are what they look like. For the others (``AMBIGUOUS``) the parser asks with :meth:`Tokens.resolve` when
it comes to them, naming the terminals that the grammar has a place for:

* a word is a keyword where one fits, otherwise a name;
* a word before ``(``, with its namespace, is a function;
* ``(`` opens a node where a relationship follows the closing bracket, or where only a node fits; it opens a path
  where a path stands inside, which in an expression has to be quantified;
* ``[`` opens a comprehension where ``x IN``, or a pattern, follows and no list goes on behind it;
* ``|`` divides labels and types, except where it begins the projection of a comprehension (``bars.py``);
* ``::`` parts an enumeration from its value where a name stands before it and no type behind it;
* words where a type fits are one type, as many as belong to it;
* ``-``, ``<`` and ``>`` are part of a relationship where one fits (which is next to a node only).

Both the length of a text and the depth of its brackets are bounded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Sequence

from lithograph.cypher.ast import Position
from lithograph.cypher.bars import begins_projection
from lithograph.cypher.errors import (
    CypherSyntaxError,
    InvalidUnicodeCharacterError,
)
from lithograph.cypher.grammar import tables
from lithograph.cypher.type_names import LONGEST, OPENINGS, TYPE_NAMES

MAXIMUM_LENGTH = 4_000_000
"""The longest query text, in characters."""

MAXIMUM_DEPTH = 150
"""The deepest nesting of brackets, and of the syntax tree."""

END = "$END"
_LOOK_AHEAD = 3
"""How many tokens beyond the present one are looked at without asking whether they exist."""

AMBIGUOUS = frozenset({"WORD", "QUOTED", "LPAR", "LSQB", "VBAR", "MINUS", "LESS", "MORE", "TYPED_AS"})

_TOKEN = re.compile(
    r"""(?: [\s\ufeff]+ | //[^\n\r]* | /\*(?s:.)*?\*/ )*
    (?: (?P<word> [^\W\d]\w* )
      | (?P<symbol> <= | >= | <> | != | =~ | \+= | \.\. | :: | \|\| | /(?!\*) | (?!\.\d) [-+*%^=<>()\[\]{},.:;|&!] | \$(?=\s*\() )
      | (?P<number> 0[xXoO]\w* | (?: \d[\d_]*\.(?![.\w]) | (?: \d[\d_]* )?\.\d[\d_]* | \d[\d_]*\.(?=[eE][-+]?\d)
                                     | \d[\d_]* )
                                 (?: [eE][-+]?\d+ )? \w* )
      | (?P<string> '(?:[^'\\]|\\(?s:.))*' | "(?:[^"\\]|\\(?s:.))*" )
      | (?P<parameter> \$(?: \w+ | `(?:[^`]|``)*` ) )
      | (?P<quoted> `(?:[^`]|``)*` )
      | (?P<end> \Z )
      | (?P<bad> (?s:.) )
    )""",
    re.VERBOSE,
)
_WORD, _SYMBOL, _NUMBER = (_TOKEN.groupindex[name] for name in ("word", "symbol", "number"))
_PLAIN = {
    _TOKEN.groupindex["word"]: "WORD",
    _TOKEN.groupindex["string"]: "STRING",
    _TOKEN.groupindex["parameter"]: "PARAMETER",
    _TOKEN.groupindex["quoted"]: "QUOTED",
    _TOKEN.groupindex["end"]: END,
}
_BAD = _TOKEN.groupindex["bad"]
_INTEGER = re.compile(r"\d[\d_]*|0[xXoO]\w*")

_LINE_BREAK = re.compile(r"\r\n|\n|\r")

_CLOSING = {"(": ")", "[": "]", "{": "}"}

_BEFORE_BRACE = frozenset({"EXISTS", "COUNT", "COLLECT"})
"""Keywords that are names unless a brace follows."""

_TRIM_SIDES = frozenset({"BOTH", "LEADING", "TRAILING"})
"""Keywords that are names unless FROM follows."""

_TESTS = {
    "IN": frozenset[str](),
    "CONTAINS": frozenset[str](),
    "STARTS": frozenset({"WITH"}),
    "ENDS": frozenset({"WITH"}),
    "IS": frozenset({"NULL", "NOT", "TYPED", "NORMALIZED", "NFC", "NFD", "NFKC", "NFKD"}),
}
"""Operators that may follow WHEN, where a name may too; and the words behind them, where it is always one of a few."""

_ENDS_A_NAME = frozenset({"DOT", "COMMA", "RPAR", "RSQB", "RBRACE", "COLON", "EQUAL", "VBAR", "SLASH"})
"""No keyword that could also be a name is followed by one of these, but for ``_FOLLOWED``."""

_BEGINS_A_LABEL = frozenset({"QUOTED", "BANG", "PERCENT", "LPAR", "DOLLAR"})

_FOLLOWED = frozenset({"NULL", "TRUE", "FALSE", "ON", "NORMALIZED"})

_NAME_ESCAPE = re.compile(r"``|\\u([0-9a-fA-F]{4})")


def quoted_name(text: str) -> str:
    """The name that stands in backticks: a doubled one is one, ``\\uXXXX`` the character of that number.

    No other escapes, so that a backslash is a backslash; and none of halves of surrogate pairs, which are no
    characters.
    """
    name = text[1:-1]
    return _NAME_ESCAPE.sub(_name_escape, name) if "`" in name or "\\u" in name else name


def _name_escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "`"
    number = int(match[1], 16)
    return match[0] if 0xD800 <= number < 0xE000 else chr(number)


def line_starts(text: str) -> list[int]:
    """The offsets at which the lines of a text begin."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def line_and_column(lines: list[int], offset: int) -> Position:
    """Where an offset is in a text whose lines begin at ``lines``."""
    line = bisect_right(lines, offset)
    return Position(offset, line, offset - lines[line - 1] + 1)


class Tokens:
    """The tokens of a text. Lists run in parallel and end with ``END``, some of them to be looked ahead at."""

    __slots__ = ("_lines", "_positions", "cursor", "ends", "kinds", "mates", "oversized", "starts", "text")

    def __init__(self, text: str) -> None:
        if len(text) > MAXIMUM_LENGTH:
            raise CypherSyntaxError(
                f"The query text is too long: {len(text)} characters, of at most {MAXIMUM_LENGTH}. "
                "Pass data as parameters."
            )
        self.text = text
        self.kinds: list[str] = []
        """the terminal, or one of ``AMBIGUOUS``"""
        self.starts: list[int] = []
        """offset of the first character"""
        self.ends: list[int] = []
        """offset behind the last character"""
        self.mates: dict[int, int] = {}
        """number of the closing token for that of each opening bracket"""
        self.cursor = 0
        """number of the token the parser is about to take"""
        self.oversized: set[int] = set()
        """numbers of the tokens 9223372036854775808, until a minus sign before them makes them right"""
        self._lines: list[int] | None = None
        self._positions: dict[int, Position] = {}
        self._scan()

    def _scan(self) -> None:
        text, symbols = self.text, tables().symbols
        kinds, starts, ends = self.kinds, self.starts, self.ends
        open_brackets: list[int] = []
        for match in _TOKEN.finditer(text):
            group = match.lastindex
            assert group is not None
            start, end = match.span(group)
            if group == _SYMBOL:
                symbol = text[start:end]
                kind = symbols[symbol]
                if symbol in "([{":
                    open_brackets.append(len(kinds))
                    if len(open_brackets) > MAXIMUM_DEPTH:
                        raise CypherSyntaxError(
                            f"Brackets are nested too deeply; {MAXIMUM_DEPTH} levels are the limit.",
                            text,
                            self.position_of(start),
                        )
                elif symbol in ")]}" and open_brackets:
                    opening = open_brackets.pop()
                    if _CLOSING[text[starts[opening]]] == symbol:
                        self.mates[opening] = len(kinds)
            elif group == _NUMBER:
                kind = "INTEGER" if _INTEGER.fullmatch(text, start, end) else "FLOAT"
            elif group == _BAD:
                self._bad(start)
                continue
            else:
                kind = _PLAIN[group]
                if group == _WORD and kinds and ends[-1] == start and kinds[-1] == "WORD":
                    ends[-1] = end  # goes on behind a combining mark
                    continue
            kinds.append(kind)
            starts.append(start)
            ends.append(end)
            if kind == END:
                break
        kinds.extend(kinds[-1:] * _LOOK_AHEAD)
        starts.extend(starts[-1:] * _LOOK_AHEAD)
        ends.extend(ends[-1:] * _LOOK_AHEAD)

    def _bad(self, start: int) -> None:
        """A character that begins no token: part of the word before it, or an error."""
        character = self.text[start]
        if ("a" + character).isidentifier() and self.kinds and self.ends[-1] == start:
            if self.kinds[-1] in ("WORD", "QUOTED"):
                self.ends[-1] = start + 1  # a combining mark: a letter to Unicode, none to Python's \w
                return
        position = self.position_of(start)
        if character in "'\"`":
            what = "name" if character == "`" else "string"
            raise CypherSyntaxError(f"This {what} has no closing {character}.", self.text, position)
        if self.text.startswith("/*", start):
            raise CypherSyntaxError("This comment has no closing */.", self.text, position)
        if character == "$":
            raise CypherSyntaxError("A parameter needs a name after the $.", self.text, position)
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        kind = CypherSyntaxError if character.isascii() else InvalidUnicodeCharacterError
        raise kind(f"Unexpected character {shown!r}.", self.text, position)

    # ------------------------------------------------------------ places

    def at(self, token: int) -> Position:
        """Where a token begins."""
        position = self._positions.get(token)
        if position is None:
            position = self._positions[token] = self.position_of(self.starts[token])
        return position

    def position_of(self, offset: int) -> Position:
        """Line and column of an offset."""
        if self._lines is None:
            self._lines = line_starts(self.text)
        return line_and_column(self._lines, offset)

    def source(self, first: int, behind: int) -> str:
        """The text from one token up to the one before another, as written."""
        return self.text[self.starts[first] : self.ends[behind - 1]]

    def value(self, token: int) -> str:
        """The text of a token."""
        return self.text[self.starts[token] : self.ends[token]]

    # ------------------------------------------------------------ ambiguous tokens

    def resolve(
        self, token: int, fitting: Container[str], states: Sequence[int]
    ) -> tuple[str, str | None, int]:
        """(terminal, value where it is not the text, number of tokens it takes) of an ambiguous token.

        Args:
            token: its number.
            fitting: the terminals that the parser's state has an entry for.
            states: the stack of states, for ``Tables.fits``, where that leaves a choice.
        """
        kind = self.kinds[token]
        if kind == "WORD" or kind == "QUOTED":
            return self._resolve_word(token, kind, fitting, states)
        if kind == "LPAR":
            if "_NODE_OPEN" in fitting or "_GROUP_OPEN" in fitting:
                kind = self._resolve_parenthesis(token, fitting, states)
        elif kind == "LSQB":
            if "_COMPREHENSION" in fitting:
                kind = self._resolve_bracket(token)
        elif kind == "VBAR":
            if "_TYPE_BAR" in fitting and self._is_type_bar(token, states):
                kind = "_TYPE_BAR"
            elif "_LABEL_BAR" in fitting and ("VBAR" not in fitting or self._is_label_bar(token, states)):
                kind = "_LABEL_BAR"
        elif kind == "TYPED_AS":
            if "_ENUM_OF" in fitting and self._is_enum(token):
                kind = "_ENUM_OF"
        elif _ARROW[kind] in fitting:
            kind = _ARROW[kind]
        return kind, None, 1

    def _resolve_parenthesis(self, token: int, fitting: Container[str], states: Sequence[int]) -> str:
        expression = "LPAR" in fitting and tables().fits(states, "LPAR")
        if "_GROUP_OPEN" in fitting and self._is_group(token, expression):
            return "_GROUP_OPEN"
        if "_NODE_OPEN" in fitting and (not expression or self._begins_path(token)):
            return "_NODE_OPEN"
        return "LPAR"

    def _is_group(self, opening: int, quantified: bool) -> bool:
        """Whether a bracket holds a whole path; ``quantified``: only with a quantifier behind it."""
        kinds = self.kinds
        inner = opening + 1
        if kinds[inner] in ("WORD", "QUOTED") and kinds[inner + 1] == "EQUAL":
            inner += 2
        if kinds[inner] != "LPAR":
            return False
        if not quantified:
            return True
        closing = self.mates.get(opening, -1)
        behind = closing >= 0 and kinds[closing + 1] in ("PLUS", "STAR", "LBRACE")
        return behind and self._begins_path(inner)

    def _behind_quantifier(self, token: int) -> int:
        """The token behind a quantifier, or the token itself where there is none."""
        kind = self.kinds[token]
        if kind == "LBRACE":
            return self.mates.get(token, token) + 1
        return token + 1 if kind in ("PLUS", "STAR") else token

    def _resolve_word(
        self, token: int, kind: str, fitting: Container[str], states: Sequence[int]
    ) -> tuple[str, str, int]:
        word = self.text[self.starts[token] : self.ends[token]]
        named = "NAME" in fitting
        following = self.kinds[token + 1]
        if kind == "WORD":
            if "TYPE" in fitting and (found := self._type_at(token)) is not None:
                return found
            keyword = tables().words.get(word.upper())
            if (
                keyword is not None
                and keyword in fitting
                and not (named and self._is_name_after_all(token, keyword, states))
            ):
                return keyword, word, 1
        else:
            word = quoted_name(word)
        if "FUNCTION" in fitting and (following == "LPAR" or following == "DOT"):
            behind = self._behind_namespace(token)
            if self.kinds[behind] == "LPAR":
                return "FUNCTION", self._dotted(token, behind), behind - token
        return "NAME", word, 1

    def _is_name_after_all(self, token: int, keyword: str, states: Sequence[int]) -> bool:
        following = self.kinds[token + 1]
        if keyword in _BEFORE_BRACE:
            return following != "LBRACE"
        if following in _ENDS_A_NAME and keyword not in _FOLLOWED:
            return True
        if keyword in _TRIM_SIDES:
            return not self._trims(token)
        if keyword in _TESTS:
            return not self._tests(token, keyword)
        return not tables().fits(states, keyword)

    def _type_at(self, token: int) -> tuple[str, str, int] | None:
        """The type that begins at a word, as long as it gets; or ``LIST <`` and the like."""
        words: list[str] = []
        while len(words) < LONGEST and self.kinds[token + len(words)] == "WORD":
            words.append(self.value(token + len(words)).upper())
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            if name in OPENINGS and self.kinds[token + count] == "LESS":
                return OPENINGS[name], name, count + 1
            if name in TYPE_NAMES:
                return "TYPE", TYPE_NAMES[name], count
        return None

    def _trims(self, token: int) -> bool:
        """Whether a FROM stands in the same bracket behind a word."""
        while self.kinds[token] not in ("RPAR", "COMMA", END):
            token = self.mates.get(token, token) + 1
            if self.kinds[token] == "WORD" and self.value(token).upper() == "FROM":
                return True
        return False

    def _tests(self, token: int, keyword: str) -> bool:
        """Whether a word after WHEN, or IS in a pattern, is an operator without a left side, not a variable or function."""
        following, word = self.kinds[token + 1], self.value(token + 1).upper()
        if keyword == "IS" and self.kinds[token - 1] in (
            "LPAR",
            "LSQB",
        ):  # of a pattern: (IS Label), not (is IS Label)
            return following in _BEGINS_A_LABEL or (following == "WORD" and word not in ("IS", "WHERE"))
        if following == "TYPED_AS":
            return keyword == "IS"
        if following == "WORD":
            return word in _TESTS[keyword] if _TESTS[keyword] else word != "THEN"
        if following == "LSQB":
            return keyword == "IN"
        return not _TESTS[keyword] and following in ("STRING", "PARAMETER", "QUOTED")

    def _behind_namespace(self, token: int) -> int:
        kinds = self.kinds
        token += 1
        while kinds[token] == "DOT" and kinds[token + 1] in ("WORD", "QUOTED"):
            token += 2
        return token

    def _dotted(self, first: int, behind: int) -> str:
        parts = (self.value(token) for token in range(first, behind, 2))
        return ".".join(quoted_name(part) if part[0] == "`" else part for part in parts)

    def _begins_path(self, opening: int) -> bool:
        """Whether a bracket holds a node, and a relationship and another node follow it.

        ``(a)--(b)`` is one, ``(a) - -(b)`` subtracts; the two dashes have to touch where nothing else
        tells the one from the other.
        """
        kinds = self.kinds
        token = self.mates.get(opening, -1) + 1
        if token == 0 or not self._is_like_node(opening):
            return False
        if kinds[token] == "LPAR":
            return self._is_group(token, True)
        headed = kinds[token] == "LESS"
        if headed:
            token += 1
            if self.ends[token - 1] != self.starts[token]:
                return False
        if kinds[token] != "MINUS":
            return False
        token += 1
        if kinds[token] == "LSQB":
            headed = True
            token = self.mates.get(token, token) + 1
        if kinds[token] != "MINUS":
            return False
        touching = self.ends[token - 1] == self.starts[token]
        token += 1
        if kinds[token] == "MORE":
            headed = True
            token += 1
        token = self._behind_quantifier(token)
        return kinds[token] == "LPAR" and (headed or touching)

    def _is_like_node(self, opening: int) -> bool:
        kinds = self.kinds
        first, second = kinds[opening + 1], kinds[opening + 2]
        if first == "WORD" or first == "QUOTED":
            return (
                second in ("RPAR", "COLON", "LBRACE", "PARAMETER")
                or self._is_word("WHERE", opening + 1)
                or self._is_word("WHERE", opening + 2)
                or (
                    self._is_word("IS", opening + 2)
                    and not self._is_word("NOT", opening + 3)
                    and not self._is_word("NULL", opening + 3)
                )
            )
        return first in ("RPAR", "COLON", "LBRACE", "PARAMETER")

    def _is_word(self, word: str, token: int) -> bool:
        return self.kinds[token] == "WORD" and self.value(token).upper() == word

    def _resolve_bracket(self, opening: int) -> str:
        kinds = self.kinds
        first, second = kinds[opening + 1], kinds[opening + 2]
        if first == "LPAR":
            return "_PATTERN_COMPREHENSION" if self._begins_path(opening + 1) else "LSQB"
        if first not in ("WORD", "QUOTED"):
            return "LSQB"
        if second == "EQUAL" and kinds[opening + 3] == "LPAR" and self._begins_path(opening + 3):
            return "_PATTERN_COMPREHENSION"
        if second == "WORD" and self.value(opening + 2).upper() == "IN" and not self._has_comma(opening):
            return "_COMPREHENSION"
        return "LSQB"

    def _has_comma(self, opening: int) -> bool:
        """Whether a comma stands straight inside a bracket, and not between WHEN and THEN."""
        closing = self.mates.get(opening, opening)
        token = opening + 1
        within_case, tests = False, 0
        while token < closing:
            kind = self.kinds[token]
            if kind == "COMMA" and not tests:
                return True
            if kind == "WORD":
                word = self.value(token).upper()
                within_case |= word == "CASE"
                if within_case and word in ("WHEN", "THEN"):
                    tests = tests + 1 if word == "WHEN" else max(0, tests - 1)
            token = self.mates.get(token, token) + 1
        return False

    def _is_enum(self, colons: int) -> bool:
        """Whether a name stands behind ``::`` and no type."""
        following = self.kinds[colons + 1]
        return following == "QUOTED" or (following == "WORD" and self._type_at(colons + 1) is None)

    def is_type(self, token: int) -> bool:
        """Whether the name of a type begins at a token."""
        return self.kinds[token] == "WORD" and self._type_at(token) is not None

    def _is_type_bar(self, bar: int, states: Sequence[int]) -> bool:
        return (
            self.is_type(bar + 1) and tables().fits(states, "_TYPE_BAR") and not self._projects(bar, states)
        )

    def _is_label_bar(self, bar: int, states: Sequence[int]) -> bool:
        return tables().fits(states, "_LABEL_BAR") and not self._projects(bar, states)

    def _projects(self, bar: int, states: Sequence[int]) -> bool:
        return self._in_comprehension(bar) and tables().fits(states, "VBAR") and begins_projection(self, bar)

    def _in_comprehension(self, bar: int) -> bool:
        """Whether the innermost bracket around a bar is a square one that does not belong to an arrow."""
        enclosing = max((opening for opening, mate in self.mates.items() if opening < bar < mate), default=0)
        return self.kinds[enclosing] == "LSQB" and self.kinds[enclosing - 1] != "MINUS"


_ARROW = {"MINUS": "_DASH", "LESS": "_TIP_LEFT", "MORE": "_TIP_RIGHT"}
