"""The one definition of each operation of the language, on plain Python values.

What these functions do *is* the meaning of the operation: nulls, types, errors, overflow. Kernels over
arrays (``cypher/kernels``) are shortcuts that have to agree with them.

* ``logic.py`` AND, OR, XOR, NOT over true, false and null
* ``compare.py`` ``=``, ``<>``, ``<``, ``<=``, ``>``, ``>=``
* ``arithmetic.py`` ``+ - * / % ^`` and negation, overflow included
* ``temporal/`` what there is to do with temporal values
* ``strings.py`` STARTS WITH, ENDS WITH, CONTAINS, ``=~``; ``text.py`` values as text
* ``lists.py`` IN, subscript, slice
* ``access.py`` ``value.key`` and labels; ``components.py`` the fields of temporal values and points
* ``ordering.py`` ORDER BY, DISTINCT and grouping with nodes, relationships and paths
* ``limits.py`` how long a string or list may get
* ``functions/`` functions by name; ``aggregates.py`` aggregate functions by name

Conventions: operands come as Python values (``None``, ``bool``, ``int``, ``float``, ``str``, ``bytes``,
``list``, ``dict``, the classes of ``storage/values`` and the references of ``cypher/entities.py``), never
as subclasses or NumPy scalars. Operands are never changed. An operation that needs the graph takes a
``GraphReader`` as its last argument. Errors are those of ``cypher/errors.py``, without a position.
"""

from lithograph.cypher.scalar import ordering as _ordering  # noqa: F401  (names and ranks of entities)
