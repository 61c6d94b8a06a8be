"""Syntax trees and values back to text: the inverse of ``parse``, and the only place that quotes.

* ``names.py`` names, in backticks where they need them
* ``values.py`` values as literals
* ``expressions.py``, ``patterns.py``, ``clauses.py`` trees; ``parse(render(tree)) == tree``
"""

from __future__ import annotations

from lithograph.cypher.render.clauses import render
from lithograph.cypher.render.expressions import render_expression
from lithograph.cypher.render.names import quoted, render_name
from lithograph.cypher.render.patterns import render_labels, render_path
from lithograph.cypher.render.values import render_string, render_value

__all__ = [
    "quoted",
    "render",
    "render_expression",
    "render_labels",
    "render_name",
    "render_path",
    "render_string",
    "render_value",
]
