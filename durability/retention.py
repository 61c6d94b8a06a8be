"""What may be deleted after a snapshot, decided on names alone.

The rules are Memgraph's: the newest ``count`` snapshots stay; and so that every snapshot that stays can be
recovered up to the latest commit, so do the WAL files from the one before the first that begins after the
oldest of them. WAL is pruned only once there are ``count`` snapshots.

Two differences, on purpose: a file that somebody put there is neither counted nor deleted (the caller
leaves it out, see ``restore.py``), and the open WAL file is never up for deletion.
"""

from __future__ import annotations

from collections.abc import Sequence

from lithograph.durability.names import SnapshotName, WalName


def superfluous_snapshots(snapshots: Sequence[SnapshotName], count: int) -> list[SnapshotName]:
    """The snapshots beyond the newest ``count`` (at least 1), oldest first."""
    return sorted(snapshots)[: -max(count, 1)]


def superfluous_wal(wal: Sequence[WalName], snapshots: Sequence[SnapshotName], count: int) -> list[WalName]:
    """The finished WAL files that no retained snapshot needs, oldest first.

    Args:
        wal: finished and open files of one chain.
        snapshots: all snapshots, before any is deleted.
        count: how many snapshots are retained.
    """
    retained = sorted(snapshots)[-max(count, 1) :]
    if len(retained) < count:
        return []
    oldest = retained[0].timestamp
    finished = sorted((name for name in wal if name.finished), key=lambda name: name.created)
    needed = next((i for i, name in enumerate(finished) if (name.first or 0) > oldest), len(finished))
    return finished[: max(needed - 1, 0)]
