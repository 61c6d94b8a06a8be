"""What changes the graph, and what keeps changes apart from what must not see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Plan, Step
from lithograph.cypher.plan.logical.hop import Hop
from lithograph.cypher.plan.logical.text import brief, shown
from lithograph.cypher.render import render_labels


@dataclass(frozen=True, slots=True)
class Accumulate(Step):
    """All rows of the input before the first goes on: what follows must not be seen by what went before."""


@dataclass(frozen=True, slots=True)
class CreateNode(Step):
    """A new node for each row."""

    variable: str
    labels: ast.LabelExpression | None
    properties: ast.Expression | None

    def text(self) -> str:
        labels = "" if self.labels is None else f" :{render_labels(self.labels)}"
        return f"CreateNode ({shown(self.variable)}{labels})"


@dataclass(frozen=True, slots=True)
class CreateExpand(Step):
    """A new relationship for each row."""

    variable: str
    type: ast.LabelExpression
    source: str
    target: str
    properties: ast.Expression | None

    def text(self) -> str:
        hop = Hop(self.source, self.variable, self.target, "out", self.type, True)
        return f"CreateExpand {hop.arrow()}"


@dataclass(frozen=True, slots=True)
class Merge(Step):
    """For each row what ``match`` finds, or else what ``create`` makes, once for rows that are alike.

    ``keys`` tell alike rows: the values of the pattern's properties and its bound variables.
    ``introduced`` are the variables the pattern binds. ``rowwise``: rows must go one by one, since one
    may find parts of what several before it made.
    """

    match: Plan
    create: Plan
    keys: tuple[tuple[str, ast.Expression], ...]
    introduced: tuple[str, ...]
    on_match: Plan
    on_create: Plan
    symmetric: tuple[str, str] | None = None
    rowwise: bool = False

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "On Match", self.match
        yield "On Create", self.create


@dataclass(frozen=True, slots=True)
class Apart(Step):
    """The updates ``inner``, a batch at a time in which no row touches what another one writes.

    ``written`` hold the elements that the updates write, ``searched`` and ``read`` those that they read
    (``read``: only the values themselves). ``overwrites``: rows that only write clash, too.
    ``single``: every row goes alone.
    """

    inner: Plan
    written: tuple[str, ...]
    read: tuple[str, ...]
    searched: tuple[str, ...]
    overwrites: bool
    single: bool

    def text(self) -> str:
        return f"Apart {{{', '.join(map(shown, self.written))}}}"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class SetProperty(Step):
    """``target = value``: a property of a node or relationship (null removes it)."""

    subject: ast.Expression
    key: str | ast.Expression
    value: ast.Expression

    def text(self) -> str:
        key = self.key if isinstance(self.key, str) else brief(self.key)
        return f"SetProperty {{{brief(self.subject)}.{key}}}"


@dataclass(frozen=True, slots=True)
class SetProperties(Step):
    """``variable = map`` or ``variable += map``."""

    variable: str
    value: ast.Expression
    merge: bool

    def text(self) -> str:
        return f"SetProperties {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class ChangeLabels(Step):
    """``SET variable:A:B``, ``REMOVE variable:A:B``."""

    variable: str
    labels: tuple[ast.LabelName | ast.LabelDynamic, ...]
    remove: bool

    def text(self) -> str:
        return f"{'RemoveLabels' if self.remove else 'SetLabels'} {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class Delete(Step):
    """Deletes the elements that the expressions give."""

    expressions: tuple[ast.Expression, ...]
    detach: bool


@dataclass(frozen=True, slots=True)
class Foreach(Step):
    """Runs ``inner`` for each item of a list, for its effects."""

    variable: str
    source: ast.Expression
    inner: Plan
    rowwise: bool = False
    """Whether the items go one by one, since what one does may matter to the next."""
    list_by_rows: bool = False
    """Whether the list of a row is made when the rows before are done, since they may change it."""

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner
