"""Semantic analysis: what makes no sense is refused before anything runs.

``check(statement)`` goes through a query clause by clause, keeping track of the names in scope and what they are
bound to. In the order of control flow:

* ``checked.py`` the entry, and what is known of a statement behind it
* ``queries.py`` clauses and their order; ``scope.py`` names
* ``projections.py`` WITH and RETURN; ``grouping.py`` what may stand beside an aggregation
* ``patterns.py`` patterns matched and created
* ``expressions.py`` expressions; ``functions.py`` functions; ``types.py`` types
"""

from __future__ import annotations

from lithograph.cypher.analysis.checked import Checked, check

__all__ = ["Checked", "check"]
