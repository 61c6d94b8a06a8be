"""Mathematics. Outside of its domain a function is NaN or infinite, as IEEE 754 and Java have it."""

from __future__ import annotations

import decimal
import math
import random
from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.arithmetic import checked
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.arguments import ABSENT
from lithograph.cypher.scalar.functions.registry import function

_ROUNDING_MODES = {
    "UP": decimal.ROUND_UP,
    "DOWN": decimal.ROUND_DOWN,
    "CEILING": decimal.ROUND_CEILING,
    "FLOOR": decimal.ROUND_FLOOR,
    "HALF_UP": decimal.ROUND_HALF_UP,
    "HALF_DOWN": decimal.ROUND_HALF_DOWN,
    "HALF_EVEN": decimal.ROUND_HALF_EVEN,
}
_FLOAT_DIGITS = 324
"""No float has a digit further behind the point that could be rounded away."""
_EXACT = decimal.Context(prec=2 * _FLOAT_DIGITS + 20)


@function("abs")
def absolute(value: takes.Number) -> Any:
    """Absolute value, of the same type; of the least integer it is an overflow."""
    if value is None:
        return None
    value = arguments.number("abs", value)
    return checked(abs(value)) if type(value) is int else abs(value)


@function("ceil", "ceiling")
def ceil(value: takes.Number) -> float | None:
    """Least whole number not below, as a float."""
    return _float_function("ceil", value, lambda x: float(math.ceil(x)) if math.isfinite(x) else x)


@function("floor")
def floor(value: takes.Number) -> float | None:
    """Greatest whole number not above, as a float."""
    return _float_function("floor", value, lambda x: float(math.floor(x)) if math.isfinite(x) else x)


@function("round")
def round_(value: takes.Number, precision: takes.Integer = 0, mode: takes.String = ABSENT) -> float | None:
    """Rounded to ``precision`` decimal places, as a float.

    Without a precision, or with 0, and without a mode ties go up (``round(-1.5)`` is -1.0), otherwise away
    from zero unless ``mode`` says something else; so it is in Neo4j.
    """
    if value is None or precision is None or mode is None:
        return None
    number = float(arguments.number("round", value))
    places = arguments.count("round", precision)
    rounding = _rounding(mode, ties_go_up=places == 0 and number < 0)
    if not math.isfinite(number) or places > _FLOAT_DIGITS:
        return number
    unit = decimal.Decimal((0, (1,), -places))
    return float(decimal.Decimal(repr(number)).quantize(unit, rounding, _EXACT))


@function("sign")
def sign(value: takes.Number) -> int | None:
    """-1, 0 or 1."""
    if value is None:
        return None
    number = arguments.number("sign", value)
    return (number > 0) - (number < 0)


@function("rand", deterministic=False)
def rand() -> float:
    """A random number from 0 to below 1."""
    return random.random()


@function("sqrt")
def sqrt(value: takes.Number) -> float | None:
    """Square root; NaN below zero."""
    return _float_function("sqrt", value, math.sqrt)


@function("exp")
def exp(value: takes.Number) -> float | None:
    """e to the power of ``value``."""
    return _float_function("exp", value, math.exp)


@function("log", "ln")
def log(value: takes.Number) -> float | None:
    """Natural logarithm; of 0 it is -Infinity."""
    return _float_function("log", value, lambda x: math.log(x) if x != 0 else -math.inf)


@function("log10")
def log10(value: takes.Number) -> float | None:
    """Common logarithm; of 0 it is -Infinity."""
    return _float_function("log10", value, lambda x: math.log10(x) if x != 0 else -math.inf)


@function("e")
def e() -> float:
    """Base of the natural logarithm."""
    return math.e


@function("pi")
def pi() -> float:
    """Circumference by diameter."""
    return math.pi


@function("sin")
def sin(value: takes.Number) -> float | None:
    """Sine of an angle in radians."""
    return _float_function("sin", value, math.sin)


@function("cos")
def cos(value: takes.Number) -> float | None:
    """Cosine of an angle in radians."""
    return _float_function("cos", value, math.cos)


@function("tan")
def tan(value: takes.Number) -> float | None:
    """Tangent of an angle in radians."""
    return _float_function("tan", value, math.tan)


@function("cot")
def cot(value: takes.Number) -> float | None:
    """Cotangent of an angle in radians; of 0 it is infinite."""
    return _float_function(
        "cot", value, lambda x: 1.0 / math.tan(x) if x != 0 else math.copysign(math.inf, x)
    )


@function("sinh")
def sinh(value: takes.Number) -> float | None:
    """Hyperbolic sine."""
    return _float_function("sinh", value, _sinh)


@function("cosh")
def cosh(value: takes.Number) -> float | None:
    """Hyperbolic cosine."""
    return _float_function("cosh", value, math.cosh)


@function("tanh")
def tanh(value: takes.Number) -> float | None:
    """Hyperbolic tangent."""
    return _float_function("tanh", value, math.tanh)


@function("coth")
def coth(value: takes.Number) -> float | None:
    """Hyperbolic cotangent; of 0 it is NaN."""
    return _float_function("coth", value, lambda x: 1.0 / math.tanh(x) if x != 0 else math.nan)


@function("asin")
def asin(value: takes.Number) -> float | None:
    """Arc sine in radians; NaN outside of -1 to 1."""
    return _float_function("asin", value, math.asin)


@function("acos")
def acos(value: takes.Number) -> float | None:
    """Arc cosine in radians; NaN outside of -1 to 1."""
    return _float_function("acos", value, math.acos)


@function("atan")
def atan(value: takes.Number) -> float | None:
    """Arc tangent in radians."""
    return _float_function("atan", value, math.atan)


@function("atan2")
def atan2(y: takes.Number, x: takes.Number) -> float | None:
    """Angle of the point (x, y) in radians."""
    if y is None or x is None:
        return None
    return math.atan2(arguments.number("atan2", y), arguments.number("atan2", x))


@function("degrees")
def degrees(value: takes.Number) -> float | None:
    """Radians to degrees."""
    return _float_function("degrees", value, math.degrees)


@function("radians")
def radians(value: takes.Number) -> float | None:
    """Degrees to radians."""
    return _float_function("radians", value, math.radians)


@function("haversin")
def haversin(value: takes.Number) -> float | None:
    """Half of the versed sine: (1 - cos x) / 2."""
    return _float_function("haversin", value, lambda x: (1.0 - math.cos(x)) / 2)


@function("isNaN")
def is_nan(value: takes.Number) -> bool | None:
    """Is the number NaN?"""
    return None if value is None else math.isnan(arguments.number("isNaN", value))


def _sinh(value: float) -> float:
    try:
        return math.sinh(value)
    except OverflowError:
        return math.copysign(math.inf, value)


def _rounding(mode: Any, ties_go_up: bool) -> str:
    """The mode of ``decimal`` for one of Cypher's; ``ties_go_up`` where a negative number comes without a mode."""
    if mode is ABSENT:
        return decimal.ROUND_HALF_DOWN if ties_go_up else decimal.ROUND_HALF_UP
    rounding = _ROUNDING_MODES.get(arguments.string("round", mode).upper())
    if rounding is None:
        raise ArgumentError(f"round() has no mode '{mode}'; choose one of {', '.join(_ROUNDING_MODES)}.")
    return rounding


def _float_function(name: str, value: Any, compute: Callable[[float], float]) -> float | None:
    """``compute`` where the standard library raises instead of giving NaN or infinity."""
    if value is None:
        return None
    argument = float(arguments.number(name, value))
    try:
        return compute(argument)
    except ValueError:
        return math.nan
    except OverflowError:
        return math.inf
