"""Aggregation over streams of frames: groups come as dense numbers (``grouping.py``), values as vectors.

``make_aggregate`` gives the state for one aggregating call; ``counting.py``, ``sums.py``, ``extremes.py`` keep
a number or two for each group, ``buffered.py`` all values, ``distinct.py`` wraps any of them.
"""

from __future__ import annotations

from collections.abc import Callable

from lithograph.cypher import ast
from lithograph.cypher.aggregation.base import Aggregate
from lithograph.cypher.aggregation.buffered import Collect, CollectMap, Deviation, Percentile, Project
from lithograph.cypher.aggregation.counting import Count
from lithograph.cypher.aggregation.distinct import Distinct
from lithograph.cypher.aggregation.extremes import Extreme
from lithograph.cypher.aggregation.sums import Average, Sum
from lithograph.cypher.scalar import aggregates

__all__ = ["Aggregate", "make_aggregate"]

_MAKERS: dict[str, Callable[[], Aggregate]] = {
    "count": Count,
    "sum": Sum,
    "avg": Average,
    "min": lambda: Extreme(greatest=False),
    "max": lambda: Extreme(greatest=True),
    "collect": Collect,
    "project": Project,
    "stdev": lambda: Deviation(aggregates.stdev, lost_degrees=1),
    "stdevp": lambda: Deviation(aggregates.stdevp, lost_degrees=0),
    "percentilecont": lambda: Percentile(aggregates.percentile_cont),
    "percentiledisc": lambda: Percentile(aggregates.percentile_disc),
}
_MAKERS |= {alias: _MAKERS[name] for alias, name in aggregates.ALIASES.items()}


def make_aggregate(call: ast.FunctionCall | ast.CountStar) -> Aggregate:
    """Fresh state for ``call``, an aggregating function that the analysis has checked."""
    if isinstance(call, ast.CountStar):
        return Count()
    name = call.name.casefold()
    paired = len(call.arguments) == 2 and aggregates.ALIASES.get(name, name) == "collect"
    aggregate = CollectMap() if paired else _MAKERS[name]()
    return Distinct(aggregate) if call.distinct else aggregate
