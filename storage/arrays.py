"""Growing arrays: the one rule by which everything that is indexed by slots gets longer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.errors import CapacityError

LARGEST = 2**31 - 1
"""Slots and positions are kept in 32 bits: half the memory, twice the bandwidth."""


def next_capacity(current: int, needed: int) -> int:
    """A capacity of at least ``needed``: half as much again as before, so that appends are amortised.

    Raises:
        CapacityError: beyond ``LARGEST``.
    """
    if needed > LARGEST:
        raise CapacityError(f"The store is full: it holds at most {LARGEST:,} elements of one kind.")
    return min(max(needed, current + current // 2, 64), LARGEST)


def grown(array: npt.NDArray[Any], capacity: int, fill: int = 0) -> npt.NDArray[Any]:
    """``array`` with room for ``capacity`` items; the new ones are ``fill`` (None for objects).

    With ``fill`` 0 the pages stay untouched until they are written, so slack costs no memory.
    """
    if array.dtype == object:
        longer = np.empty(capacity, dtype=object)
    else:
        longer = np.zeros(capacity, dtype=array.dtype)
        if fill:
            longer[len(array) :] = fill
    longer[: len(array)] = array
    return longer


def stable_order(slots: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The stable sorting permutation (int64[n]) of at most 2**31 slots (each below 2**31).

    The same as ``argsort(kind="stable")``; sorting slots with their rows packed into one integer is
    several times faster than sorting rows by their slots.
    """
    packed = slots.astype(np.int64) << 32
    packed |= np.arange(len(slots), dtype=np.int64)
    packed.sort()
    packed &= 0xFFFFFFFF
    return packed
