"""Errors that say which function they come from, for functions whose work is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from lithograph.cypher.errors import (
    ArgumentError,
    CypherTypeError,
    InvalidTemporalTextError,
    TemporalOutOfRangeError,
)
from lithograph.storage.errors import ValueOutOfRangeError
from lithograph.storage.values.iso8601 import TemporalTextError
from lithograph.storage.values.zones import UnknownTimeZoneError

_C = TypeVar("_C", bound=Callable[..., Any])


def named(name: str) -> Callable[[_C], _C]:
    """Let the errors of the decorated function begin with ``name():``.

    What the storage layer refuses in values becomes an error of the language, so that it points at the call.
    """

    def decorate(call: _C) -> _C:
        @wraps(call)
        def naming(*arguments: Any, **options: Any) -> Any:
            try:
                return call(*arguments, **options)
            except (ArgumentError, CypherTypeError) as error:
                raise type(error)(f"{name}(): {error.summary}") from None
            except (TemporalTextError, UnknownTimeZoneError) as error:
                raise InvalidTemporalTextError(f"{name}(): {error}") from None
            except ValueOutOfRangeError as error:
                raise TemporalOutOfRangeError(f"{name}(): {error}") from None

        return cast(_C, naming)

    return decorate
