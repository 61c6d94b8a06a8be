"""Durability: what was acknowledged is on disk, and comes back.

What is promised when:

* A commit is acknowledged after its frame is in the log *and* the log is synced (flush every 1; with a larger
  number, a power failure may take that many commits less one, but no commit in part).
* A snapshot bears its name once it is whole and on disk; what it makes superfluous goes only after that.
* A start recovers every acknowledged commit, or refuses with file, offset, reason and remedy, having changed
  nothing. It never starts silently empty, with a gap, or further back than before.
* What was put aside (other databases' files, a start without recovery, a restore) is never deleted. What RECOVER
  SNAPSHOT replaced is kept until the next time.

A start, in steps: ``datadir`` takes the lock · ``restore`` looks for an order to restore · ``chain`` decides from which
files, by reading alone · ``recovery`` feeds the loader, then brings the directory in order · ``wal`` goes on
where the log ended.

Modules, bottom up; each imports only from those before it:

* ``names`` (every file name made and parsed) · ``files`` (the few file operations) · ``errors`` · ``checksums``
* ``compression``, ``keys`` (the key file, what is derived from it), ``payloads`` (compressed, sealed, or neither)
* ``datadir`` (layout, lock) · ``header``, ``framing`` (bytes) · ``values``, ``arrays``, ``codec`` (deltas to bytes)
* ``inventory`` (which files are ours) · ``key_usage`` (which keys they take) · ``retainer`` (LOCK DATA DIRECTORY) ·
  ``retention`` (what may go)
* ``point`` (up to where) · ``wal_reader``, ``wal``, ``group_commit`` (the log) · ``snapshot`` · ``restore`` · ``chain``, ``recovery``
* ``replacement`` (RECOVER SNAPSHOT) · ``archive`` (finished WAL files, handed on) · ``manifest``, ``copying`` (backups of a running server's directory, and their check)
* ``options`` (the settings used here) · ``commit_log`` (the log of a running instance, or none), ``snapshotter`` (its snapshots)
* ``manager`` (:class:`~lithograph.durability.manager.Durability`, the one public entry of a server)
* for tools: ``inspect`` (what is in a file) · ``source`` (what they read from) · ``history`` (which points can be restored)
  · ``check`` (would a start recover it) · ``rebuild`` (restores a source, also to a point in time)

Formats: ``docs/formats/wal.md``, ``docs/formats/snapshot.md``.
"""
