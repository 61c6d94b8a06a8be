"""How far something long has come: a bar where a person looks on, some lines where a log is kept.

``rich`` draws the bar if it is installed (the extra ``cli``). Without it, or where stderr is no terminal, a line is
written at every tenth part, and at most one in ten seconds where the end is not known.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]
"""Called with the amount done since the last call."""

_BAR_SECONDS, _LINE_SECONDS = 0.1, 10.0


@contextmanager
def progress(title: str, total: int) -> Iterator[Advance]:
    """Show progress on stderr while the block runs; ``total`` is 0 where nobody knows it."""
    if sys.stderr.isatty():
        try:
            import rich.progress  # noqa: F401
        except ImportError:
            pass
        else:
            with _bar(title, total) as advance:
                yield advance
            return
    yield _Lines(title, total)


@contextmanager
def _bar(title: str, total: int) -> Iterator[Advance]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total or None)
        gathered, drawn = 0, time.monotonic()

        def advance(steps: int) -> None:
            nonlocal gathered, drawn
            gathered += steps
            if time.monotonic() - drawn >= _BAR_SECONDS:  # rich takes longer than what is counted
                bar.advance(task, gathered)
                gathered, drawn = 0, time.monotonic()

        yield advance
        bar.advance(task, gathered)


class _Lines:
    """Progress as plain lines."""

    def __init__(self, title: str, total: int) -> None:
        self._title = title
        self._total = total
        self._done = self._tenths = 0
        self._last = time.monotonic()

    def __call__(self, steps: int) -> None:
        self._done += steps
        if self._total:
            tenths = min(10 * self._done // self._total, 10)
            if tenths > self._tenths:
                self._tenths = tenths
                sys.stderr.write(f"{self._title}: {10 * tenths} %\n")
        elif time.monotonic() - self._last >= _LINE_SECONDS:
            self._last = time.monotonic()
            sys.stderr.write(f"{self._title}: {self._done}\n")
