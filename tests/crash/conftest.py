"""What the tests of crashes share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs


@pytest.fixture
def quiet() -> Iterator[None]:
    """Hundreds of starts and their faults say nothing in the log."""
    with capture_logs():
        yield
