"""From a checked syntax tree to operators.

* ``logical/`` plan nodes: dataclasses that print as a tree (EXPLAIN)
* ``scope.py`` names that the planner makes up · ``patterns.py`` a pattern as nodes and relationships with
  names, and its predicates
* ``statistics.py`` how many rows to expect · ``access.py`` how to get at a first node
* ``match.py`` the order in which a pattern is matched · ``projection.py`` WITH and RETURN ·
  ``updates.py`` what changes the graph ·
  ``conflicts.py`` which rows of an update get in each other's way · ``build.py`` clause after clause to a plan
* ``rules/`` rewrites of a plan into a faster one
* ``lower.py`` plan nodes to operators, each told which columns are still needed
* ``explain.py`` the tree as text
"""
