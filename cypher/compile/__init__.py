"""Expressions, compiled to run over frames.

* ``compiler.py`` from the syntax tree to the classes below
* ``base.py`` the interface, and constants; ``variables.py`` what an expression takes from outside
* ``operations.py`` the table of operators; ``operators.py`` operators; ``calls.py`` functions and IN
* ``access.py`` properties, labels, lists and maps; ``conditional.py`` CASE and coalesce
* ``iteration.py`` comprehensions, quantifiers, reduce; ``rows.py`` the row-by-row fallback
"""

from lithograph.cypher.compile.base import Compiled, SubqueryCompiler
from lithograph.cypher.compile.compiler import compile_expression, is_constant
from lithograph.cypher.compile.variables import free_variables

__all__ = ["Compiled", "SubqueryCompiler", "compile_expression", "free_variables", "is_constant"]
