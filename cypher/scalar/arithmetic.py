"""``+``, ``-``, ``*``, ``/``, ``%``, ``^``, ``||`` and negation.

Null in, null out. Integers are 64 bits wide and overflow is an error, never a wrap. Integer division
truncates toward zero and the remainder has the sign of the dividend; by zero it is an error. Floats
follow IEEE 754: no errors, but infinities and NaN. ``^`` is always a float.
"""

from __future__ import annotations

import math
from typing import Any

from lithograph.cypher.errors import CypherArithmeticError, CypherTypeError, DivisionByZeroError
from lithograph.cypher.scalar.limits import check_list_length, check_string_length
from lithograph.cypher.scalar.temporal import arithmetic as temporal
from lithograph.cypher.scalar.temporal import differences
from lithograph.cypher.scalar.temporal.parts import INSTANTS
from lithograph.cypher.scalar.text import TEXTUAL_TYPES, to_text
from lithograph.storage.values.properties import MAXIMUM_INTEGER, MINIMUM_INTEGER
from lithograph.storage.values.temporal import TEMPORAL_TYPES, Duration
from lithograph.storage.values.types import type_name

_NUMBERS: frozenset[type] = frozenset((int, float))
_TEMPORAL: frozenset[type] = frozenset(TEMPORAL_TYPES)


def add(a: Any, b: Any) -> Any:
    """``a + b``: numbers, strings (with other plain values too), lists (with elements too), durations."""
    if a is None or b is None:
        return None
    left, right = type(a), type(b)
    if left in _NUMBERS and right in _NUMBERS:
        return checked(a + b) if left is int and right is int else a + b
    if left is right is str:
        check_string_length(len(a) + len(b))
        return a + b
    if left is list or right is list:
        return _concatenate(a if left is list else [a], b if right is list else [b])
    if (left is str and right in TEXTUAL_TYPES) or (right is str and left in TEXTUAL_TYPES):
        x, y = to_text(a), to_text(b)
        check_string_length(len(x) + len(y))
        return x + y
    if right is Duration and left in _TEMPORAL:
        return temporal.add_duration(a, b)
    if left is Duration and right in _TEMPORAL:
        return temporal.add_duration(b, a)
    raise CypherTypeError(f"Cannot add `{type_name(a)}` and `{type_name(b)}`.")


def concatenate(a: Any, b: Any) -> Any:
    """``a || b``: two strings or two lists."""
    if a is None or b is None:
        return None
    if type(a) is str and type(b) is str:
        check_string_length(len(a) + len(b))
        return a + b
    if type(a) is list and type(b) is list:
        return _concatenate(a, b)
    raise CypherTypeError(
        f"|| needs two Strings or two Lists, not `{type_name(a)}` and `{type_name(b)}`. To make a String of another "
        "value use toString(), to add an element to a List write it as [element]."
    )


def subtract(a: Any, b: Any) -> Any:
    """``a - b``: numbers; a temporal value or duration minus a duration; two temporal values of one type."""
    if a is None or b is None:
        return None
    left, right = type(a), type(b)
    if left in _NUMBERS and right in _NUMBERS:
        return checked(a - b) if left is int and right is int else a - b
    if right is Duration and left in _TEMPORAL:
        return temporal.add_duration(a, -b)
    if left is right and left in INSTANTS:
        return differences.subtract(a, b)
    raise CypherTypeError(f"Cannot subtract `{type_name(b)}` from `{type_name(a)}`.")


def multiply(a: Any, b: Any) -> Any:
    """``a * b``: numbers; a duration and a number."""
    if a is None or b is None:
        return None
    left, right = type(a), type(b)
    if left in _NUMBERS and right in _NUMBERS:
        return checked(a * b) if left is int and right is int else a * b
    if left is Duration and right in _NUMBERS:
        return temporal.multiply(a, b)
    if right is Duration and left in _NUMBERS:
        return temporal.multiply(b, a)
    raise CypherTypeError(f"Cannot multiply `{type_name(a)}` and `{type_name(b)}`.")


def divide(a: Any, b: Any) -> Any:
    """``a / b``: numbers; a duration by a number."""
    if a is None or b is None:
        return None
    left, right = type(a), type(b)
    if left in _NUMBERS and right in _NUMBERS:
        if left is int and right is int:
            return _integer_quotient(a, b)
        return _float_quotient(float(a), float(b))
    if left is Duration and right in _NUMBERS:
        return temporal.divide(a, b)
    raise CypherTypeError(f"Cannot divide `{type_name(a)}` by `{type_name(b)}`.")


def modulo(a: Any, b: Any) -> Any:
    """``a % b``, with the sign of ``a``."""
    if a is None or b is None:
        return None
    left, right = type(a), type(b)
    if left not in _NUMBERS or right not in _NUMBERS:
        raise CypherTypeError(f"Cannot calculate modulus of `{type_name(a)}` and `{type_name(b)}`.")
    if left is int and right is int:
        if b == 0:
            raise DivisionByZeroError("Division by zero in %.")
        remainder = abs(a) % abs(b)
        return -remainder if a < 0 else remainder
    if b == 0 or math.isinf(a):
        return math.nan
    return math.fmod(a, b)


def power(a: Any, b: Any) -> float | None:
    """``a ^ b``, a float."""
    if a is None or b is None:
        return None
    if type(a) not in _NUMBERS or type(b) not in _NUMBERS:
        raise CypherTypeError(f"Cannot raise `{type_name(a)}` to the power of `{type_name(b)}`.")
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0 and _odd(b) else math.inf
    except ValueError:
        if a != 0:
            return math.nan
        return math.copysign(math.inf, a) if _odd(b) else math.inf


def negate(a: Any) -> Any:
    """``-a``: numbers and durations."""
    if a is None:
        return None
    kind = type(a)
    if kind is int:
        return checked(-a)
    if kind is float or kind is Duration:
        return -a
    raise CypherTypeError(f"Cannot negate `{type_name(a)}`.")


def plus(a: Any) -> Any:
    """``+a``: numbers and durations, unchanged."""
    if a is None or type(a) in _NUMBERS or type(a) is Duration:
        return a
    raise CypherTypeError(f"Unary plus needs a number, not `{type_name(a)}`.")


def checked(value: int) -> int:
    """``value``, if it fits into 64 bits.

    Raises:
        CypherArithmeticError: it does not.
    """
    if MINIMUM_INTEGER <= value <= MAXIMUM_INTEGER:
        return value
    raise CypherArithmeticError("Integer overflow: the result does not fit into 64 bits.")


def _concatenate(a: list[Any], b: list[Any]) -> list[Any]:
    check_list_length(len(a) + len(b))
    return a + b


def _integer_quotient(a: int, b: int) -> int:
    if b == 0:
        raise DivisionByZeroError("Division by zero.")
    quotient = abs(a) // abs(b)
    return checked(quotient if (a < 0) == (b < 0) else -quotient)


def _float_quotient(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _odd(value: float) -> bool:
    return math.isfinite(value) and value % 2 == 1
