"""A directory that appears when it is whole, or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lithograph.durability.copying import CopyFailedError
from lithograph.durability.files import RealFiles


@contextmanager
def whole_directory(path: Path) -> Iterator[Path]:
    """An empty directory to fill, which gets its name at the end of the block, when its content is to be synced already.

    Until then it has a hidden name beside ``path``; after an exception nothing is left of it, and what a killed process
    left there is removed. It is private (0700).

    Raises:
        CopyFailedError: there is something at ``path``, or somebody else is writing to it.
        OSError: it cannot be made.
    """
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        raise CopyFailedError(f"{path} exists and is not an empty directory. Choose another destination.")
    path = path.absolute()
    RealFiles().make_directory(path.parent)
    partial = path.with_name(f".{path.name}.partial")
    partial.mkdir(0o700, exist_ok=True)
    held = os.open(partial, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CopyFailedError(f"Another process is writing to {path}.") from error
        try:
            _empty(partial)
            yield partial
            os.rename(partial, path)
        except BaseException:
            shutil.rmtree(partial)
            raise
    finally:
        os.close(held)
    RealFiles().sync_directory(path.parent)


def _empty(directory: Path) -> None:
    for left in directory.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
