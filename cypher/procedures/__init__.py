"""Procedures: what ``CALL name(…)`` calls.

* ``types.py`` the types in signatures; ``signature.py`` signatures and their text
* ``registry.py`` what a procedure is, and the table of those an engine knows
"""

from lithograph.cypher.procedures.registry import Mode, Procedure, Procedures, procedure
from lithograph.cypher.procedures.signature import Argument, Field, Signature

__all__ = ["Argument", "Field", "Mode", "Procedure", "Procedures", "Signature", "procedure"]


def built_in() -> Procedures:
    """A table with the procedures that every engine has."""
    return Procedures()
