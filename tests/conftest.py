"""What holds for every test: Hypothesis without time limits, since the machine's load is no fault.

``HYPOTHESIS_PROFILE=thorough`` looks twenty times as long; CI's runs are repeatable. What may be configured for the whole
process, and by a test of that, is as it was after it.
"""

import logging
import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest
import structlog
from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


@pytest.fixture
def logging_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For tests that configure logging: afterwards it is not.

    Loggers do not keep what they find at their first use, as they do in a server; those of modules would keep it for ever.
    """
    monkeypatch.setattr(structlog, "configure", partial(_uncached, structlog.configure))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def _uncached(configure: Callable[..., None], **options: object) -> None:
    configure(**{**options, "cache_logger_on_first_use": False})
