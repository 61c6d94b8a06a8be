"""How long work may take that nobody can stop from outside: it breathes, and whoever waits may call it off.

Reading a text of millions of characters takes seconds, and so may comparing two values that share their parts. Such code
calls :func:`breathe` now and then, wherever it is, and :func:`pause` where it holds nothing but values; whoever has it run says
with :func:`limited` (or, where every microsecond counts, :data:`PATIENCE`) who is to be asked then. Where nobody has said
anything, nobody is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

PART_BYTES = 100
"""What a list or map within a value takes, at the least, in a copy or a key of it."""


class Patience(Protocol):
    """Who is asked whether to go on; both raise to call the work off."""

    def breathe(self, size: int) -> None:
        """``size``: bytes made since this was last asked, roughly. Asked often, so the answer may be put off for some breaths."""

    def pause(self) -> None:
        """Others may use the store meanwhile."""


PATIENCE: ContextVar[Patience | None] = ContextVar("patience", default=None)
"""Who is asked in this thread at present."""


@contextmanager
def limited(patience: Patience) -> Iterator[None]:
    """Ask ``patience`` in everything that is done inside the block, in this thread."""
    before = PATIENCE.set(patience)
    try:
        yield
    finally:
        PATIENCE.reset(before)


def breathe(size: int = 0) -> None:
    """Raise if the work is to end. ``size``: bytes made since the last call, roughly.

    Raises:
        LithographError: whatever whoever is asked raises.
    """
    patience = PATIENCE.get()
    if patience is not None:
        patience.breathe(size)


def pause() -> None:
    """The same after something that took long, in code that holds nothing of the store. Raises as :func:`breathe`."""
    patience = PATIENCE.get()
    if patience is not None:
        patience.pause()
