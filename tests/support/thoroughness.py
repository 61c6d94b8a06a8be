"""How many examples a property is tried with: a hundred or so each time, thousands when there is time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

_Test = TypeVar("_Test", bound=Callable[..., Any])

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))

_LONG = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))


def long(test: _Test) -> _Test:
    """Thirty times as many examples as ``QUICK``, in a test that is left out unless asked for."""
    marked: _Test = pytest.mark.long(pytest.mark.timeout(600)(_LONG(test)))
    return marked
