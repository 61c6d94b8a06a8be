"""Redo deltas: what a transaction changed, in batches and in storage's own terms.

The same few records are the WAL's content, the content of a snapshot (an image of the store is the
deltas that would make it from nothing) and what recovery applies. They name labels, types and
property keys by text, so that a file needs nothing beside itself to be understood.

Within one commit the order of deltas is the order in which they have to be applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from lithograph.storage.columns.chunk import Chunk, Slots

TableName = Literal["vertices", "edges"]


@dataclass(frozen=True, slots=True, eq=False)
class CreateVertices:
    """Vertices come into being at ``slots`` (int64[n]) with the label set ``labels`` (sorted)."""

    slots: Slots
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CreateEdges:
    """Edges of ``type`` at ``slots``, from ``sources`` to ``targets`` (all int64[n])."""

    slots: Slots
    type: str
    sources: Slots
    targets: Slots


@dataclass(frozen=True, slots=True, eq=False)
class SetProperty:
    """Property ``key`` of the elements ``slots`` (int64[n]) becomes ``values``; absent: removed."""

    table: TableName
    key: str
    slots: Slots
    values: Chunk


@dataclass(frozen=True, slots=True, eq=False)
class SetLabels:
    """The vertices ``slots`` now have exactly the labels ``labels`` (sorted)."""

    slots: Slots
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DeleteVertices:
    """The vertices ``slots`` are gone; they have no edges by then."""

    slots: Slots


@dataclass(frozen=True, slots=True, eq=False)
class DeleteEdges:
    """The edges ``slots`` are gone."""

    slots: Slots


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """An index on a label (``vertices``) or type (``edges``); no keys: of the label alone."""

    table: TableName
    label: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DropIndex:
    """The index goes."""

    table: TableName
    label: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """A run-time setting that outlives a restart; None: back to its default."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class SetEnum:
    """The enumeration ``name`` has exactly these values, in this order; it comes into being where there is none yet."""

    name: str
    values: tuple[str, ...]


Delta = (
    CreateVertices
    | CreateEdges
    | SetProperty
    | SetLabels
    | DeleteVertices
    | DeleteEdges
    | CreateIndex
    | DropIndex
    | ChangeSetting
    | SetEnum
)


class CommitObserver(Protocol):
    """What storage tells of a commit, before anyone can see it. Durability implements this."""

    def append(self, timestamp: int, deltas: Sequence[Delta]) -> None:
        """Take one transaction's deltas; called in the order of the commit timestamps.

        Raises:
            WritesRefusedError: they cannot be kept; the transaction must not commit.
        """
