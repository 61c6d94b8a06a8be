"""Checks of arguments, with messages that name the function and what it got."""

from __future__ import annotations

from typing import Any, Final

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError
from lithograph.storage.values.types import type_name

ABSENT: Final = object()
"""Default of an argument that may be left out, where null means something else."""


def wrong_type(function: str, expected: str, value: Any) -> InvalidArgumentValueError:
    """The error of ``function`` for an argument that is not ``expected`` ("a String or a List")."""
    return InvalidArgumentValueError(f"{function}() expected {expected}, got {type_name(value)}.")


def string(function: str, value: Any) -> str:
    """``value`` if it is a string, else InvalidArgumentValueError."""
    if type(value) is not str:
        raise wrong_type(function, "a String", value)
    return value


def integer(function: str, value: Any) -> int:
    """``value`` if it is an integer, else InvalidArgumentValueError."""
    if type(value) is not int:
        raise wrong_type(function, "an Integer", value)
    return value


def count(function: str, value: Any) -> int:
    """``value`` if it is an integer that is not negative, else an error (ArgumentError if negative)."""
    number = integer(function, value)
    if number < 0:
        raise ArgumentError(f"{function}() expected an Integer of at least 0, got {number}.")
    return number


def number(function: str, value: Any) -> int | float:
    """``value`` if it is an integer or a float, else InvalidArgumentValueError."""
    if type(value) is int or type(value) is float:
        return value
    raise wrong_type(function, "an Integer or a Float", value)


def sequence(function: str, value: Any) -> list[Any]:
    """``value`` if it is a list, else InvalidArgumentValueError."""
    if type(value) is not list:
        raise wrong_type(function, "a List", value)
    return value
