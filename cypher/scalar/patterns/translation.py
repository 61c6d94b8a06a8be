r"""Java's regular expressions (``java.util.regex.Pattern``) in the syntax of the library ``regex``, version 1.

What Java has and ``regex`` writes otherwise is rewritten: ``\Q…\E``, ``\z`` and ``\Z``, ``\h``, ``\R``, ``\x{1F600}``,
``(?<name>…)``, ``.`` ``^`` ``$`` with Java's line breaks, classes with ``&&``, flags, ASCII or Unicode. What ``regex`` has and
Java has not (fuzzy matches, recursion, verbs) is an error here, so that a pattern means the same everywhere. Of Java
``\b{g}``, ``CANON_EQ`` and ``LITERAL`` are missing.

Groups that nobody refers to are not captured: the library keeps every capture of a repeated group.

How many steps a match may take is known roughly for patterns whose repetitions are not within each other: so many
choices, times the length of the text to the power of the repetitions.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from lithograph.cypher.scalar.patterns.character_sets import of_letter, of_property

MAXIMUM_LENGTH = 20_000
"""The longest pattern, in characters; a longer one takes the library seconds to compile."""

MAXIMUM_DEPTH = 60
"""The deepest nesting of groups and classes."""

MAXIMUM_EMPTY_ROUNDS = 1000
"""The greatest number of times that what may be empty has to be matched: the library keeps a note of each, and asks for
no time meanwhile."""

UNKNOWN = 1000
"""The degree of a pattern whose steps nobody can foresee."""

_MANY_CHOICES = 1 << 40
_LONGEST_LITERAL = 64
_BARRIER = r"(?:\A|(?<!\A))"
"""Always true; the library's preparation of a literal takes time to the third power of its length, so none gets long."""

_BREAKS = r"\n\r\x85\u2028\u2029"
_FLAGS = frozenset("idmsuxU")
_QUANTIFIER = re.compile(r"[*+?]|\{(\d+)(?:(,)(\d*))?\}")
_MOST_REPEATS = 2**31 - 1
_CHARACTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_HEXADECIMAL = re.compile(r"x([0-9a-fA-F]{2})|x\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})")
_OCTAL = re.compile(r"0([0-3][0-7]{2}|[0-7]{1,2})")
_NAMED = re.compile(r"N\{([^}]+)\}")
_PROPERTY = re.compile(r"[pP](?:\{([^}]*)\}|([A-Za-z]))")
_INLINE_FLAGS = re.compile(r"\?([a-zA-Z]*)(?:(-)([a-zA-Z]*))?([:)])")
_GROUP_NAME = re.compile(r"\?<([a-zA-Z][a-zA-Z0-9]*)>")
_OPENINGS = ("?:", "?=", "?!", "?<=", "?<!", "?>")
_GROUP = re.compile("\0(\\d+)\0")

_DIGITS = tuple("0123456789")

Flags = frozenset[str]


class PatternError(Exception):
    """A pattern that is none: what is wrong with it, and the index of the character where."""

    def __init__(self, what: str, index: int) -> None:
        super().__init__(what)
        self.what = what
        self.index = index


@dataclass(frozen=True, slots=True)
class Translation:
    """A pattern for ``regex``, and how many steps a match takes: at the most about
    ``choices * len(pattern) * len(text) ** degree``."""

    pattern: str
    choices: int
    degree: int


class _Piece(NamedTuple):
    """A translated part of a pattern."""

    text: str
    choices: int = 1
    degree: int = 0
    consumes: bool = False
    """Whether it matches one character at least."""
    rounds: int = 1
    """How often at the least something that may be empty is matched."""


def translate(pattern: str) -> Translation:
    """Java's ``pattern`` for ``regex``.

    Raises:
        PatternError
    """
    if len(pattern) > MAXIMUM_LENGTH:
        raise PatternError(f"more than {MAXIMUM_LENGTH} characters", MAXIMUM_LENGTH)
    return _Translator(pattern).translated()


