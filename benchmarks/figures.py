"""Measured figures beside the floors they have to reach, as a table for people and as JSON."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. ``bound`` says on which side of ``floor`` the value has to be; without a floor it is only told."""

    name: str
    size: str
    value: float
    unit: str
    floor: float | None = None
    bound: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def reached(self) -> bool | None:
        if self.floor is None:
            return None
        return self.value <= self.floor if self.bound == "at most" else self.value >= self.floor


@dataclass(frozen=True, slots=True)
class QueryFigure:
    """One query over one connection: latencies in milliseconds as the client sees them, and queries a second."""

    name: str
    size: str
    p50: float
    p99: float
    per_second: float
    rows: float
    """In the mean."""
    runs: int


def figures_table(figures: Iterable[Figure]) -> str:
    rows = [
        (
            figure.size,
            figure.name,
            f"{_number(figure.value)} {figure.unit}",
            "" if figure.floor is None else f"{figure.bound} {_number(figure.floor)}",
            {True: "reached", False: "MISSED", None: ""}[figure.reached],
            figure.note,
        )
        for figure in figures
    ]
    return _table(("size", "what", "measured", "floor", "", "note"), rows, right=(2,))


def queries_table(figures: Iterable[QueryFigure]) -> str:
    rows = [
        (
            figure.size,
            figure.name,
            f"{figure.p50:.2f}",
            f"{figure.p99:.2f}",
            f"{figure.per_second:,.0f}",
            f"{figure.rows:,.0f}",
            f"{figure.runs:,}",
        )
        for figure in figures
    ]
    return _table(("size", "query", "p50 ms", "p99 ms", "QPS", "rows", "runs"), rows, right=(2, 3, 4, 5, 6))


def as_json(figures: Sequence[Figure], queries: Sequence[QueryFigure]) -> dict[str, Any]:
    return {
        "machine": machine(),
        "figures": [asdict(figure) | {"reached": figure.reached} for figure in figures],
        "queries": [asdict(figure) for figure in queries],
    }


def machine() -> dict[str, str]:
    return {"platform": platform.platform(), "processor": _processor(), "python": sys.version.split()[0]}


def _processor() -> str:
    """The model as Linux names it, else what Python knows."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return f"{len(names)} x {names[0]}" if names else platform.processor()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    return "\n".join((line(heads), "  ".join("-" * width for width in widths), *map(line, rows)))
