"""AND, OR, XOR and NOT over true, false and null (Kleene's three-valued logic).

Both operands are looked at, whatever the first one says: a value that is no truth value is an error.
"""

from __future__ import annotations

from typing import Any

from lithograph.cypher.errors import CypherTypeError
from lithograph.storage.values.types import type_name


def and_(a: Any, b: Any) -> bool | None:
    """``a AND b``."""
    if (a is not None and type(a) is not bool) or (b is not None and type(b) is not bool):
        raise _refusal("AND", a, b)
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def or_(a: Any, b: Any) -> bool | None:
    """``a OR b``."""
    if (a is not None and type(a) is not bool) or (b is not None and type(b) is not bool):
        raise _refusal("OR", a, b)
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def xor(a: Any, b: Any) -> bool | None:
    """``a XOR b``."""
    if (a is not None and type(a) is not bool) or (b is not None and type(b) is not bool):
        raise _refusal("XOR", a, b)
    return None if a is None or b is None else a is not b


def not_(a: Any) -> bool | None:
    """``NOT a``."""
    if a is None:
        return None
    if type(a) is not bool:
        raise CypherTypeError(f"NOT needs a Boolean, not {type_name(a)}.")
    return not a


def is_true(value: Any) -> bool:
    """Does a row pass ``WHERE value``? Null does not; what is no truth value is an error."""
    if value is None:
        return False
    if type(value) is not bool:
        raise CypherTypeError(f"A predicate must be a Boolean, not {type_name(value)}.")
    return value


def _refusal(operator: str, a: Any, b: Any) -> CypherTypeError:
    culprit = a if a is not None and type(a) is not bool else b
    return CypherTypeError(f"{operator} needs Boolean operands, not {type_name(culprit)}.")
