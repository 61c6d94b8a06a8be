"""The tables of the parser, made from ``cypher.lark`` and kept in ``tables.json``.

Lark analyses the grammar, and that takes a quarter of a second; what comes of it is plain data and is
part of the package, so that a server starts without Lark. After a change of the grammar run::

    python -m lithograph.cypher.grammar

A test rebuilds the tables in Lark's strict mode, in which a shift/reduce conflict is an error, and
compares.

``tables.json`` holds: ``words`` and ``symbols`` (text → terminal, as they stand in the grammar),
``rules`` (see :class:`Rule`), ``lookaheads`` (sets of terminals) and ``states``. A state is a list: first an
object that maps a terminal to the state to go to after it, and a rule's name to the state to go to after
its reduction; then in turn the number of a rule to reduce by and that of the set of terminals at
which to do so. State 0 is the first. The numbers of rules and states follow from the grammar alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
GRAMMAR_FILE = _HERE / "cypher.lark"
TABLES_FILE = _HERE / "tables.json"

Row = dict[str, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One alternative of a rule of the grammar.

    Attributes:
        origin: the rule's name.
        size: the number of symbols on its right side.
        action: the function of ``transform`` that makes its value. None where that is not needed: the
            value is the only child (``single``) or the list of children, to be spliced into those of the
            rule that uses it.
        unit: one child, whose value is the rule's.
        single: of exactly one child, its value is the rule's.
        children: for each child the index of its symbol; −1 for an optional one that is absent;
            ``SPLICE`` + index to splice in the children of an inner rule. None: all symbols, in order.
    """

    origin: str
    size: int
    action: str | None
    unit: bool
    single: bool
    children: list[int] | None


SPLICE = 1000
ABSENT = -1


@dataclass(frozen=True, slots=True)
class Tables:
    """What the parser needs to know of the grammar."""

    words: dict[str, str]
    symbols: dict[str, str]
    rules: list[Rule]
    rows: list[Row]
    """for each state; the first is where parsing starts"""

    def fits(self, states: Sequence[int], terminal: str) -> bool:
        """Whether a parser with these states on its stack can take the terminal.

        Its row alone does not say for certain: where LALR merged states it lets some reductions pass first.
        """
        stack = list(states)
        while True:
            step = self.rows[stack[-1]].get(terminal)
            if step is None:
                return False
            if step >= 0:
                return True
            rule = self.rules[-1 - step]
            if rule.origin == "start":
                return True
            if rule.size:
                del stack[-rule.size :]
            stack.append(self.rows[stack[-1]][rule.origin])


@cache
def tables() -> Tables:
    """The tables as shipped."""
    return from_json(TABLES_FILE.read_text(encoding="utf-8"))


def from_json(text: str) -> Tables:
    """Tables from what :func:`to_json` wrote."""
    data: dict[str, Any] = json.loads(text)
    lookaheads: list[list[str]] = data["lookaheads"]
    rows: list[Row] = []
    for state in data["states"]:
        row: Row = state[0]
        for rule, lookahead in zip(state[1::2], state[2::2], strict=True):
            row.update(dict.fromkeys(lookaheads[lookahead], -1 - rule))
        rows.append(row)
    return Tables(data["words"], data["symbols"], [Rule(*fields) for fields in data["rules"]], rows)


def to_json(made: Tables) -> str:
    """Tables as text, a state a line."""
    lookaheads: dict[str, int] = {}
    states: list[str] = []
    for row in made.rows:
        state: list[Any] = [{symbol: action for symbol, action in row.items() if action >= 0}]
        for rule in sorted({-1 - action for action in row.values() if action < 0}):
            at = _dumps(sorted(symbol for symbol, action in row.items() if action == -1 - rule))
            state += [rule, lookaheads.setdefault(at, len(lookaheads))]
        states.append(_dumps(state))
    rules = [
        _dumps([rule.origin, rule.size, rule.action, rule.unit, rule.single, rule.children])
        for rule in made.rules
    ]
    parts = {
        "words": _dumps(made.words),
        "symbols": _dumps(made.symbols),
        "lookaheads": "[\n" + ",\n".join(lookaheads) + "\n]",
        "rules": "[\n" + ",\n".join(rules) + "\n]",
        "states": "[\n" + ",\n".join(states) + "\n]",
    }
    return "{" + ",\n".join(f'"{name}": {part}' for name, part in parts.items()) + "}\n"


