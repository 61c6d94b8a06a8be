"""The flag with which commands that read files get the keys to sealed ones."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lithograph.durability.keys import Keys

KEY_FILE_VARIABLE = "LITHOGRAPH_STORAGE_ENCRYPTION_KEY_FILE"
"""The one that the server reads too, so that where it is set both use the same keys."""


def add_key_flag(parser: argparse.ArgumentParser) -> None:
    """``--storage-encryption-key-file``."""
    parser.add_argument(
        "--storage-encryption-key-file",
        metavar="PATH",
        default=None,
        help=f"the server's key file, for encrypted data; default: the environment variable {KEY_FILE_VARIABLE}",
    )


def key_file_of(parsed: argparse.Namespace) -> Path | None:
    """The file that the flag or, without it, the variable names; None where that is missing or empty."""
    named = parsed.storage_encryption_key_file
    path = os.environ.get(KEY_FILE_VARIABLE, "") if named is None else named
    return Path(os.path.expanduser(path)) if path else None


def keys_of(parsed: argparse.Namespace) -> Keys:
    """The keys in the key file; none without one.

    Raises:
        KeyFileError: it cannot be read, others may read it, or a line is no key.
        EncryptionUnavailableError: the library is not installed.
    """
    from lithograph.durability.keys import NO_KEYS, read_key_file

    path = key_file_of(parsed)
    return NO_KEYS if path is None else read_key_file(path)
