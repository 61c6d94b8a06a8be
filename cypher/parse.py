"""Text to syntax tree: ``parse(text)``.

The parser is driven by the LALR(1) tables that Lark makes from ``cypher.lark`` (see ``grammar.py``). Values
are made while reducing, straight from the functions of ``transform``, so there is no recursion here and no
tree in between.

Why not Lark's own driver: this one asks the lexer, with the whole stack of states at hand, what an ambiguous
bracket is; it needs no import of Lark at start-up (tables load in 5 ms); and it makes the syntax tree of a
query of 80 characters in 0.09 ms, where Lark with its contextual lexer took 0.5 ms for the bare parse tree.

Technique: A. V. Aho, M. S. Lam, R. Sethi, J. D. Ullman: Compilers, 2nd edition, section 4.6.3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from lithograph.cypher import ast
from lithograph.cypher.complaints import unexpected
from lithograph.cypher.errors import CypherError, CypherSyntaxError
from lithograph.cypher.grammar import SPLICE, tables
from lithograph.cypher.lexer import AMBIGUOUS, MAXIMUM_DEPTH, Tokens
from lithograph.cypher.transform import action
from lithograph.cypher.walk import first_below
from lithograph.storage.patience import breathe

Action = Callable[[Tokens, int, list[Any]], Any]
_Step = tuple[str, int, Action | None, bool, bool, "list[int] | None"]

_BREATH = 1024
"""Tokens from one breath to the next."""

_TOKEN_BYTES = 300
"""What a token, its place and its part of the syntax tree hold; measured over long lists."""

_MOST_STATES = 40 * MAXIMUM_DEPTH
"""States on the parser's stack: a level of nesting takes fewer than 40 of them, a long list only a few in all."""


def parse(text: str) -> ast.Statement:
    """The syntax tree of one statement (with or without a semicolon at its end).

    Raises:
        CypherSyntaxError: the text is not Cypher; or one of its subclasses and of SemanticError for what is
            found on the way (numbers out of range, things in places where they make no sense). All of
            them know the text and the position.
    """
    try:
        tokens = Tokens(text)
        statement = cast(ast.Statement, _drive(tokens))
        if len(tokens.kinds) > MAXIMUM_DEPTH:
            _check_depth(statement)
    except CypherError as error:
        raise error.locate(text) from None
    return statement


def _check_depth(tree: ast.Syntax) -> None:
    """Refuse trees too deep to be walked by recursion, such as a sum of a thousand terms."""
    deep = first_below(tree, MAXIMUM_DEPTH)
    if deep is not None:
        raise _too_deep(deep.position)


def _too_deep(position: ast.Position | None) -> CypherSyntaxError:
    return CypherSyntaxError(
        f"The query is nested too deeply; {MAXIMUM_DEPTH} levels are the limit. "
        "A list can replace a long chain of operators.",
        position=position,
    )


@cache
def _steps() -> list[_Step]:
    """The rules with their functions looked up."""
    return [
        (
            rule.origin,
            rule.size,
            None if rule.action is None else action(rule.action),
            rule.unit,
            rule.single,
            rule.children,
        )
        for rule in tables().rules
    ]


def _drive(tokens: Tokens) -> Any:
    rows, steps = tables().rows, _steps()
    kinds = tokens.kinds
    states = [0]
    values: list[Any] = []
    firsts: list[int] = []  # the number of the first token of each value
    row = rows[0]
    token = pause = 0
    while True:
        if token >= pause:
            breathe(_BREATH * _TOKEN_BYTES)
            if len(states) > _MOST_STATES:
                raise _too_deep(tokens.at(token))
            pause = token + _BREATH
        terminal, value, width = kinds[token], None, 1
        if terminal in AMBIGUOUS:
            terminal, value, width = tokens.resolve(token, row, states)
        tokens.cursor = token
        while True:
            step = row.get(terminal)
            if step is None:
                raise unexpected(tokens, token, states, terminal)
            if step >= 0:
                states.append(step)
                values.append(tokens.value(token) if value is None else value)
                firsts.append(token)
                row = rows[step]
                break
            origin, size, make, unit, single, children = steps[-1 - step]
            if not unit:
                if size:
                    symbols = values[-size:]
                    first = firsts[-size]
                    del states[-size:], values[-size:], firsts[-size:]
                else:
                    symbols = []
                    first = token
                if children is not None:
                    symbols = _children(symbols, children)
                if single and len(symbols) == 1:
                    values.append(symbols[0])
                elif make is None:
                    values.append(symbols)
                else:
                    values.append(make(tokens, first, symbols))
                firsts.append(first)
                if origin == "start":
                    return values[0]
                row = rows[states[-1]]
                states.append(row[origin])
            else:
                below, state = states[-2], states[-1]
                behind = _shortcuts.get((below, state, terminal))
                states[-1] = _skip(below, state, terminal) if behind is None else behind
            row = rows[states[-1]]
        token += width


_shortcuts: dict[tuple[int, int, str], int] = {}
_MANY_SHORTCUTS = 20_000


def _skip(below: int, state: int, terminal: str) -> int:
    """The state behind all the reductions that do nothing but hand a value up, one operator after another.

    An operand passes a dozen of them, always the same: they depend on no more than the arguments.
    """
    if len(_shortcuts) >= _MANY_SHORTCUTS:
        _shortcuts.clear()
    rows, steps = tables().rows, _steps()
    behind = state
    while True:
        step = rows[behind].get(terminal, 0)
        if step >= 0 or not steps[-1 - step][3]:
            break
        behind = rows[below][steps[-1 - step][0]]
    _shortcuts[below, state, terminal] = behind
    return behind


def _children(symbols: list[Any], children: list[int]) -> list[Any]:
    """The values that count, of those of all the symbols of a rule; see ``grammar.Rule.children``."""
    chosen: list[Any] = []
    for index in children:
        if index >= SPLICE:
            inner = symbols[index - SPLICE]
            if chosen:
                chosen += inner
            else:
                chosen = inner  # nobody else has it; long lists grow in place
        else:
            chosen.append(None if index < 0 else symbols[index])
    return chosen
