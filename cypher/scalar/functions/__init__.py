"""Functions by name: ``lookup("toUpper")``.

* ``registry.py`` the table and the decorator that fills it; ``takes.py``, ``signatures.py`` the types that functions
  declare; ``arguments.py`` checks with good messages
* ``scalar.py`` coalesce, nullIf, timestamp, randomUUID; ``value_type.py`` valueType
* ``conversion.py`` toInteger, toFloat, toBoolean, toString and their OrNull and List forms
* ``entity.py`` id, labels, type, properties, keys, degree, nodes, relationships, …
* ``sequences.py`` head, last, tail, size, length, range, reverse, toSet, isEmpty
* ``enums.py`` toEnum
* ``coll.py`` the namespace ``coll``; ``memgraph.py`` assert, counter, byte strings
* ``math.py``, ``string.py``, ``temporal.py``, ``durations.py``, ``spatial.py``, ``vector.py``

Predicates over list elements (all, any, …) and ``reduce`` are syntax and not here; neither are
aggregates, which are in ``cypher/scalar/aggregates.py``.
"""

from lithograph.cypher.scalar.functions import (  # noqa: F401  (importing a group enters its functions)
    coll,
    conversion,
    durations,
    entity,
    enums,
    math,
    memgraph,
    scalar,
    sequences,
    spatial,
    string,
    temporal,
    value_type,
    vector,
)
from lithograph.cypher.scalar.functions.registry import Function, all_functions, lookup, unknown_function

__all__ = ["Function", "all_functions", "lookup", "unknown_function"]
