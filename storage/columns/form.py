"""What every form of a column can do, and how a form says that a value does not fit it."""

from __future__ import annotations

from typing import Any, Protocol

from lithograph.storage.columns.chunk import Chunk, Slots


class Form(Protocol):
    """Values by slot. ``put`` and ``put_one`` return False, having changed nothing, when the values do
    not fit this form; the column then changes its form and tries again. Absent values always fit."""

    def reserve(self, capacity: int) -> None:
        """Make room for slots below ``capacity``."""

    def gather(self, slots: Slots) -> Chunk:
        """The values at ``slots`` (int64[n], all below the capacity)."""

    def get(self, slot: int) -> Any:
        """One value, None where absent."""

    def put(self, slots: Slots, values: Chunk) -> bool:
        """Store (absent: remove) values at ``slots``, each of which occurs once."""

    def put_one(self, slot: int, value: Any) -> bool:
        """Store one value, or remove it (None)."""

    def remove(self, slots: Slots) -> None:
        """Remove the values at ``slots``."""

    def present_slots(self) -> Slots:
        """Where there are values (int64[n], ascending)."""
