"""Writes richer Cypher at random than ``query_writer.py``: nested expressions of every kind, nulls everywhere, subqueries
within subqueries, aggregates within expressions, updates from all of these.

The same rule holds: only what has one right answer is written. What ``collect`` gives is used where order does not
matter, property ``m`` (1 beside 1.0) only in conditions, and nothing that fails at run time but in ``risky``.
"""

from __future__ import annotations

from collections.abc import Callable

from support.query_writer import INTEGERS, LABELS, TYPES, Scope, Writer

Make = Callable[[], str]


class RichWriter(Writer):
    """``number``, ``truth``, ``text``, ``row`` and ``map_value`` write an expression of a kind, or null."""

    def choose(self, *choices: Make) -> str:
        """What one of the choices makes; only that one draws."""
        return choices[self.draw_index(len(choices))]()

    def literal_list(self, scope: Scope, most: int = 3) -> str:
        return f"[{', '.join(self.number(scope, 0) for _ in range(self.draw_index(most + 1)))}]"

    # -- numbers

    def number(self, scope: Scope, depth: int = 2) -> str:
        if depth < 1 or self.chance(30):
            return self._small_number(scope)
        inner = depth - 1
        number = lambda: self.number(scope, inner)  # noqa: E731
        choices: list[Make] = [
            lambda: f"({number()} {self.pick('+', '-', '*')} {number()})",
            lambda: f"({number()} % {self.pick('2', '3', '-2')})",
            lambda: f"(-({number()}))",
            lambda: f"coalesce({number()}, {number()})",
            lambda: f"abs({number()})",
            lambda: f"CASE WHEN {self.truth(scope, inner)} THEN {number()} ELSE {number()} END",
            lambda: f"CASE {number()} WHEN {number()} THEN {number()} WHEN null THEN 5 END",
            lambda: f"size({self.row(scope, inner)})",
            lambda: f"{self.row(scope, inner)}[{self.pick('0', '1', '-1', '5', 'null')}]",
            lambda: f"{self.pick('head', 'last')}({self.row(scope, inner)})",
            lambda: self._reduced(self.row(scope, inner)),
            lambda: f"size({self.text(scope, inner)})",
            lambda: f"{self.map_value(scope, inner)}.{self.pick(*INTEGERS)}",
            lambda: f"toInteger({self.text(scope, inner)})",
        ]
        if scope.nodes or inner:
            choices += [lambda: f"COUNT {{ {self.subquery(scope, inner)} }}"] * 2
            choices += [lambda: f"size([{self.comprehended(scope, inner)}])"]
        return self.choose(*choices)

    def _small_number(self, scope: Scope) -> str:
        element = self.element(scope)
        choices: list[Make] = [self.integer, lambda: self.pick("null", "2", "0")]
        if element:
            choices += [lambda: f"{element}.{self.pick(*INTEGERS)}"] * 4
            choices += [lambda: f"{element}['{self.pick(*INTEGERS)}']", lambda: f"size(keys({element}))"]
        if scope.integers:
            choices += [lambda: self.pick(*scope.integers)] * 3
        if scope.lists:
            choices += [lambda: f"size({self.pick(*scope.lists)})"]
        if scope.paths:
            choices += [lambda: f"length({self.pick(*scope.paths)})"]
            choices += [lambda: f"{self.pick('head', 'last')}(nodes({self.pick(*scope.paths)})).x"]
        if scope.rows:
            choices += [lambda: f"{self.pick(*scope.rows)}[{self.pick('0', '-1', '1')}]"]
        if scope.maps:
            choices += [lambda: f"{self.pick(*scope.maps)}.{self.pick(*INTEGERS)}"]
        if scope.bags:
            choices += [
                lambda: f"size({self.pick(*scope.bags)})",
                lambda: self._reduced(self.pick(*scope.bags)),
            ]
        if scope.relationships:
            choices += [lambda: f"{self.pick('startNode', 'endNode')}({self.pick(*scope.relationships)}).x"]
        if scope.nodes:
            choices += [lambda: f"size(labels({self.pick(*scope.nodes)}))"]
        return self.choose(*choices)

    def _reduced(self, values: str) -> str:
        return f"reduce(t = {self.integer()}, e IN {values} | t + coalesce(e, 1))"

    # -- truth values

    def truth(self, scope: Scope, depth: int = 2) -> str:
        if depth < 1 or self.chance(25):
            return self._small_truth(scope)
        inner = depth - 1
        number = lambda: self.number(scope, inner)  # noqa: E731
        truth = lambda: self.truth(scope, inner)  # noqa: E731
        choices: list[Make] = [
            lambda: f"{number()} {self.pick('=', '<>', '<', '<=', '>', '>=')} {number()}",
            lambda: f"{number()} {self.pick('<', '<=')} {number()} {self.pick('<', '=', '>=')} {number()}",
            lambda: f"({truth()} {self.pick('AND', 'OR', 'XOR')} {truth()})",
            lambda: f"NOT ({truth()})",
            lambda: f"({truth()}) IS {self.pick('', 'NOT ')}NULL",
            lambda: f"{number()} IN {self.row(scope, inner)}",
            lambda: f"{self.row(scope, inner)} {self.pick('=', '<>', '<', '>=')} {self.row(scope, inner)}",
            lambda: f"{self.map_value(scope, inner)} {self.pick('=', '<>')} {self.map_value(scope, inner)}",
            lambda: self._quantified(scope, self.row(scope, inner), inner),
            lambda: f"CASE WHEN {truth()} THEN {truth()} ELSE {truth()} END",
            lambda: (
                f"{self.text(scope, inner)} {self.pick('STARTS WITH', 'ENDS WITH', 'CONTAINS')} {self.text(scope, 0)}"
            ),
            lambda: f"{self.text(scope, inner)} {self.pick('=', '<', '>=', '<>')} {self.text(scope, inner)}",
        ]
        if scope.nodes or inner:
            choices += [lambda: f"EXISTS {{ {self.subquery(scope, inner)} }}"] * 2
        return self.choose(*choices)

    def _small_truth(self, scope: Scope) -> str:
        element = self.element(scope)
        choices: list[Make] = [
            lambda: (
                f"{self._small_number(scope)} {self.pick('=', '<>', '<', '>=')} {self._small_number(scope)}"
            ),
            lambda: self.pick("true", "false", "null"),
            lambda: f"{self._small_number(scope)} IN {self.literal_list(scope)}",
            lambda: f"{self._small_number(scope)} IS {self.pick('', 'NOT ')}NULL",
        ]
        if element:
            choices += [
                lambda: f"{element}.m {self.pick('=', '<', '>', '>=', '<>')} {self.mixed()}",
                lambda: f"{element}.m IN [{self.mixed()}, {self.pick('null', '1', 'true')}]",
                lambda: f"{element}.s {self.pick('STARTS WITH', 'CONTAINS', '=', '<', '>=')} {self.string()}",
                lambda: f"{element}.{self.pick(*INTEGERS)} = {self._small_number(scope)}",
                lambda: f"{element}.{self.pick(*INTEGERS, 's', 'm')} IS {self.pick('', 'NOT ')}NULL",
            ]
        if scope.nodes:
            choices += [
                lambda: f"{self.pick(*scope.nodes)}:{self.pick(*LABELS, 'A&B', '(A|B)', '!A', 'Nothing')}",
                lambda: f"{self.pick(*scope.nodes)} {self.pick('=', '<>')} {self.pick(*scope.nodes)}",
                lambda: self.around(scope),
            ]
        if scope.truths:
            choices += [lambda: self.pick(*scope.truths)] * 2
        if scope.relationships:
            choices += [lambda: f"type({self.pick(*scope.relationships)}) = '{self.pick(*TYPES)}'"]
        if scope.lists and scope.relationships:
            choices += [lambda: f"{self.pick(*scope.relationships)} IN {self.pick(*scope.lists)}"]
        if scope.lists:
            choices += [lambda: self._quantified(scope, self.pick(*scope.lists), 0, ".x")]
        if scope.paths:
            path = f"{self.pick('nodes', 'relationships')}({self.pick(*scope.paths)})"
            choices += [lambda: self._quantified(scope, path, 0, ".x")]
        if scope.bags:
            choices += [
                lambda: f"{self._small_number(scope)} IN {self.pick(*scope.bags)}",
                lambda: self._quantified(scope, self.pick(*scope.bags), 0),
            ]
        return self.choose(*choices)

    def around(self, scope: Scope) -> str:
        """A pattern that may stand where a value does."""
        return f"EXISTS {{ MATCH {super().around(scope)} }}"

    def _quantified(self, scope: Scope, values: str, depth: int, access: str = "") -> str:
        condition = f"e{access} {self.pick('=', '<', '>=', '<>')} {self.number(scope, depth)}"
        if self.chance(30):
            condition = f"{condition} {self.pick('AND', 'OR', 'XOR')} {self.truth(scope, 0)}"
        return f"{self.pick('any', 'all', 'none', 'single')}(e IN {values} WHERE {condition})"

    # -- strings, lists, maps

    def text(self, scope: Scope, depth: int = 1) -> str:
        element = self.element(scope)
        choices: list[Make] = [self.string, lambda: "null"]
        choices += [lambda: f"{element}.s"] * 3 if element else []
        choices += [lambda: self.pick(*scope.texts)] * 2 if scope.texts else []
        choices += [lambda: f"type({self.pick(*scope.relationships)})"] if scope.relationships else []
        if depth:
            inner = depth - 1
            choices += [
                lambda: f"({self.text(scope, inner)} + {self.text(scope, inner)})",
                lambda: f"toString({self.number(scope, inner)})",
                lambda: f"toUpper({self.text(scope, inner)})",
                lambda: f"substring({self.text(scope, inner)}, {self.pick('0', '1')}, 1)",
                lambda: f"coalesce({self.text(scope, inner)}, {self.string()})",
                lambda: f"CASE WHEN {self.truth(scope, inner)} THEN {self.text(scope, inner)} END",
                lambda: f"{self.map_value(scope, inner)}.s",
            ]
        return self.choose(*choices)

    def row(self, scope: Scope, depth: int = 1) -> str:
        choices: list[Make] = [lambda: self.literal_list(scope), lambda: "null"]
        choices += [lambda: f"range({self.integer()}, {self.pick('0', '2', '3')})"]
        choices += [lambda: self.pick(*scope.rows)] * 3 if scope.rows else []
        choices += [lambda: f"[e IN {self.pick(*scope.lists)} | e.x]"] if scope.lists else []
        choices += [lambda: f"[e IN nodes({self.pick(*scope.paths)}) | e.y]"] if scope.paths else []
        if depth:
            inner = depth - 1
            row = lambda: self.row(scope, inner)  # noqa: E731
            choices += [
                lambda: f"({row()} + {row()})",
                lambda: f"{self.pick('tail', 'reverse')}({row()})",
                lambda: f"{row()}[{self.pick('0', '1', '-2', '')}..{self.pick('1', '2', '-1')}]",
                lambda: self._comprehension(scope, row(), inner),
                lambda: f"[{self.number(scope, inner)}, {self.number(scope, inner)}]",
                lambda: f"CASE WHEN {self.truth(scope, inner)} THEN {row()} ELSE {row()} END",
            ]
            if scope.nodes or inner:
                choices += [lambda: self._collected(scope, inner)]
        return self.choose(*choices)

    def _comprehension(self, scope: Scope, values: str, depth: int) -> str:
        """A variable that only the comprehension knows; it may hide one of the same name."""
        name = self.pick(*scope.integers) if scope.integers and self.chance(20) else scope.fresh("e")
        inner = scope.inner()
        inner.integers = [*inner.integers, name]
        where = f" WHERE {self.truth(inner, depth)}" if self.chance(50) else ""
        projection = f" | {self.number(inner, depth)}" if self.chance(60) else ""
        return f"[{name} IN {values}{where}{projection}]"

    def _collected(self, scope: Scope, depth: int) -> str:
        inner = scope.inner()
        return f"COLLECT {{ {self.matches(inner, depth)} RETURN {self.number(inner, 0)} AS v ORDER BY v }}"

    def map_value(self, scope: Scope, depth: int = 1) -> str:
        element = self.element(scope)
        entries = [f"{key}: {self.number(scope, 0)}" for key in INTEGERS if self.chance(70)]
        entries += [f"s: {self.text(scope, 0)}"] if self.chance(40) else []
        choices: list[Make] = [lambda: f"{{{', '.join(entries)}}}"]
        choices += [lambda: self.pick(*scope.maps)] * 3 if scope.maps else []
        if element:
            more = f", y: {self.number(scope, depth - 1)}" if self.chance(50) else ""
            choices += [lambda: f"{element} {{.x, .s{more}}}"]
        return self.choose(*choices)

    # -- subqueries

    def comprehended(self, scope: Scope, depth: int) -> str:
        """A pattern comprehension without its brackets."""
        inner = scope.inner()
        path = self.path(inner, plain=True)
        where = f" WHERE {self.truth(inner, depth)}" if self.chance(50) else ""
        return f"{path}{where} | {self.number(inner, depth)}"

    def matches(self, scope: Scope, depth: int) -> str:
        """One or two MATCH clauses of a subquery; what they bind goes into ``scope``."""
        known, self.known = self.known, []
        texts = []
        for _ in range(1 + self.chance(20)):
            optional = "OPTIONAL " if self.chance(15) else ""
            self.known = [name for name in scope.relationships if self.chance(30)]
            path = self.path(scope)
            where = f" WHERE {self.truth(scope, depth)}" if self.chance(50) else ""
            texts.append(f"{optional}MATCH {path}{where}")
        self.known = known
        return " ".join(texts)

    def subquery(self, scope: Scope, depth: int) -> str:
        inner = scope.inner()
        text = self.matches(inner, depth)
        if self.chance(20):
            values, name = self.row(inner, 0), inner.fresh("i")
            inner.integers.append(name)
            text = f"{text} UNWIND {values} AS {name}"
        if self.chance(20):
            distinct = "DISTINCT " if self.chance(50) else ""
            text = f"{text} RETURN {distinct}{self.number(inner, 0)} AS v"
        return text

    # -- clauses

    def shortest(self, scope: Scope) -> str:
        """Of a shortest walk only the length is certain, and here everything may be looked at."""
        return self.path(scope)

    def unwind(self, scope: Scope) -> str:
        values = self.pick(*scope.bags) if scope.bags and self.chance(50) else self.row(scope)
        name = scope.fresh("i")
        scope.integers.append(name)
        return f"UNWIND {values} AS {name}"

    def value(self, scope: Scope, depth: int = 2) -> tuple[str, list[str]]:
        """An expression of any kind, and where a name for it belongs."""
        kinds: list[tuple[Make, list[str]]] = [
            (lambda: self.number(scope, depth), scope.integers),
            (lambda: self.number(scope, depth), scope.integers),
            (lambda: self.truth(scope, depth), scope.truths),
            (lambda: self.text(scope, depth), scope.texts),
            (lambda: self.row(scope, depth), scope.rows),
            (lambda: self.map_value(scope, depth), scope.maps),
        ]
        make, names = kinds[self.draw_index(len(kinds))]
        return make(), names

    def aggregate(self, scope: Scope) -> str:
        """A number out of all rows, maybe within an expression."""
        distinct = self.pick("", "DISTINCT ")
        value = self.number(scope, 1)
        anything = self.value(scope, 1)[0]
        names = scope.everything() or ["1"]
        text = self.choose(
            lambda: "count(*)",
            lambda: f"count({distinct}{self.pick(*names)})",
            lambda: f"count({distinct}{anything})",
            lambda: f"{self.pick('sum', 'min', 'max')}({distinct}{value})",
            lambda: f"size(collect({distinct}{anything}))",
            lambda: self._reduced(f"collect({distinct}{value})"),
            lambda: f"size([e IN collect({value}) WHERE e > {self.integer()}])",
            lambda: f"percentileDisc({value}, 0.5)",
        )
        return f"({text} {self.pick('+', '*')} {self.integer()})" if self.chance(25) else text

    def with_(self, scope: Scope) -> str:
        """WITH: some variables on, values of any kind or aggregates under new names, maybe the first rows only."""
        kept = [name for name in scope.everything() if self.chance(60)]
        made: list[tuple[str, list[str]]] = []
        items = list(kept)
        aggregating = self.chance(35)
        for _ in range(self.draw_index(2) + (not kept)):
            alias = scope.fresh("v")
            if not aggregating:
                text, names = self.value(scope)
            elif self.chance(30):
                text, names = f"collect({self.pick('', 'DISTINCT ')}{self.number(scope, 1)})", scope.bags
            else:
                text, names = self.aggregate(scope), scope.integers
            items.append(f"{text} AS {alias}")
            made.append((alias, names))
        for names in scope.kinds():
            names[:] = [name for name in names if name in kept]
        for alias, names in made:
            names.append(alias)
        distinct = "DISTINCT " if not scope.bags and self.chance(20) else ""
        text = f"WITH {distinct}{', '.join(items)}"
        if not scope.bags and self.chance(35):
            text += self.first_rows(scope.everything())
        return text + (f" WHERE {self.truth(scope)}" if self.chance(30) else "")

    def return_(self, scope: Scope, ordered: bool) -> str:
        """RETURN of values of all kinds; in a total order if ``ordered``."""
        aggregating = self.chance(30)
        items = [self.value(scope)[0] for _ in range(1 + self.draw_index(2))]
        if aggregating:
            items.append(self.aggregate(scope))
        elif self.chance(50):
            items += [name for name in scope.everything() if name not in scope.bags]
        aliases = [f"c{number}" for number, _ in enumerate(items)]
        listed = ", ".join(f"{item} AS {alias}" for item, alias in zip(items, aliases, strict=True))
        text = f"RETURN {'DISTINCT ' if self.chance(20) else ''}{listed}"
        return text + (self.first_rows(aliases) if ordered else "")

    def risky(self, scope: Scope) -> str:
        """RETURN of something that fails for some values."""
        number, other = self.number(scope), self.number(scope)
        value = self.choose(
            lambda: f"{number} / {other}",
            lambda: f"{number} % {other}",
            lambda: f"toUpper({self.pick('', 'toString')}({number}))",
            lambda: f"[1, 2][{self.value(scope, 1)[0]}]",
            lambda: f"size({self.value(scope, 1)[0]})",
            lambda: f"any(e IN {self.value(scope, 1)[0]} WHERE e = 1)",
            lambda: f"[e IN {self.row(scope)} | {number} / e]",
            lambda: (
                f"{self.value(scope, 1)[0]} {self.pick('+', '-', '*', '<', '=', 'IN')} {self.value(scope, 1)[0]}"
            ),
            lambda: f"({self.truth(scope)} AND {self.value(scope, 1)[0]})",
            lambda: f"CASE WHEN {self.value(scope, 1)[0]} THEN 1 ELSE 2 END",
            lambda: f"coalesce({number}, {number} / {other})",
            lambda: f"{self.pick('sum', 'min', 'avg')}({number} / {other})",
            lambda: f"size(collect({number} / {other}))",
        )
        return f"RETURN {value} AS c0"

    # -- updates of rows in a total order

    def in_order(self, scope: Scope) -> str:
        """WITH everything, in an order in which there are no two equal rows that differ in what matters."""
        names = [name for name in scope.everything() if name not in scope.bags]
        scope.bags.clear()
        return f"WITH {', '.join(names)} ORDER BY {', '.join(names)}" if names else "WITH 1 AS one"

    def set(self, scope: Scope) -> str:
        return f"SET {', '.join(self._set_item(scope) for _ in range(1 + self.draw_index(2)))}"

    def _set_item(self, scope: Scope) -> str:
        element = self.pick(*scope.nodes, *scope.relationships)
        choices: list[Make] = [
            lambda: f"{element}.{self.pick(*INTEGERS)} = {self.number(scope)}",
            lambda: f"{element}.{self.pick(*INTEGERS)} = {self.number(scope, 1)}",
            lambda: f"{element}.s = {self.text(scope)}",
            lambda: f"{element} += {self.map_value(scope)}",
            lambda: f"{element} = {self.map_value(scope)}",
            lambda: f"{element} = {self.pick(*scope.nodes, *scope.relationships)}",
        ]
        if element in scope.nodes:
            choices += [lambda: f"{element}:{self.pick(*LABELS, 'A:B')}"] * 2
        return self.choose(*choices)

    def foreach(self, scope: Scope) -> str:
        inner = scope.inner()
        name = scope.fresh("k")
        inner.integers.append(name)
        if self.chance(40):
            updates = [self.merge(inner)]
        else:
            updates = [self.create(inner), self.set(inner)]
        if self.chance(20):
            updates.append(self.foreach(scope.inner()))
        return f"FOREACH ({name} IN {self.row(scope)} | {' '.join(updates)})"
