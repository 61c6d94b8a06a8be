"""A progress bar where a person looks on, and nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Advance = Callable[[int], None]
"""Called with the number of steps done since the last call."""


def silent(steps: int) -> None:
    """An ``Advance`` that shows nothing."""


@contextmanager
def progress(title: str, total: int) -> Iterator[Advance]:
    """A bar on stderr while the block runs, if stderr is a terminal; it disappears at the end."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps: bar.advance(task, steps)
