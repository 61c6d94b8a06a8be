"""How long work may take that nobody can stop from outside: it breathes, and whoever waits may call it off.

Reading a text of millions of characters takes seconds, and so may comparing two values that share their parts. Such code
calls :func:`breathe` now and then, wherever it is; whoever has it run says with :func:`limited` (or, where every
microsecond counts, :data:`CHECK`) what is to be asked then. Where nobody has said anything, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Check = Callable[[int], None]
"""Given the bytes made since it was last asked, roughly; raises to call the work off."""

PART_BYTES = 100
"""What a list or map within a value takes, at the least, in a copy or a key of it."""

BREATHS = 64
"""A check may put off what takes more than counting for so many breaths."""

CHECK: ContextVar[Check | None] = ContextVar("patience", default=None)
"""What is asked in this thread at present."""


@contextmanager
def limited(check: Check) -> Iterator[None]:
    """Ask ``check`` in everything that is done inside the block, in this thread."""
    before = CHECK.set(check)
    try:
        yield
    finally:
        CHECK.reset(before)


def breathe(size: int = 0) -> None:
    """Raise if the work is to end. ``size``: bytes made since the last call, roughly.

    Raises:
        LithographError: whatever the check of :func:`limited` raises.
    """
    check = CHECK.get()
    if check is not None:
        check(size)


def ask() -> None:
    """The same after something that took long: whoever is asked cannot put the answer off. Raises as ``breathe``."""
    for _ in range(BREATHS):
        breathe()
