"""The table of functions, and how a function gets into it.

::

    @function("toUpper", "upper")
    def to_upper(text: takes.String) -> str | None:
        ...

How many arguments a function takes, of which types (``takes.py``), and what it gives is read off its signature:
parameters without a default are needed, ``*rest`` takes any number. A function that needs the graph has ``reader`` as
its last parameter and gets it after its arguments, all of which are then needed unless ``reader`` is by keyword only. One
that needs the present moment has the parameter ``clock``, by keyword only; one that keeps something from call to call has a keyword ``state``: a dictionary of its own
that lives as long as the query; one that asks how many relationships the query has walked along so far a keyword ``hops``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from types import GenericAlias
from typing import Any, TypeVar

from lithograph.cypher.errors import InvalidNumberOfArgumentsError, UnknownFunctionError
from lithograph.cypher.scalar.functions.signatures import (
    ANYTHING,
    Gives,
    Parameter,
    as_result,
    parameters_of,
    result_of,
)

_C = TypeVar("_C", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the language.

    ``call`` is complete: it deals with nulls and wrong types itself, and may be called with any values
    once the number of arguments is right.
    """

    name: str
    """As documented: ``toUpper``."""
    minimum: int
    """Least number of arguments."""
    maximum: int | None
    """Greatest number of arguments; None: no bound."""
    call: Callable[..., Any]
    """Takes the arguments, then the reader where ``needs_reader``, ``clock=`` where ``needs_clock``, ``state=`` where
    ``needs_state`` and ``hops=`` where ``needs_hops``."""
    needs_reader: bool
    needs_state: bool
    null_in_null_out: bool
    """Is the result null whenever the first argument is, and for every other argument too? A fact for
    planners and kernels; ``call`` does it by itself."""
    deterministic: bool
    """Same arguments, same result (in one state of the graph and one statement)? False for ``rand`` and its
    like."""
    once_per_query: bool
    """Not deterministic, but to be evaluated once for a whole query, such as ``timestamp``."""
    needs_clock: bool = False
    """Takes the :class:`~lithograph.cypher.scalar.temporal.clock.Clock` as the keyword ``clock``."""
    needs_hops: bool = False
    parameters: tuple[Parameter, ...] = ()
    """What it takes, without what the engine adds."""
    gives: Gives = ANYTHING
    """The type of the result where it is not null."""

    def check_arity(self, count: int) -> None:
        """Raise InvalidNumberOfArgumentsError if it cannot be called with ``count`` arguments."""
        if count >= self.minimum and (self.maximum is None or count <= self.maximum):
            return
        if self.maximum is None:
            wanted = f"at least {_counted(self.minimum)}"
        elif self.maximum == self.minimum:
            wanted = f"exactly {_counted(self.minimum)}"
        else:
            wanted = f"{self.minimum} to {_counted(self.maximum)}"
        raise InvalidNumberOfArgumentsError(f"{self.name}() takes {wanted}, not {count}.")


_functions: dict[str, Function] = {}


def function(
    name: str,
    *aliases: str,
    null_in_null_out: bool = True,
    deterministic: bool = True,
    once_per_query: bool = False,
    gives: type | GenericAlias | None = None,
) -> Callable[[_C], _C]:
    """Enter the decorated callable under ``name`` and ``aliases``; see the module's docstring.

    ``gives`` is the type of the result where the signature cannot say it.
    """

    def enter(call: _C) -> _C:
        parameters = parameters_of(call)
        added = inspect.signature(call).parameters
        bounded = not any(parameter.repeated for parameter in parameters)
        needed = [each for each in parameters if not each.optional and not each.repeated]
        taking: Callable[..., Any] = call
        if "reader" in added and added["reader"].kind is inspect.Parameter.KEYWORD_ONLY:
            taking = _reader_last(call)
        for each in (name, *aliases):
            key = each.casefold()
            assert key not in _functions, f"two functions named {each}"
            _functions[key] = Function(
                name=each,
                minimum=len(needed),
                maximum=len(parameters) if bounded else None,
                call=taking,
                needs_reader="reader" in added,
                needs_state="state" in added,
                null_in_null_out=null_in_null_out,
                deterministic=deterministic,
                once_per_query=once_per_query,
                needs_clock="clock" in added,
                needs_hops="hops" in added,
                parameters=parameters,
                gives=result_of(call) if gives is None else as_result(gives),
            )
        return call

    return enter


def _reader_last(call: Callable[..., Any]) -> Callable[..., Any]:
    """The function with the reader as the last argument."""

    @wraps(call)
    def taking(*arguments: Any) -> Any:
        return call(*arguments[:-1], reader=arguments[-1])

    return taking


def lookup(name: str) -> Function | None:
    """The function called ``name`` in any case, with its namespace (``point.distance``); or None."""
    return _functions.get(name.casefold())


def all_functions() -> Iterable[Function]:
    """Every function, aliases included."""
    return _functions.values()


def unknown_function(name: str, others: Iterable[str] = ()) -> UnknownFunctionError:
    """The error for ``name``, suggesting the closest function or one of ``others`` (the aggregates)."""
    return UnknownFunctionError.of(name, [*(f.name for f in _functions.values()), *others])


def _counted(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments"
