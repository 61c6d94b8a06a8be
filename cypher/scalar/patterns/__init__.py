"""Regular expressions as ``=~`` takes them: Java's, whole strings, within bounds of time and memory.

* ``translation.py`` Java's syntax as that of the library ``regex``, and how hard a pattern may be to match
* ``character_sets.py`` ``\\w``, ``\\p{…}`` and their like
* ``matching.py`` patterns compiled and kept, and the match itself, which can be stopped

Why it is this library: ``docs/decisions/0017-regular-expressions.md``.
"""

from lithograph.cypher.scalar.patterns.matching import matches_whole

__all__ = ["matches_whole"]
