"""No key ever seals two different contents under the same nonce, whatever fails, crashes, is copied or starts again.

With GCM that would give both contents away. Everything that is sealed in a workload is recorded where the library is
called. The workload does write the same place of the same file twice, which the last test proves: with nonces counted by place
it is caught.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from lithograph.durability import keys
from lithograph.durability.errors import SnapshotFailedError
from lithograph.durability.keys import NONCE_SIZE, FileCipher
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Database, Settings
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives
from support.key_files import hex_key, key_file


@dataclass
class Ledger:
    """What was sealed: by key and nonce, the contents with what they were tied to."""

    sealed: dict[tuple[bytes, bytes], set[tuple[bytes, bytes]]] = field(default_factory=dict)

    def note(self, key: bytes, nonce: bytes, content: bytes, associated: bytes) -> None:
        self.sealed.setdefault((key, nonce), set()).add((content, associated))

    @property
    def reused(self) -> int:
        return sum(len(contents) > 1 for contents in self.sealed.values())


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    ledger = Ledger()

    class Recorder:
        """The library's cipher, with a look at what goes in."""

        def __init__(self, key: bytes) -> None:
            self._key = key
            self._aead = FileCipher(key)._aead

        def encrypt(self, nonce: bytes, content: bytes, associated: bytes) -> bytes:
            ledger.note(self._key, nonce, content, associated)
            return self._aead.encrypt(nonce, content, associated)

        def decrypt(self, nonce: bytes, content: bytes, associated: bytes) -> bytes:
            return self._aead.decrypt(nonce, content, associated)

    class RecordingCipher(FileCipher):
        def __init__(self, key: bytes) -> None:
            self._aead = Recorder(key)  # type: ignore[assignment]

    monkeypatch.setattr(keys, "FileCipher", RecordingCipher)
    with capture_logs():
        yield ledger


@pytest.fixture
def sealed(tmp_path: Path) -> Settings:
    path = key_file(tmp_path / "keys", hex_key(1))
    return Settings(storage_encryption_key_file=path, storage_snapshot_retention_count=2)


def run(files: MemoryFiles, sealed: Settings) -> None:
    """Two lives with commits and snapshots; what fails is met as a server would, by going on or by stopping."""
    for _ in range(2):
        database = Database(files, sealed)
        for step in range(8):
            with suppress(WritesRefusedError):
                database.commit()
            database.next = database.durability.position + 1
            if step == 4:
                with suppress(SnapshotFailedError, WritesRefusedError):
                    database.snapshot()
        files.locks.clear()


def run_with(fault: Fault, seed: int, sealed: Settings) -> None:
    files = MemoryFiles(fault)
    with suppress(Crash, OSError, WritesRefusedError):
        run(files, sealed)
    # Each disk that a power failure may leave is a copy that goes on by itself.
    disks = [files.reboot(how, seed + number) for number, how in enumerate([*Survives, Survives.SOMETHING])]
    for number, disk in enumerate(disks):
        database = Database(disk, replace(sealed, storage_wal_file_size_kib=1 + number))
        with suppress(WritesRefusedError):
            database.commit_many(3)
        database.close()


WORKLOAD = given(at=st.integers(5, 150), kind=st.sampled_from(FaultKind), seed=st.integers(0, 1000))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@WORKLOAD
@FEW
def test_no_nonce_is_used_twice(
    ledger: Ledger, sealed: Settings, at: int, kind: FaultKind, seed: int
) -> None:
    run_with(Fault(at, kind), seed, sealed)
    assert len(ledger.sealed) > 5
    assert ledger.reused == 0


def test_nonces_of_a_long_workload_differ(ledger: Ledger, sealed: Settings) -> None:
    big = replace(sealed, storage_wal_file_size_kib=1000)
    for life in range(3):
        files = MemoryFiles()
        database = Database(files, big)
        database.commit_many(400)
        if life:
            database.snapshot()
        files.locks.clear()
    nonces = {nonce for _, nonce in ledger.sealed}
    assert len(nonces) == len(ledger.sealed) > 1200
    assert {len(nonce) for nonce in nonces} == {NONCE_SIZE}


def test_the_workload_would_catch_nonces_that_are_counted(
    ledger: Ledger, sealed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hazard is real: a counter by the place in the file, which is what one would think of first."""

    def seal(self: FileCipher, content: bytes, associated: bytes) -> bytes:
        nonce = associated[16:24].rjust(NONCE_SIZE, b"\0")  # the frame's sequence number
        return nonce + self._aead.encrypt(nonce, content, associated)

    monkeypatch.setattr(keys.FileCipher, "seal", seal)
    for at in range(40, 60):
        run_with(Fault(at, FaultKind.FULL), at, sealed)
    assert ledger.reused > 0


def test_nonces_come_from_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = os.urandom

    def urandom(size: int) -> bytes:
        asked.append(size)
        return real(size)

    monkeypatch.setattr(os, "urandom", urandom)
    cipher = FileCipher(bytes(32))
    assert cipher.seal(b"x", b"") != cipher.seal(b"x", b"")
    assert asked == [NONCE_SIZE, NONCE_SIZE]