def _dumps(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def build(strict: bool = False) -> Tables:
    """Analyse the grammar with Lark.

    ``strict`` makes Lark refuse every conflict, also those between terminals; it needs ``interegular``.
    """
    from lark import Lark
    from lark.grammar import Rule as LarkRule
    from lark.lexer import TerminalDef

    parser = Lark(
        GRAMMAR_FILE.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=True, strict=strict
    )
    data, memo = parser.memo_serialize([TerminalDef, LarkRule])
    table: dict[str, Any] = data["parser"]["parser"]

    texts: dict[str, str] = {}
    rules: dict[int, dict[str, Any]] = {}
    for key, entry in memo.items():
        if entry["__type__"] == "Rule":
            rules[key] = entry
        elif entry["pattern"]["__type__"] == "PatternStr":
            texts[entry["pattern"]["value"]] = entry["name"]
    in_order = sorted(rules, key=lambda key: (rules[key]["origin"]["name"], rules[key]["order"]))
    number_of = {key: number for number, key in enumerate(in_order)}

    rows: dict[int, Row] = {}
    for state, actions in table["states"].items():
        named = sorted((table["tokens"][symbol], action) for symbol, action in actions.items())
        rows[state] = {
            symbol: -1 - number_of[argument["@"]] if reduce else argument
            for symbol, (reduce, argument) in named
        }
    return Tables(
        words={text: name for text, name in sorted(texts.items()) if text.isalpha()},
        symbols={text: name for text, name in sorted(texts.items()) if not text.isalpha()},
        rules=[_rule(rules[key]) for key in in_order],
        rows=_renumbered(rows, table["start_states"]["start"]),
    )


def _renumbered(rows: dict[int, Row], start: int) -> list[Row]:
    """The rows in the order in which a walk from the start meets them: Lark's own order varies."""
    order = {start: 0}
    queue = [start]
    for state in queue:
        for follower in rows[state].values():
            if follower >= 0 and follower not in order:
                order[follower] = len(order)
                queue.append(follower)
    return [
        {symbol: order[action] if action >= 0 else action for symbol, action in rows[state].items()}
        for state in queue
    ]


def _rule(entry: dict[str, Any]) -> Rule:
    """A rule as Lark writes it, with what Lark's tree builder would do with the children spelled out."""
    origin: str = entry["origin"]["name"]
    options = entry["options"]
    absent: tuple[bool, ...] = options["empty_indices"] or (False,) * len(entry["expansion"])
    children: list[int] = []
    symbols = iter(enumerate(entry["expansion"]))
    for is_absent in absent:
        if is_absent:
            children.append(ABSENT)
            continue
        index, symbol = next(symbols)
        if symbol["__type__"] == "Terminal":
            if not symbol["filter_out"]:
                children.append(index)
        else:
            children.append(index + SPLICE if symbol["name"].startswith("_") else index)

    size = len(entry["expansion"])
    inner = origin.startswith("_")
    single = options["expand1"] and not entry["alias"] and not inner
    always_single = single and len(children) == 1 and children[0] < SPLICE
    return Rule(
        origin=origin,
        size=size,
        action=None if inner or always_single else entry["alias"] or origin,
        unit=single and size == 1 and children == [0],
        single=single,
        children=None if children == list(range(size)) else children,
    )


if __name__ == "__main__":
    TABLES_FILE.write_text(to_json(build()), encoding="utf-8")
