"""Files that appear when they are whole, or not at all."""

from __future__ import annotations

import gzip
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from lithograph.durability.files import RealFiles

_LEVEL = 6
"""Of compression: what gzip itself does by default."""


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A new file to write into, which gets its name, synced, at the end of the block; with ``.gz`` it is compressed.

    Until then it has a hidden name beside ``path``; after an exception nothing is left of it. It is private (0600).

    Raises:
        OSError: it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            if path.name.endswith(".gz"):
                # Lines are short, and a call of the compressor for each is slow.
                with (
                    gzip.GzipFile(path.name, "wb", _LEVEL, raw) as packed,
                    io.BufferedWriter(cast(io.RawIOBase, packed), 1 << 18) as gathered,
                ):
                    yield cast(BinaryIO, gathered)
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    RealFiles().sync_directory(path.parent)


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """The standard output, flushed at the end of the block."""
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
