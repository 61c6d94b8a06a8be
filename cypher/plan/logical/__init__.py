"""Plan nodes: what is to be done, as data.

A plan is a tree with one node for each step; ``input`` is the step before. Nodes hold syntax trees,
not compiled expressions, so that plans can be printed, compared and rewritten; ``lower.py`` makes
operators of them. The text of a node is what EXPLAIN shows, in the words of Memgraph's plans.
All nodes are had from here, as ``logical.Expand``:

* ``base.py`` what a plan node is, and a whole plan; ``text.py`` names and expressions as EXPLAIN prints them
* ``scans.py`` where a search begins; ``hop.py``, ``expansions.py``, ``shortest.py``, ``automata.py`` how it goes on
* ``rows.py``, ``order.py``, ``aggregation.py`` what becomes of the rows
* ``inner.py`` plans beside the main one: subqueries, OPTIONAL MATCH, joins, UNION
* ``updates.py`` what changes the graph
* ``identifiers.py`` the variables that a step leaves
"""

from __future__ import annotations

from lithograph.cypher.plan.logical.aggregation import Aggregate, CountElements
from lithograph.cypher.plan.logical.automata import Move, PathPart, SearchPaths, Stretch
from lithograph.cypher.plan.logical.base import Names, Once, Plan, Planned, Step
from lithograph.cypher.plan.logical.expansions import (
    ConstructNamedPath,
    Expand,
    ExpandVariable,
    PruningBFSExpand,
    Repeat,
)
from lithograph.cypher.plan.logical.hop import Hop
from lithograph.cypher.plan.logical.identifiers import identifiers
from lithograph.cypher.plan.logical.inner import Apply, HashJoin, Optional, Recall, Union
from lithograph.cypher.plan.logical.order import Distinct, Limit, OrderBy, Skip, SliceEach
from lithograph.cypher.plan.logical.rows import CallProcedure, EmptyResult, Extend, Filter, Produce, Unwind
from lithograph.cypher.plan.logical.scans import (
    IndexRange,
    IndexSeek,
    ScanAll,
    ScanAllByComputedLabel,
    ScanAllByEdge,
    ScanAllById,
    ScanAllByLabel,
)
from lithograph.cypher.plan.logical.shortest import (
    BFSExpand,
    KShortestExpand,
    SelectedExpand,
    SelectPaths,
    WeightedExpand,
)
from lithograph.cypher.plan.logical.text import brief, shown
from lithograph.cypher.plan.logical.updates import (
    Accumulate,
    Apart,
    ChangeLabels,
    CreateExpand,
    CreateNode,
    Delete,
    Foreach,
    Merge,
    SetProperties,
    SetProperty,
)

__all__ = [
    # base.py
    "Names",
    "Plan",
    "Once",
    "Step",
    "Planned",
    # text.py
    "shown",
    "brief",
    # hop.py
    "Hop",
    # scans.py
    "ScanAll",
    "ScanAllByLabel",
    "ScanAllByComputedLabel",
    "IndexSeek",
    "IndexRange",
    "ScanAllById",
    "ScanAllByEdge",
    # expansions.py
    "Expand",
    "ExpandVariable",
    "Repeat",
    "PruningBFSExpand",
    "ConstructNamedPath",
    # shortest.py
    "BFSExpand",
    "WeightedExpand",
    "KShortestExpand",
    "SelectedExpand",
    "SelectPaths",
    # automata.py
    "Stretch",
    "Move",
    "PathPart",
    "SearchPaths",
    # rows.py
    "Filter",
    "Unwind",
    "CallProcedure",
    "Extend",
    "Produce",
    "EmptyResult",
    # order.py
    "Distinct",
    "OrderBy",
    "Skip",
    "Limit",
    "SliceEach",
    # aggregation.py
    "Aggregate",
    "CountElements",
    # inner.py
    "HashJoin",
    "Optional",
    "Recall",
    "Apply",
    "Union",
    # updates.py
    "Accumulate",
    "CreateNode",
    "CreateExpand",
    "Merge",
    "Apart",
    "SetProperty",
    "SetProperties",
    "ChangeLabels",
    "Delete",
    "Foreach",
    # identifiers.py
    "identifiers",
]