class _Translator:
    """The translation of one pattern, read once from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._groups = 0
        self._names: dict[str, int] = {}
        self._referred: set[int] = set()
        self._depth = 0
        self._run = 0  # single characters since the last barrier

    def translated(self) -> Translation:
        piece = self._alternatives(frozenset())
        if self._at < len(self._pattern):
            raise PatternError("a ) without its (", self._at)
        text = _GROUP.sub(lambda m: f"(?P<g{m[1]}>" if int(m[1]) in self._referred else "(?:", piece.text)
        return Translation(text, piece.choices, piece.degree)

    # ------------------------------------------------------------ reading

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self, expected: str) -> bool:
        if self._pattern.startswith(expected, self._at):
            self._at += len(expected)
            return True
        return False

    def _taken(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match = expression.match(self._pattern, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _skip_comments(self, flags: Flags) -> None:
        """With the flag x white space means nothing, and neither does what stands behind #."""
        while "x" in flags and (character := self._peek()):
            if character == "#":
                while self._peek() not in ("", "\n", "\r", "\x85", "\u2028", "\u2029"):
                    self._at += 1
            elif character in " \t\n\x0b\f\r":
                self._at += 1
            else:
                return

    # ------------------------------------------------------------ structure

    def _alternatives(self, flags: Flags) -> _Piece:
        """Up to the closing bracket, or to the end."""
        branches: list[_Piece] = []
        pieces: list[_Piece] = []
        while True:
            self._skip_comments(flags)
            character = self._peek()
            if character == "" or character == ")":
                break
            if character == "|":
                self._at += 1
                branches.append(_sequence(pieces))
                pieces = []
            elif character == "(" and (found := self._changed_flags(flags)) is not None:
                flags = found
            elif self._take("\\Q"):
                self._quoted(pieces, flags)
            else:
                pieces.append(self._quantified(self._atom(flags), flags))
        branches.append(_sequence(pieces))
        return (
            branches[0]
            if len(branches) == 1
            else _Piece(
                "|".join(branch.text for branch in branches),
                min(_MANY_CHOICES, sum(branch.choices for branch in branches)),
                max(branch.degree for branch in branches),
                all(branch.consumes for branch in branches),
                max(branch.rounds for branch in branches),
            )
        )

    def _changed_flags(self, flags: Flags) -> Flags | None:
        """The flags after ``(?i)`` and its like, which hold to the end of the group; None for another group."""
        opening = self._at
        match = _INLINE_FLAGS.match(self._pattern, opening + 1)
        if match is None or match[4] != ")":
            return None
        self._at = match.end()
        return self._with(flags, match, opening)

    def _with(self, flags: Flags, match: re.Match[str], opening: int) -> Flags:
        for letter in match[1] + (match[3] or ""):
            if letter not in _FLAGS:
                raise PatternError(
                    f"no flag {letter}; there are {', '.join(sorted(_FLAGS, key=str.lower))}", opening
                )
        return (flags | frozenset(match[1])) - frozenset(match[3] or "")

    def _quoted(self, pieces: list[_Piece], flags: Flags) -> None:
        """What stands between ``\\Q`` and ``\\E``, or the end, is meant to the letter."""
        end = self._pattern.find("\\E", self._at)
        stop = len(self._pattern) if end < 0 else end
        literal = self._pattern[self._at : stop]
        self._at = stop if end < 0 else stop + 2
        characters = [self._character(character, flags) for character in literal]
        if characters:
            characters[-1] = self._quantified(characters[-1], flags)
        pieces += characters

    def _quantified(self, piece: _Piece, flags: Flags) -> _Piece:
        self._skip_comments(flags)
        start = self._at
        match = self._taken(_QUANTIFIER)
        if match is None:
            return piece
        least, most = _repeats(match)
        if (most is not None and (most < least or most > _MOST_REPEATS)) or least > _MOST_REPEATS:
            raise PatternError(f"{match[0]} is no number of repetitions", start)
        mode = self._peek() if self._peek() in ("?", "+") else ""
        self._at += bool(mode)
        text = f"{piece.text}{match[0]}{mode}"
        consumes = piece.consumes and least > 0
        rounds = piece.rounds if piece.consumes else piece.rounds * max(1, least)
        if rounds > MAXIMUM_EMPTY_ROUNDS:
            raise PatternError(f"more than {MAXIMUM_EMPTY_ROUNDS} repetitions of what may be empty", start)
        simple = piece.choices == 1 and piece.degree == 0 and piece.consumes
        if most == least == 1 or (simple and most == least):
            return _Piece(text, piece.choices, piece.degree, consumes, rounds)
        if most == 1:
            return _Piece(text, piece.choices + 1, piece.degree, consumes, rounds)
        return _Piece(text, 1, 1 if simple else UNKNOWN, consumes, rounds)

    def _atom(self, flags: Flags) -> _Piece:
        start = self._at
        character = self._peek()
        self._at += 1
        match character:
            case "(":
                return self._group(flags, start)
            case "[":
                return self._single(self._set(flags, start), flags)
            case "\\":
                return self._escape(flags, start)
            case ".":
                return self._any(flags)
            case "^":
                return _Piece(_beginning(flags))
            case "$":
                return _Piece(_end_of_line(flags) if "m" in flags else _end(flags))
            case "*" | "+" | "?" | "{":
                raise PatternError(f"nothing for {character} to repeat", start)
        return self._character(character, flags)

    def _group(self, flags: Flags, start: int) -> _Piece:
        opening = self._opening(start)
        if opening is None:
            match = self._taken(_INLINE_FLAGS)
            if match is None:
                raise PatternError("no such kind of group", start)
            flags, opening = self._with(flags, match, start), "(?:"
        self._deeper(start)
        inner = self._alternatives(flags)
        self._depth -= 1
        if not self._take(")"):
            raise PatternError("a ( without its )", start)
        looks_around = opening[2:3] in ("=", "!", "<")
        return inner._replace(text=f"{opening}{inner.text})", consumes=inner.consumes and not looks_around)

    def _opening(self, start: int) -> str | None:
        """How a group begins; a mark with its number if it is one that can be referred to."""
        named = self._taken(_GROUP_NAME)
        if named is None:
            for opening in _OPENINGS:
                if self._take(opening):
                    return f"({opening}"
            if self._peek() == "?":
                return None
        self._groups += 1
        if named is not None:
            if named[1] in self._names:
                raise PatternError(f"a second group called {named[1]}", start)
            self._names[named[1]] = self._groups
        return f"\0{self._groups}\0"

    def _deeper(self, start: int) -> None:
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise PatternError(f"groups within more than {MAXIMUM_DEPTH} others", start)

    # ------------------------------------------------------------ characters

    def _single(self, text: str, flags: Flags) -> _Piece:
        """A piece that matches exactly one character."""
        if "i" in flags and "u" in flags:
            text = f"(?i-f:{text})"
        self._run += 1
        if self._run > _LONGEST_LITERAL:
            self._run = 1
            text = f"{_BARRIER}{text}"
        return _Piece(text, consumes=True)

    def _character(self, character: str, flags: Flags) -> _Piece:
        if "i" in flags and "u" not in flags and character.isascii() and character.isalpha():
            return self._single(f"[{character}{character.swapcase()}]", flags)
        return self._single(_literal(character), flags)

    def _any(self, flags: Flags) -> _Piece:
        if "s" in flags:
            return self._single(r"(?s:.)", flags)
        return self._single(r"[^\n]" if "d" in flags else f"[^{_BREAKS}]", flags)

    def _escape(self, flags: Flags, start: int) -> _Piece:
        """What stands behind a backslash."""
        found = self._set_escape(flags, start)
        if found is not None:
            return self._single(found, flags)
        character = self._peek()
        if character == "k" or character in _DIGITS[1:]:
            return self._reference(flags, start)
        zero_width = {"A": r"\A", "G": r"\A", "z": r"\Z", "Z": _end(flags)}
        if character in zero_width:
            self._at += 1
            return _Piece(f"(?:{zero_width[character]})")
        if character in ("b", "B"):
            return self._boundary(flags, start)
        if self._take("R"):
            return _Piece(rf"(?:\r\n|[{_BREAKS}\x0b\f])", choices=2, consumes=True)
        if self._take("X"):
            return _Piece(r"(?:\X)", degree=1, consumes=True)
        return self._character(self._escaped_character(start), flags)

    def _boundary(self, flags: Flags, start: int) -> _Piece:
        negated = self._peek() == "B"
        self._at += 1
        if self._peek() == "{":
            raise PatternError(r"\b{…} is not supported", start)
        word = of_letter("w", "U" in flags)
        there, here = f"(?<={word})(?!{word})", f"(?<!{word})(?={word})"
        if negated:
            there, here = f"(?<={word})(?={word})", f"(?<!{word})(?!{word})"
        return _Piece(f"(?:{there}|{here})")

    def _reference(self, flags: Flags, start: int) -> _Piece:
        if self._take("k"):
            end = self._pattern.find(">", self._at)
            name = self._pattern[self._at + 1 : end] if self._peek() == "<" and end > 0 else ""
            if name not in self._names:
                raise PatternError(f"no group called {name}" if name else r"\k without a <name>", start)
            number = self._names[name]
            self._at = end + 1
        else:
            number = int(self._peek())
            self._at += 1
            if number > self._groups:
                raise PatternError(f"no group {number} before it", start)
            while self._peek() in _DIGITS and 10 * number + int(self._peek()) <= self._groups:
                number = 10 * number + int(self._peek())
                self._at += 1
        self._referred.add(number)
        text = f"(?P=g{number})"
        return _Piece(f"(?i-f:{text})" if "i" in flags else f"(?:{text})", degree=1)

    def _set_escape(self, flags: Flags, start: int) -> str | None:
        """The set for ``\\d``, ``\\p{L}`` and the like; None for other escapes."""
        letter = self._peek()
        unicode = "U" in flags
        found = of_letter(letter, unicode) if letter else None
        if found is not None:
            self._at += 1
            return found
        if letter not in ("p", "P"):
            return None
        match = self._taken(_PROPERTY)
        if match is None:
            raise PatternError(f"\\{letter} without the {{name}} of a property", start)
        name = match[1] if match[2] is None else match[2]
        found = of_property(name, letter == "P", unicode, "i" in flags)
        if found is None:
            raise PatternError(f"no property {name[:40]}", start)
        return found

    def _escaped_character(self, start: int) -> str:
        r"""The one character that an escape stands for, which begins at ``start``."""
        character = self._peek()
        if character == "":
            raise PatternError("a \\ with nothing behind it", start)
        if match := self._taken(_HEXADECIMAL):
            code = int(match[1] or match[2] or match[3], 16)
            if 0xD800 <= code < 0xDC00 and self._pattern.startswith("\\u", self._at):
                self._at += 1
                low = self._taken(_HEXADECIMAL)
                code = 0x10000 + ((code - 0xD800) << 10) + (int(low[3] or "0", 16) - 0xDC00) if low else code
            if not 0 <= code <= 0x10FFFF or 0xD800 <= code < 0xE000:
                raise PatternError("no character has that number", start)
            return chr(code)
        if match := self._taken(_OCTAL):
            return chr(int(match[1], 8))
        if match := self._taken(_NAMED):
            try:
                return unicodedata.lookup(match[1])
            except KeyError:
                raise PatternError(f"no character called {match[1][:40]}", start) from None
        self._at += 1
        if character == "c" and self._peek():
            self._at += 1
            return chr(ord(self._pattern[self._at - 1]) ^ 64)
        if character in _CHARACTERS:
            return _CHARACTERS[character]
        if character.isascii() and character.isalnum():
            raise PatternError(f"no escape \\{character}; for a backslash write two", start)
        return character

    # ------------------------------------------------------------ classes

    def _set(self, flags: Flags, start: int) -> str:
        """A class in square brackets, the first of which has been read."""
        self._deeper(start)
        negation = "^" if self._take("^") else ""
        operands: list[list[str]] = [[]]
        while True:
            self._skip_comments(flags)
            here = self._at
            if here == len(self._pattern):
                raise PatternError("a [ without its ]", start)
            if self._peek() == "]" and (operands[-1] or len(operands) > 1):
                break
            if self._take("&&"):
                operands.append([])
            elif self._take("["):
                operands[-1].append(self._set(flags, here))
            elif self._take("\\Q"):
                end = self._pattern.find("\\E", self._at)
                stop = len(self._pattern) if end < 0 else end
                operands[-1] += [_ranged(c, c, flags) for c in self._pattern[self._at : stop]]
                self._at = stop if end < 0 else stop + 2
            else:
                operands[-1].append(self._set_item(flags, here))
        self._at += 1
        self._depth -= 1
        if not all(operands):
            raise PatternError("&& with nothing on one of its sides", start)
        parts = ["".join(operand) for operand in operands]
        return f"[{negation}{parts[0] if len(parts) == 1 else '&&'.join(f'[{part}]' for part in parts)}]"

    def _set_item(self, flags: Flags, start: int) -> str:
        """A character of a class, a range, or a set with a name."""
        if self._peek() == "\\":
            self._at += 1
            found = self._set_escape(flags, start)
            if found is not None:
                return found
        low = self._set_character(start)
        following = self._pattern[self._at : self._at + 2]
        if (
            following[:1] != "-"
            or following in ("-", "-]", "-[")
            or self._pattern.startswith("&&", self._at + 1)
        ):
            return _ranged(low, low, flags)
        self._at += 1
        high_at = self._at
        self._take("\\")
        high = self._set_character(high_at)
        if high < low:
            raise PatternError(f"the range {low}-{high} is the wrong way round", start)
        return _ranged(low, high, flags)

    def _set_character(self, start: int) -> str:
        """The character at hand, whose backslash, if it has one, has been read."""
        if self._at > start:
            return self._escaped_character(start)
        self._at += 1
        return self._pattern[start]


