"""Compressing payloads with Zstandard, and expanding them without believing what they say of their size."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 1
"""Snapshots are written while others work; the library's default takes longer and makes our blocks no smaller."""

MINIMUM = 256
"""Smaller payloads are left as they are."""

MAXIMUM = 256 << 20
"""No payload larger than this is compressed, and so none is expanded to more, whatever it claims."""


def compress(payload: bytes) -> bytes | None:
    """The payload compressed; None where that is of no use."""
    if not MINIMUM <= len(payload) <= MAXIMUM:
        return None
    compressed = zstd.compress(payload, LEVEL)
    return compressed if len(compressed) < len(payload) else None


def expand(compressed: bytes) -> bytes:
    """What was compressed, of at most :data:`MAXIMUM` bytes. Memory is taken only as content comes.

    Raises:
        ValueError: it was not made by :func:`compress`.
    """
    try:
        size = _stated_size(compressed)
        if size is None or not MINIMUM <= size <= MAXIMUM:
            raise ValueError(f"it cannot be expanded to {size} bytes; the limit is {MAXIMUM}")
        decompressor = zstd.ZstdDecompressor()
        payload = decompressor.decompress(compressed, max_length=size + 1)
    except zstd.ZstdError as error:
        raise ValueError(f"it cannot be expanded ({error})") from error
    if len(payload) != size or not decompressor.eof or decompressor.unused_data:
        raise ValueError("it expands to another size than it states")
    return payload


def _stated_size(compressed: bytes) -> int | None:
    """The size that the first Zstandard frame states; None when it states none. Raises zstd.ZstdError."""
    return zstd.get_frame_info(compressed).decompressed_size
