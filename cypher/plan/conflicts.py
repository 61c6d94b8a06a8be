"""Which rows of a SET or REMOVE get in each other's way.

The rows of an update go one after the other: what the first one writes the second one reads. On a batch, item after
item, that comes out the same unless a value reads a property that the clause itself writes, or two items
write the same property. This finds out from the syntax, erring on the safe side; where it may happen the plan
takes the rows apart (``operators/apart.py``) so that no batch holds two rows that touch one element.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.scalar.functions import lookup
from lithograph.cypher.walk import children

Names = frozenset[str]

EVERY = "*"
"""Stands for all property keys."""

LABELS = ":"
"""Stands for the labels of a node."""


@dataclass(slots=True)
class Touched:
    """What an update touches: variables by what is done with them."""

    written: set[str] = field(default_factory=set)
    """Variables that hold the elements written, maybe inside a list or a map."""
    read: set[str] = field(default_factory=set)
    """Variables that occur only as ``variable.key``."""
    searched: set[str] = field(default_factory=set)
    """Variables that occur otherwise: elements inside their values count, too."""
    keys_written: list[Names] = field(default_factory=list)
    """For each item."""
    keys_read: set[str] = field(default_factory=set)
    anything: bool = False
    """Whether a value may read elements that no variable holds."""

    def overwrites(self) -> bool:
        """Whether two items may write the same."""
        written: frozenset[str] = frozenset()
        for keys in self.keys_written:
            if meet(written, keys):
                return True
            written |= keys
        return False

    def rereads(self) -> bool:
        """Whether a value may read what an item writes."""
        return self.anything or meet(self.all_written(), self.keys_read)

    def all_written(self) -> Names:
        """The keys that some item writes."""
        return frozenset[str]().union(*self.keys_written)


def meet(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two sets of keys have one in common."""
    first, second = frozenset(some), frozenset(others)
    if EVERY in first | second and first - {LABELS} and second - {LABELS}:
        return True
    return bool(first & second)


def touched(items: Iterable[ast.UpdateItem]) -> Touched:
    """What the items of a SET or REMOVE touch."""
    found = Touched()
    for item in items:
        match item:
            case ast.SetProperty(target=target, value=value):
                _target(target, found)
                _reads(value, found)
            case ast.RemoveProperty(target=target):
                _target(target, found)
            case ast.SetProperties(variable=variable, value=value):
                found.written.add(variable)
                found.keys_written.append(_keys_of(value))
                if isinstance(value, ast.Variable):
                    found.read.add(value.name)  # maybe a node, whose properties are read
                    found.keys_read.add(EVERY)
                _reads(value, found)
            case (
                ast.SetLabels(variable=variable, labels=labels)
                | ast.RemoveLabels(variable=variable, labels=labels)
            ):
                found.written.add(variable)
                found.keys_written.append(frozenset((LABELS,)))
                for label in labels:
                    _reads(label, found)
    return found


def merge_goes_by_rows(clause: ast.Merge, introduced: Iterable[str]) -> bool:
    """Whether what MERGE sets may change what it finds or makes in a later row."""
    events = touched((*clause.on_create, *clause.on_match))
    pattern = Touched()
    named: set[str] = set()
    for element in clause.path.plain():
        labels = element.labels if isinstance(element, ast.NodePattern) else None
        named |= set() if labels is None else {LABELS}
        if element.properties is not None:
            named |= _keys_of(element.properties)
            _reads(element.properties, pattern)
    if events.anything or pattern.anything or meet(events.all_written(), named | pattern.keys_read):
        return bool(events.keys_written) or pattern.anything
    return bool(clause.on_create and clause.on_match and events.written - set(introduced))


def _target(target: ast.Property | ast.Subscript, found: Touched) -> None:
    found.written |= free_variables(target.subject)
    if isinstance(target, ast.Property):
        found.keys_written.append(frozenset((target.key,)))
    else:
        found.keys_written.append(frozenset((EVERY,)))
        _reads(target.index, found)
    if not isinstance(target.subject, ast.Variable):
        _reads(target.subject, found)


def _keys_of(value: ast.Expression) -> Names:
    """The keys that ``variable += value`` may write."""
    if isinstance(value, ast.MapLiteral):
        return frozenset(key for key, _ in value.entries)
    return frozenset((EVERY,))


def list_goes_by_rows(source: ast.Expression, updates: Iterable[ast.Clause]) -> bool:
    """Whether what FOREACH does for one row may change the list of a later row."""
    found = Touched()
    _reads(source, found)
    return found.anything or meet(_keys_written(updates), found.keys_read)


def _keys_written(updates: Iterable[ast.Clause]) -> Names:
    """The keys of elements that were there before which the clauses may write."""
    written: Names = frozenset()
    for clause in updates:
        match clause:
            case ast.Set(items=items) | ast.Remove(items=items):
                written |= touched(items).all_written()
            case ast.Merge(on_create=on_create, on_match=on_match):
                written |= touched((*on_create, *on_match)).all_written()
            case ast.Delete():
                written |= {EVERY, LABELS}
            case ast.Foreach(updates=inner):
                written |= _keys_written(inner)
    return written


def _reads(syntax: ast.Syntax, found: Touched) -> None:
    """Note what evaluating ``syntax`` reads of the graph."""
    inside = Touched()
    _collect(syntax, inside)
    free = free_variables(syntax)  # the others are bound inside, to what comes from these
    found.read |= inside.read & free
    found.searched |= inside.searched & free
    found.keys_read |= inside.keys_read
    found.anything |= inside.anything


def _collect(syntax: ast.Syntax, found: Touched) -> None:
    """The same, with the names that are bound inside."""
    match syntax:
        case ast.Property(subject=ast.Variable(name=name), key=key):
            found.read.add(name)
            found.keys_read.add(key)
            return
        case ast.Property(key=key):
            found.keys_read.add(key)
        case ast.Variable(name=name):
            found.searched.add(name)
        case ast.HasLabels():
            found.keys_read.add(LABELS)
        case ast.Subscript() | ast.MapProjection():
            found.keys_read.add(EVERY)
        case ast.FunctionCall(name=name):
            function = lookup(name)
            if function is None or function.needs_reader:
                found.keys_read |= {EVERY, LABELS}
            if name.lower() in ("startnode", "endnode"):
                found.anything = True
        case (
            ast.PatternPredicate()
            | ast.PatternComprehension()
            | ast.SubqueryExpression()
            | ast.PathExpression()
        ):
            found.anything = True
    for child in children(syntax):
        _collect(child, found)
