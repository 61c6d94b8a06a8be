"""Plans beside the main one: what they give is joined with the rows, or follows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Plan, Step
from lithograph.cypher.plan.logical.text import brief


@dataclass(frozen=True, slots=True)
class HashJoin(Step):
    """The rows with each node ``variable`` that ``inner`` finds and whose ``keys`` have the ``values`` of the row.

    ``inner`` knows nothing of the rows and runs once; ``keys`` see its rows. What is joined is a superset, as
    that of an index is.
    """

    inner: Plan
    variable: str
    values: tuple[ast.Expression, ...]
    keys: tuple[ast.Expression, ...]

    def text(self) -> str:
        pairs = zip(self.values, self.keys, strict=True)
        joined = ", ".join(f"{brief(value).strip('{}')} : {brief(key).strip('{}')}" for value, key in pairs)
        return f"HashJoin {{{joined}}}"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class Optional(Step):
    """The rows with what ``inner`` finds for them, or with nulls where it finds nothing."""

    inner: Plan
    introduced: tuple[str, ...]

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class Recall(Step):
    """The rows with columns of the outer rows they belong to, fetched by the number in ``row``.

    EXPLAIN leaves it out: in most plans nobody needs what it offers, and it comes to nothing.
    """

    row: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apply(Step):
    """CALL { … }: the rows joined with what ``inner`` gives for them.

    Attributes:
        inner: a plan by ``for_each_row``.
        row: the column by which it numbers the rows.
        imports: the variables that it is given.
        introduced: the columns that it gives; with ``unit`` there are none, and every row goes on once.
        rowwise: the rows are to be given one by one, since what is done for one may matter to the next.
        alike: it gives the same for every row, so it need not run more than once.
        transactions: the rows are done in batches, with a commit after each; its ``batch`` says how many rows.
        optional: a row for which it gives nothing goes on with nulls.
    """

    inner: Plan
    row: str
    imports: tuple[str, ...]
    introduced: tuple[str, ...]
    unit: bool = False
    rowwise: bool = False
    alike: bool = False
    transactions: ast.InTransactions | None = None
    optional: bool = False

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner

    def text(self) -> str:
        return f"{'Optional' if self.optional else ''}Apply{'' if self.transactions is None else ' in transactions'}"


@dataclass(frozen=True, slots=True)
class Union(Plan):
    """The rows of several plans with the same columns, one plan after the other."""

    parts: tuple[Plan, ...]
    columns: tuple[str, ...]

    def inputs(self) -> Iterator[Plan]:
        yield self.parts[0]

    def branches(self) -> Iterator[tuple[str, Plan]]:
        for part in self.parts[1:]:
            yield "", part

    def text(self) -> str:
        return f"Union {{{', '.join(self.columns)}}}"
