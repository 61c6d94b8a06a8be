"""Where a search begins: all nodes, those of a label, those that an index or an id finds."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Step
from lithograph.cypher.plan.logical.hop import Hop
from lithograph.cypher.plan.logical.text import shown
from lithograph.cypher.render import render_labels


@dataclass(frozen=True, slots=True)
class ScanAll(Step):
    """Every node, for each row."""

    variable: str

    def text(self) -> str:
        return f"ScanAll ({shown(self.variable)})"


@dataclass(frozen=True, slots=True)
class ScanAllByLabel(Step):
    """Every node with a label, for each row."""

    variable: str
    label: str

    def text(self) -> str:
        return f"ScanAllByLabel ({shown(self.variable)} :{self.label})"


@dataclass(frozen=True, slots=True)
class ScanAllByComputedLabel(Step):
    """For each row at least every node with the label, or labels, that an expression gives there."""

    variable: str
    label: ast.LabelDynamic

    def text(self) -> str:
        return f"ScanAllByLabel ({shown(self.variable)} :{render_labels(self.label)})"


@dataclass(frozen=True, slots=True)
class IndexSeek(Step):
    """The nodes with given values, from an index; ``values`` see the row.

    There is one for each key, or for the first ones of several. With ``each`` the single value is a list and every
    item of it is looked up.
    """

    variable: str
    label: str
    keys: tuple[str, ...]
    values: tuple[ast.Expression, ...]
    each: bool = False

    def text(self) -> str:
        return f"ScanAllByLabelProperties ({shown(self.variable)} :{self.label} {{{', '.join(self.keys)}}})"


@dataclass(frozen=True, slots=True)
class IndexRange(Step):
    """The nodes with a value within bounds, from an index; the bounds are constants of the query.

    Without any bound: all nodes that have a value.
    """

    variable: str
    label: str
    key: str
    low: ast.Expression | None = None
    low_open: bool = False
    high: ast.Expression | None = None
    high_open: bool = False
    prefix: ast.Expression | None = None

    def text(self) -> str:
        return f"ScanAllByLabelProperties ({shown(self.variable)} :{self.label} {{{self.key}}})"


@dataclass(frozen=True, slots=True)
class ScanAllById(Step):
    """The node with a given id; ``value`` sees the row. ``textual``: it is an element id."""

    variable: str
    value: ast.Expression
    textual: bool = False

    def text(self) -> str:
        return f"ScanAllById ({shown(self.variable)})"


@dataclass(frozen=True, slots=True)
class ScanAllByEdge(Step):
    """The relationships that an index finds, with both their ends; of one type, and none of it is bound before.

    ``lookup`` says how, its label being the type and its own input of no account; None: all of the type.
    """

    hop: Hop
    type: str
    lookup: IndexSeek | IndexRange | None = None

    def text(self) -> str:
        match self.lookup:
            case None:
                return f"ScanAllByEdgeType {self.hop.arrow()}"
            case IndexSeek(keys=keys):
                detail = f" {{{', '.join(keys)}}}"
                return f"ScanAllByEdgeTypePropertyValue {self.hop.arrow(detail)}"
            case IndexRange(key=key):
                detail = f" {{{key}}}"
                return f"ScanAllByEdgeTypePropertyRange {self.hop.arrow(detail)}"
