"""Sizes for people to read."""

from __future__ import annotations


def size_text(size: int, gap: str = "", digits: int = 1) -> str:
    """Bytes with the unit that suits them: ``512 B``, ``1.5 MiB``. ``gap`` stands between number and unit."""
    if size < 1024:
        return f"{size}{gap}B"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        value /= 1024
        if value < 1024:
            return f"{value:.{digits}f}{gap}{unit}"
    return f"{value / 1024:.{digits}f}{gap}TiB"


def as_memgraph(size: int) -> str:
    """A size as Memgraph writes it: ``512B``, ``1.50MiB``."""
    return size_text(size, digits=2)


def in_prose(size: int) -> str:
    """``512 B``, ``1.5 MiB``."""
    return size_text(size, gap=" ")
