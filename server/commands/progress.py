"""How far a command is, on stderr: a bar on a terminal with rich installed (extra ``cli``), else plain lines.

What is quick says nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Progress = Callable[[str, int, int], None]
"""``(what, done, in all)``, as the layers below report it; ``in all`` may be 0 when it is not known."""

Advance = Callable[[int], None]
"""Called with the amount done since the last call."""

SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_BARS = 0.1
"""Drawing takes longer than much of what is counted."""


@contextmanager
def progress_on_stderr(stream: TextIO | None = None) -> Iterator[Progress]:
    """Give this to what takes long."""
    stream = sys.stderr if stream is None else stream
    bar = _bar(stream) if stream.isatty() else None
    if bar is None:
        yield lines(stream)
    else:
        with bar as show:
            yield show


@contextmanager
def progress(title: str, total: int) -> Iterator[Advance]:
    """The same for one thing that is counted up; ``total`` is 0 where nobody knows it."""
    done = 0
    with progress_on_stderr() as show:

        def advance(steps: int) -> None:
            nonlocal done
            done += steps
            show(title, done, total)

        yield advance


def lines(stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Progress:
    """A line now and then, whatever the number of calls."""
    last = clock()

    def show(what: str, done: int, total: int) -> None:
        nonlocal last
        now = clock()
        if now - last >= SECONDS_BETWEEN_LINES:
            last = now
            stream.write(f"{what}: {_share(done, total)}\n")
            stream.flush()

    return show


def _share(done: int, total: int) -> str:
    return f"{100 * done // total} %" if total else str(done)


def _bar(stream: TextIO) -> _RichBar | None:
    try:
        return _RichBar(stream)
    except ImportError:
        return None


class _RichBar:
    """A bar for each thing that is done; they go when all is done."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import Progress as Bars

        self._bars = Bars(console=Console(file=stream), transient=True)
        self._tasks: dict[str, int] = {}
        self._drawn = 0.0

    def __enter__(self) -> Progress:
        self._bars.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _show(self, what: str, done: int, total: int) -> None:
        from rich.progress import TaskID

        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=None)
        now = time.monotonic()
        if now - self._drawn < SECONDS_BETWEEN_BARS and done != total:
            return
        self._drawn = now
        self._bars.update(TaskID(self._tasks[what]), completed=done, total=total or None)
