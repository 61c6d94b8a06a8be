"""Matching a whole string, in time that can be foreseen or else is limited.

A match that may take long is begun again and again with more time, since the library cannot go on where it was; in
between whoever waits is asked whether to go on (``storage/patience.py``). All but the first of these attempts let other
threads work meanwhile. Time is that of the processor, of the whole process, which is what the library measures.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import regex

from lithograph.cypher.errors import ArgumentError, MemoryLimitError
from lithograph.cypher.scalar.patterns.translation import PatternError, translate
from lithograph.storage.patience import breathe, pause

LONGEST_MATCH = 2.0
"""Seconds that one match may take at the most, about."""

_FIRST_ATTEMPT = 0.004
"""Seconds before others get a turn; a thread that has to wait for the interpreter waits as long anyway."""

_GROWTH = 4
_FEW_STEPS = 100_000
"""Steps of the library that nobody notices, about a millisecond at the worst."""

_KEPT, _KEPT_LONG, _LONG = 512, 16, 1000
"""How many compiled patterns are kept, how many of those with more than so many characters."""

_EXCERPT = 40


class _Compiled:
    """A pattern ready for use."""

    __slots__ = ("_fullmatch", "_short", "_text")

    def __init__(self, pattern: str) -> None:
        try:
            translation = translate(pattern)
            self._fullmatch: Callable[..., object | None] = regex.compile(
                translation.pattern, regex.V1, cache_pattern=False
            ).fullmatch
        except PatternError as error:
            raise _invalid(pattern, error.what, error.index) from None
        except (regex.error, RecursionError, OverflowError) as error:
            raise _invalid(pattern, str(error), None) from None
        self._text = pattern
        steps = _FEW_STEPS / (translation.choices * (len(pattern) + 1))
        self._short = int(min(_FEW_STEPS, steps ** (1 / max(1, translation.degree)))) if steps > 1 else 0
        """Strings of at most so many characters need no watch."""

    def matches(self, text: str) -> bool:
        if len(text) <= self._short:
            return self._fullmatch(text, concurrent=False) is not None
        breathe()
        try:
            return self._attempts(text)
        except MemoryError:
            raise MemoryLimitError(
                f"=~ ran out of memory matching {len(text)} characters with '{self._shown}'."
            ) from None

    def _attempts(self, text: str) -> bool:
        allowed, spent = _FIRST_ATTEMPT, 0.0
        while True:
            try:
                alone = spent == 0.0
                return self._fullmatch(text, concurrent=not alone, timeout=allowed) is not None
            except TimeoutError:
                spent += allowed
                pause()
                if spent >= LONGEST_MATCH:
                    raise self._too_long(text) from None
                allowed = min(_GROWTH * allowed, max(_FIRST_ATTEMPT, LONGEST_MATCH - spent))

    def _too_long(self, text: str) -> ArgumentError:
        return ArgumentError(
            f"=~ gave up after {LONGEST_MATCH:g} seconds of matching {len(text)} characters with '{self._shown}'. "
            "Repetitions within repetitions take that long; make them possessive (a++) or take them apart."
        )

    @property
    def _shown(self) -> str:
        return self._text if len(self._text) <= _EXCERPT else f"{self._text[: _EXCERPT - 1]}…"


def matches_whole(pattern: str, text: str) -> bool:
    """Whether Java's regular expression ``pattern`` matches all of ``text``.

    Raises:
        ArgumentError: it is no regular expression, or the match takes longer than ``LONGEST_MATCH``.
        MemoryLimitError: the match takes too much memory.
        LithographError: whatever is raised by whoever calls the work off.
    """
    compiled = _short_pattern(pattern) if len(pattern) <= _LONG else _long_pattern(pattern)
    return compiled.matches(text)


_short_pattern = lru_cache(_KEPT)(_Compiled)
_long_pattern = lru_cache(_KEPT_LONG)(_Compiled)


def _invalid(pattern: str, what: str, index: int | None) -> ArgumentError:
    """The error for a ``pattern`` that is wrong at ``index``, with what stands around there."""
    if index is None:
        return ArgumentError(f"=~ got an invalid regular expression, '{pattern[:_EXCERPT]}': {what}.")
    start, stop = max(0, index - _EXCERPT // 2), index + _EXCERPT // 2
    before, after = "…" * (start > 0), "…" * (stop < len(pattern))
    return ArgumentError(
        f"=~ got an invalid regular expression: {what}, at character {index + 1} of "
        f"'{before}{pattern[start:index]}»{pattern[index:stop]}{after}'."
    )
