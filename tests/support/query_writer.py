"""Writes pieces of Cypher at random: expressions, patterns and clauses over a small vocabulary.

Only what has one right answer is written: no LIMIT without a total order, no list that depends on the order of rows,
no write that depends on which of two rows comes first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

LABELS = ("A", "B")
TYPES = ("R", "S")
INTEGERS = ("x", "y")
"""Keys whose values are small integers; ``s`` has strings, ``m`` a mixture."""

integers = st.integers(-1, 2)
strings = st.sampled_from(["", "a", "ab", "b"])
mixed = st.sampled_from([0, 1, 1.0, 1.5, "a", "1", True, False, [1], [1, 2]])
properties = st.fixed_dictionaries({}, optional={"x": integers, "y": integers, "s": strings, "m": mixed})


@dataclass
class Scope:
    """The variables at hand by what they hold."""

    nodes: list[str] = field(default_factory=list)
    relationships: list[str] = field(default_factory=list)
    integers: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    """Lists of relationships, or of nodes."""
    paths: list[str] = field(default_factory=list)
    truths: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    """Lists of integers and nulls."""
    maps: list[str] = field(default_factory=list)
    """With integers under ``x`` and ``y`` and strings under ``s``."""
    bags: list[str] = field(default_factory=list)
    """Lists of integers and nulls whose order nobody knows."""
    number: int = 0

    def fresh(self, hint: str) -> str:
        self.number += 1
        return f"{hint}{self.number}"

    def kinds(self) -> list[list[str]]:
        """The names, kind by kind, as they stand in the constructor."""
        elements = [self.nodes, self.relationships, self.integers, self.lists, self.paths]
        return [*elements, self.truths, self.texts, self.rows, self.maps, self.bags]

    def inner(self) -> Scope:
        """A scope for a subquery."""
        return Scope(*map(list, self.kinds()), self.number + 50)  # type: ignore[arg-type]

    def everything(self) -> list[str]:
        return [name for names in self.kinds() for name in names]


class Writer:
    """Writes pieces of queries by drawing."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.known: list[str] = []
        """Relationships that this clause may match again; no clause may have one twice."""

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) < percent

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def draw_index(self, below: int) -> int:
        return self.draw(st.integers(0, below - 1))

    def integer(self) -> str:
        return str(self.draw(integers))

    def string(self) -> str:
        return f"'{self.draw(strings)}'"

    def mixed(self) -> str:
        value = self.draw(mixed)
        return str(value).lower() if isinstance(value, bool) else repr(value)

    # -- expressions

    def element(self, scope: Scope) -> str | None:
        names = [*scope.nodes, *scope.relationships]
        return self.pick(*names) if names else None

    def number(self, scope: Scope, depth: int = 1) -> str:
        """An expression that is an integer or null."""
        choices = ["literal"]
        element = self.element(scope)
        choices += ["property"] * 4 if element else []
        choices += ["variable"] * 2 if scope.integers else []
        choices += ["size"] if scope.lists else []
        choices += ["length"] if scope.paths else []
        choices += ["sum", "coalesce", "case"] if depth else []
        match self.pick(*choices):
            case "property":
                return f"{element}.{self.pick(*INTEGERS)}"
            case "variable":
                return self.pick(*scope.integers)
            case "size":
                return f"size({self.pick(*scope.lists)})"
            case "length":
                return f"length({self.pick(*scope.paths)})"
            case "sum":
                return f"({self.number(scope, 0)} + {self.number(scope, 0)})"
            case "coalesce":
                return f"coalesce({self.number(scope, 0)}, {self.number(scope, 0)})"
            case "case":
                parts = (self.truth(scope, 0), self.number(scope, 0), self.number(scope, 0))
                return "CASE WHEN {} THEN {} ELSE {} END".format(*parts)
        return self.integer()

    def truth(self, scope: Scope, depth: int = 1) -> str:
        """An expression that is true, false or null."""
        element = self.element(scope)
        choices = ["compare", "null", "in"]
        choices += ["text", "mixed", "compare", "equal", "chain"] if element else []
        choices += ["label", "same"] if scope.nodes else []
        choices += ["and", "or", "not"] if depth else []
        choices += ["pattern", "exists", "count", "comprehension"] if depth and scope.nodes else []
        choices += ["any"] if scope.lists else []
        match self.pick(*choices):
            case "compare":
                comparison = self.pick("=", "<>", "<", "<=", ">", ">=")
                return f"{self.number(scope, depth)} {comparison} {self.number(scope, depth)}"
            case "equal":
                return f"{element}.{self.pick(*INTEGERS)} = {self.number(scope, 0)}"
            case "chain":
                return f"{self.integer()} <= {element}.{self.pick(*INTEGERS)} < {self.integer()}"
            case "in":
                items = ", ".join(self.number(scope, 0) for _ in range(self.draw(st.integers(0, 3))))
                return f"{self.number(scope, 0)} IN [{items}]"
            case "text":
                return f"{element}.s {self.pick('STARTS WITH', 'CONTAINS', '=', '<', '>=')} {self.string()}"
            case "mixed":
                return f"{element}.m {self.pick('=', '<', '>', '>=', '<>')} {self.mixed()}"
            case "label":
                return f"{self.pick(*scope.nodes)}:{self.pick(*LABELS, 'A&B', '(A|B)', '!A', 'Nothing')}"
            case "same":
                return f"{self.pick(*scope.nodes)} {self.pick('=', '<>')} {self.pick(*scope.nodes)}"
            case "and":
                return f"({self.truth(scope, 0)} AND {self.truth(scope, 0)})"
            case "or":
                return f"({self.truth(scope, 0)} {self.pick('OR', 'XOR')} {self.truth(scope, 0)})"
            case "not":
                return f"NOT ({self.truth(scope, 0)})"
            case "pattern":
                return self.around(scope)
            case "exists" | "count" as kind:
                inner, self.known = scope.inner(), []
                match = f"MATCH {self.path(inner)}" + (
                    f" WHERE {self.truth(inner, 0)}" if self.chance(50) else ""
                )
                if kind == "exists":
                    return f"EXISTS {{ {match} }}"
                return f"COUNT {{ {match} }} {self.pick('=', '>', '<=')} {self.integer()}"
            case "comprehension":
                inner = scope.inner()
                return f"size([{self.path(inner, plain=True)} | {self.number(inner, 0)}]) > {self.integer()}"
            case "any":
                condition = f"e.{self.pick(*INTEGERS)} {self.pick('=', '>')} {self.integer()}"
                return f"{self.pick('any', 'all', 'none')}(e IN {self.pick(*scope.lists)} WHERE {condition})"
        return f"{self.number(scope, 0)} IS {self.pick('', 'NOT ')}NULL"

    def around(self, scope: Scope) -> str:
        """A pattern predicate about nodes at hand."""
        other = self.pick("()", "(:A)", f"({self.pick(*scope.nodes)})")
        arrow = self.pick("-->", "<--", "--", "-[:R]->", "-[:S]-", "<-[:R|S]-", "-[:R*1..2]->")
        return f"({self.pick(*scope.nodes)}){arrow}{other}"

    # -- patterns

    def map(self, scope: Scope) -> str:
        entries = [f"{key}: {self.number(scope, 0)}" for key in INTEGERS if self.chance(60)]
        return f" {{{', '.join(entries)}}}" if entries else ""

    def node(self, scope: Scope, before: Scope) -> str:
        """A node of a MATCH pattern; its conditions use only what is bound ``before`` the clause."""
        name = ""
        if scope.nodes and self.chance(35):
            name = self.pick(*scope.nodes)
        elif self.chance(75):
            name = scope.fresh("n")
            scope.nodes.append(name)
        labels = ":" + self.pick("A", "A", "B", "A:B", "A|B", "!A") if self.chance(25) else ""
        return f"({name}{labels}{self.map(before) if self.chance(10) else ''})"

    def arrow(self, inner: str) -> str:
        inner = f"[{inner}]" if inner else ""
        return self.pick(f"-{inner}->", f"-{inner}->", f"<-{inner}-", f"-{inner}-")

    def relationship(self, scope: Scope, before: Scope, plain: bool) -> str:
        types = self.pick("", "", "", ":R", ":S", ":R|S")
        condition = self.map(before) if self.chance(8) else ""
        if plain or self.chance(70):
            name = ""
            if self.known and not plain and self.chance(15):
                name = self.pick(*self.known)
                self.known.remove(name)
            elif self.chance(60):
                name = scope.fresh("r")
                scope.relationships.append(name)
            return self.arrow(f"{name}{types}{condition}")
        name = ""
        if self.chance(60):
            name = scope.fresh("l")
            scope.lists.append(name)
        length = self.pick("*1..2", "*0..1", "*2", "*..3", "*0..3", "*2..3", "*0")
        return self.arrow(f"{name}{types}{length}{condition}")

    def quantified(self, scope: Scope, before: Scope) -> str:
        """A quantified relationship or path, with the node behind it; conditions inside see names of before."""
        quantifier = self.pick("{1,2}", "{1,2}", "{2}", "{0,1}", "{,2}", "{2,3}")
        types = self.pick("", "", ":R", ":S", ":R|S", ":!R")
        if self.chance(40):
            name = scope.fresh("l") if self.chance(60) else ""
            scope.lists += [name] if name else []
            condition = f" WHERE {name}.x {self.pick('=', '<')} {self.number(before, 0)}" if name else ""
            inner = f"{name}{types}{condition if self.chance(30) else ''}"
            return f"{self.arrow(inner)}{quantifier}{self.node(scope, before)}"
        first, step, last = scope.fresh("g"), scope.fresh("l"), scope.fresh("g")
        parts = [f"({first}{self.pick('', '', ':A')})", self.arrow(f"{step}{types}"), f"({last})"]
        scope.lists += [first, step, last]
        if self.chance(40):
            more = scope.fresh("g")
            scope.lists.append(more)
            parts += [self.arrow(self.pick("", "", ":S")), f"({self.pick(more, more, first)})"]
            if parts[-1] == f"({first})":
                scope.lists.remove(more)
        inside = Scope([first, last], [step], list(before.integers), number=scope.number)
        where = f" WHERE {self.truth(inside, 0)}" if self.chance(50) else ""
        end = self.node(scope, before) if self.chance(80) else ""
        return f" ({''.join(parts)}{where}){quantifier}{end}"

    def path(self, scope: Scope, plain: bool = False) -> str:
        before = scope.inner()
        name = ""
        parts = [self.node(scope, before)]
        for _ in range(self.draw(st.sampled_from([1, 1, 2]) if plain else st.sampled_from([0, 1, 1, 1, 2]))):
            if not plain and self.chance(10) and parts[-1].endswith(")"):
                parts.append(self.quantified(scope, before))
                if parts[-1][-1] != ")":
                    break
                continue
            parts += [self.relationship(scope, before, plain), self.node(scope, before)]
        if not plain and self.chance(20):
            name = scope.fresh("p")
            scope.paths.append(name)
            return f"{name} = {''.join(parts)}"
        return "".join(parts)

    def shortest(self, scope: Scope) -> str:
        """A breadth-first expansion, alone in its clause: of its walk only the length is certain."""
        before = scope.inner()
        start, length = self.node(scope, before), scope.fresh("l")
        bounds = self.pick("", " ..2", " 2..3", " 1..1")
        name = scope.fresh("n")
        condition = f" (e, n | {self.pick('e', 'n')}.x {self.pick('=', '<>', '>')} {self.integer()})"
        end = self.pick(name, *before.nodes)
        scope.nodes += [name] if end == name else []
        inner = f"{length}{self.pick('', ':R')} *BFS{bounds}{condition if self.chance(20) else ''}"
        scope.lists.append(length)
        return f"{start}{self.arrow(inner)}({end})"

    def reach(self) -> str:
        """A query about the distinct ends of walks."""
        scope = Scope()
        before = scope.inner()
        parts = [self.node(scope, before)]
        for _ in range(self.draw(st.sampled_from([1, 1, 2]))):
            length = self.pick("*", "*..2", "*2", "*0..2", "*2..4", "*1..3", "")
            condition = self.pick("", "", "", f" {{x: {self.integer()}}}")
            parts += [
                self.arrow(f"{self.pick('', ':R', ':R|S')}{length}{condition}"),
                self.node(scope, before),
            ]
        where = f" WHERE {self.truth(scope)}" if self.chance(40) else ""
        names = scope.nodes or ["1"]
        name = self.pick(*names)
        values = [f"count(DISTINCT {name}) AS c", f"max({self.number(scope)}) AS m, {name} AS n"]
        values += [
            f"DISTINCT {name} AS n",
            f"DISTINCT {self.number(scope)} AS v",
            f"DISTINCT {', '.join(names)}",
        ]
        values += ["count(*) AS c", f"min({self.number(scope)}) AS m, count(DISTINCT {name}) AS c"]
        return f"MATCH {''.join(parts)}{where} RETURN {self.pick(*values)}"

    # -- reading clauses

    def match(self, scope: Scope) -> str:
        optional = "OPTIONAL " if self.chance(25) else ""
        self.known = list(scope.relationships)
        if self.chance(15):
            patterns = self.shortest(scope)
        else:
            number = self.draw(st.sampled_from([1, 1, 1, 2]))
            patterns = ", ".join(self.path(scope) for _ in range(number))
        where = f" WHERE {self.truth(scope)}" if self.chance(35) else ""
        return f"{optional}MATCH {patterns}{where}"

    def unwind(self, scope: Scope) -> str:
        items = ", ".join(self.number(scope, 0) for _ in range(self.draw(st.sampled_from([1, 2, 3, 0]))))
        name = scope.fresh("i")
        scope.integers.append(name)
        return f"UNWIND [{items}] AS {name}"

    def aggregate(self, scope: Scope) -> str:
        """An aggregate that does not depend on the order of rows."""
        distinct = self.pick("", "DISTINCT ")
        function = self.pick("count", "count", "sum", "min", "max", "size")
        value = self.number(scope, 0)
        if function == "count" and scope.everything():
            value = self.pick(value, *scope.everything())
        if function == "size":
            return f"size(collect({distinct}{value}))"
        return self.pick("count(*)", f"{function}({distinct}{value})")

    def with_(self, scope: Scope) -> str:
        """WITH: some variables on, numbers or aggregates under new names, maybe the first rows only."""
        kept = [name for name in scope.everything() if self.chance(60)]
        items = list(kept)
        aliases: list[str] = []
        aggregating = self.chance(30)
        for _ in range(self.draw(st.integers(0 if kept else 1, 2))):
            alias = scope.fresh("v")
            value = self.aggregate(scope) if aggregating else self.number(scope)
            items.append(f"{value} AS {alias}")
            aliases.append(alias)
        for names in scope.kinds():
            names[:] = [name for name in names if name in kept]
        scope.integers += aliases
        text = f"WITH {'DISTINCT ' if self.chance(20) else ''}{', '.join(items)}"
        if scope.everything() == scope.integers and self.chance(40):
            text += self.first_rows(scope.integers)
        return text + (f" WHERE {self.truth(scope)}" if self.chance(30) else "")

    def first_rows(self, names: list[str]) -> str:
        """An order that is total, and maybe bounds."""
        keys = ", ".join(f"{name}{self.pick('', ' DESC')}" for name in names)
        skip = f" SKIP {self.draw(st.integers(0, 2))}" if self.chance(40) else ""
        limit = f" LIMIT {self.draw(st.integers(0, 4))}" if self.chance(60) else ""
        return f" ORDER BY {keys}{skip}{limit}"

    def return_(self, scope: Scope, ordered: bool) -> str:
        """RETURN; in a total order if ``ordered`` (and then numbers only)."""
        aggregating = self.chance(30)
        items = [self.number(scope) for _ in range(self.draw(st.integers(1, 2)))]
        if aggregating:
            items.append(self.aggregate(scope))
        elif not ordered and scope.everything() and self.chance(50):
            items += [n for n in scope.everything() if n not in scope.lists and n not in scope.paths]
        aliases = [f"c{number}" for number, _ in enumerate(items)]
        listed = ", ".join(f"{item} AS {alias}" for item, alias in zip(items, aliases, strict=True))
        text = f"RETURN {'DISTINCT ' if self.chance(20) else ''}{listed}"
        return text + (self.first_rows(aliases) if ordered else "")

    # -- writing clauses

    def create_node(self, scope: Scope, before: Scope) -> str:
        if before.nodes and self.chance(50):
            return f"({self.pick(*before.nodes)})"
        name = scope.fresh("n")
        scope.nodes.append(name)
        return f"({name}{self.pick('', ':A', ':B', ':A:B')}{self.map(before)})"

    def create(self, scope: Scope) -> str:
        before = scope.inner()
        if self.chance(30):
            name = scope.fresh("n")
            scope.nodes.append(name)
            return f"CREATE ({name}{self.pick('', ':A', ':A:B')}{self.map(before)})"
        name = scope.fresh("r")
        start = self.create_node(scope, before)
        end = self.create_node(scope, before)
        scope.relationships.append(name)
        arrow = self.pick("-[{}]->", "<-[{}]-").format(f"{name}:{self.pick(*TYPES)}{self.map(before)}")
        return f"CREATE {start}{arrow}{end}"

    def merge(self, scope: Scope) -> str:
        before = scope.inner()
        name = scope.fresh("n")
        value = f"coalesce({self.number(before, 0)}, 7)"
        if not before.nodes or self.chance(50):
            scope.nodes.append(name)
            text = f"MERGE ({name}:{self.pick(*LABELS)} {{x: {value}}})"
        else:
            start = self.pick(*before.nodes)
            arrow = self.pick("-[:R]->", "<-[:S]-", f"-[:R {{x: {value}}}]->")
            end = self.pick(f"({self.pick(*before.nodes)})", f"({name}:A)", f"({name}:B {{x: {value}}})")
            name = start if end[1:].startswith(tuple(f"{n})" for n in before.nodes)) else name
            scope.nodes += [] if name == start else [name]
            text = f"MERGE ({start}){arrow}{end}"
        for event in ("CREATE", "MATCH"):
            if self.chance(30):
                text += f" ON {event} SET {name}.y = {self.integer()}"
        return text

    def set(self, scope: Scope) -> str:
        element = self.element(scope)
        assert element is not None
        items = [f"{element}.x = {self.integer()}", f"{element}.y = {element}.x", f"{element}.y = null"]
        items += [f"{element}.x = coalesce({element}.x, 0) + 1", f"{element} += {{y: {self.integer()}}}"]
        items += [f"{element} = {{x: {self.integer()}}}", f"{element}.x = 1, {element}.y = {element}.x + 1"]
        if element in scope.nodes:
            items += [f"{element}:{self.pick(*LABELS)}"] * 2
        return f"SET {self.pick(*items)}"

    def remove(self, scope: Scope) -> str:
        element = self.element(scope)
        assert element is not None
        if element in scope.nodes and self.chance(50):
            return f"REMOVE {element}:{self.pick(*LABELS)}"
        return f"REMOVE {element}.{self.pick('x', 'y', 's')}"

    def delete(self, scope: Scope) -> str:
        """Something is deleted, and nothing at hand afterwards but a count."""
        name = self.pick(*scope.nodes, *scope.relationships)
        return f"{'DETACH ' if self.chance(70) else ''}DELETE {name}"