def _repeats(match: re.Match[str]) -> tuple[int, int | None]:
    """The least and the greatest number of repetitions; None: no bound."""
    if match[1] is None:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[match[0]]
    least = int(match[1][:20])
    if match[2] is None:
        return least, least
    return least, int(match[3][:20]) if match[3] else None


def _sequence(pieces: list[_Piece]) -> _Piece:
    choices = 1
    for piece in pieces:
        choices = min(_MANY_CHOICES, choices * piece.choices)
    return _Piece(
        "".join(piece.text for piece in pieces),
        choices,
        sum(piece.degree for piece in pieces),
        any(piece.consumes for piece in pieces),
        1 + sum(piece.rounds - 1 for piece in pieces),
    )


def _literal(character: str) -> str:
    """A character that means nothing but itself, inside a class and outside."""
    if character.isalnum() or (not character.isascii() and character.isprintable()):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\U{code:08x}"


def _ranged(low: str, high: str, flags: Flags) -> str:
    """The characters from ``low`` to ``high`` as items of a class, with both cases of ASCII if they are the same."""
    items = [_literal(low) if low == high else f"{_literal(low)}-{_literal(high)}"]
    if "i" in flags and "u" not in flags:
        for first, last in ("az", "AZ"):
            begin, end = max(low, first), min(high, last)
            if begin <= end:
                items.append(f"{begin.swapcase()}-{end.swapcase()}")
    return "".join(items)


def _beginning(flags: Flags) -> str:
    if "m" not in flags:
        return r"(?:\A)"
    if "d" in flags:
        return r"(?:(?:\A|(?<=\n))(?!\Z))"
    return rf"(?:(?:\A|(?<=[{_BREAKS}])(?<!\r(?=\n)))(?!\Z))"


def _end_of_line(flags: Flags) -> str:
    if "d" in flags:
        return r"(?:(?=\n)|\Z)"
    return rf"(?:(?=[{_BREAKS}])(?<!\r(?=\n))|\Z)"


def _end(flags: Flags) -> str:
    """Before the end, or before a line break there."""
    if "d" in flags:
        return r"(?:(?=\n?\Z))"
    return r"(?:(?=\r\n\Z|(?:(?<!\r)\n|[\r\x85\u2028\u2029])\Z|\Z))"
