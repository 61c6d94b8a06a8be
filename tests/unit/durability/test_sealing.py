"""Sealed files: read with their key, with no other, never changed unseen, and sealed anew when keys change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability import payloads, snapshot
from lithograph.durability.errors import (
    DamagedFileError,
    FileError,
    KeyFileError,
    SnapshotRecoveryError,
    WrongKeyError,
)
from lithograph.durability.files import RealFiles
from lithograph.durability.framing import FrameKind, pack
from lithograph.durability.header import Sealed, SnapshotHeader, WalHeader, read_snapshot, read_wal
from lithograph.durability.keys import NO_KEYS, OVERHEAD, MasterKey, read_key_file
from lithograph.durability.manager import Durability
from lithograph.durability.names import parse_snapshot
from lithograph.durability.payloads import COMPRESSED, SEALED
from lithograph.storage.errors import CapacityError
from support.durable_model import Database, Model, Settings, recovered
from support.files import MemoryFiles, Survives
from support.key_files import RawFrame, assembled, frames_of, hex_key, key_file

PLAIN = Settings(storage_wal_file_size_kib=1000)
SecretOf = Callable[..., Settings]


@pytest.fixture
def sealed(tmp_path: Path) -> SecretOf:
    """Makes settings with these keys, by number; the first is the current one."""

    def settings(*numbers: int, base: Settings = PLAIN) -> Settings:
        path = tmp_path / f"keys{'-'.join(map(str, numbers))}"
        if not path.exists():
            key_file(path, *map(hex_key, numbers))
        return replace(base, storage_encryption_key_file=str(path))

    return settings


def id_of(number: int) -> str:
    return MasterKey(bytes([number] * 32)).id


def killed(settings: Settings, transactions: int = 3) -> tuple[MemoryFiles, Path]:
    """Files after a kill, and the open WAL file."""
    files = MemoryFiles()
    Database(files, settings).commit_many(transactions)
    files.locks.clear()
    (path,) = files.contents()
    return files, path


def with_snapshot(settings: Settings) -> tuple[MemoryFiles, Path]:
    """Files of a database that has a snapshot and no log, and the snapshot."""
    files = MemoryFiles()
    database = Database(files, replace(settings, storage_wal_enabled=False))
    database.committed += range(1, 401)
    path = database.snapshot()
    database.durability.close()
    assert path is not None
    return files, path


def headers(files: MemoryFiles) -> dict[str, str | None]:
    """Key by name of file, told from headers, without keys."""
    found: dict[str, str | None] = {}
    for path in files.contents():
        handle = files.open(path)
        read: Callable[..., tuple[WalHeader | SnapshotHeader, Sealed]]
        read = read_wal if path.parent.name == "wal" else read_snapshot
        found[path.name] = read(handle, path)[1].key_id
    return found


def refused(files: MemoryFiles, settings: Settings) -> FileError:
    """The error of a start on these files, which must not change them."""
    before = files.contents()
    with pytest.raises(FileError) as caught:
        Durability.open(settings, Model(), files=files)
    assert files.contents() == before
    assert not files.locks
    return caught.value


# ------------------------------------------------------------------------------------ round trips


def test_nothing_of_what_is_stored_can_be_read_in_a_sealed_file(sealed: SecretOf) -> None:
    for settings, readable in ((PLAIN, True), (sealed(1), False)):
        files = MemoryFiles()
        database = Database(files, settings)
        database.commit_many(3)
        database.close()
        assert len(files.contents()) == 2
        for content in files.contents().values():
            assert (b"Friend" in content) is readable
            assert (b"User" in content) is readable


def test_a_sealed_log_is_recovered_after_a_kill_and_goes_on(sealed: SecretOf) -> None:
    files, path = killed(sealed(1))
    database = Database(files, sealed(1))
    assert database.committed == [1, 2, 3]
    database.commit_many(2)
    assert list(files.contents()) == [path]
    assert recovered(files.reboot(Survives.NOTHING), sealed(1)) == [1, 2, 3, 4, 5]


def test_many_sealed_files_snapshots_and_restarts(sealed: SecretOf) -> None:
    small = sealed(1, base=Settings(storage_snapshot_compression="zstd"))
    files = MemoryFiles()
    for life in range(4):
        database = Database(files, small)
        assert database.committed == list(range(1, 12 * life + 1))
        database.commit_many(12)
        if life == 1:
            database.snapshot()
        if life % 2:
            database.durability.close()
        else:
            files.locks.clear()
    assert set(headers(files).values()) == {id_of(1)}
    assert recovered(files, small) == list(range(1, 49))


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_a_sealed_snapshot_alone_is_enough(sealed: SecretOf, compression: str) -> None:
    settings = sealed(1, base=replace(PLAIN, storage_snapshot_compression=compression))
    files, path = with_snapshot(settings)
    block, footer = frames_of(files.contents()[path])
    assert block.flags == SEALED | COMPRESSED * (compression == "zstd")
    assert footer.flags == SEALED
    assert recovered(files, settings) == list(range(1, 401))


def test_the_totals_of_a_sealed_snapshot_are_read_without_the_rest(sealed: SecretOf) -> None:
    files, path = with_snapshot(sealed(1))
    name = parse_snapshot(path.name)
    assert name is not None
    held = read_key_file(Path(sealed(1).storage_encryption_key_file))
    file = snapshot.read_file(files, path, name, held)
    totals = snapshot.read_totals(files, file)
    assert totals == snapshot.verify(files, file)
    assert totals is not None
    assert totals.vertices == 400
    for use in (snapshot.read_totals, snapshot.verify):
        with pytest.raises(WrongKeyError):
            use(files, snapshot.read_file(files, path, name))


def test_each_file_has_a_key_of_its_own(sealed: SecretOf) -> None:
    """The same content twice, and nothing that is stored is the same."""
    stored: set[bytes] = set()
    for _ in range(2):
        files, path = killed(sealed(1))
        stored.update(frame.stored[-OVERHEAD:] for frame in frames_of(files.contents()[path]))
    assert len(stored) == 6


def test_a_transaction_too_large_to_be_sealed_is_refused(
    sealed: SecretOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "MAXIMUM_CONTENT", 10)
    files = MemoryFiles()
    database = Database(files, sealed(1))
    with pytest.raises(CapacityError, match="sealed"):
        database.commit()
    monkeypatch.undo()
    database.next = 1
    database.commit()
    database.durability.close()
    assert recovered(files, sealed(1)) == [1]


# ------------------------------------------------------------------------------------- whose key


@pytest.mark.parametrize("make", [killed, with_snapshot])
def test_without_the_key_a_start_is_refused_and_says_which_key_it_takes(
    sealed: SecretOf, make: Callable[[Settings], tuple[MemoryFiles, Path]]
) -> None:
    files, path = make(sealed(1))
    missing = refused(files, PLAIN)
    assert isinstance(missing, WrongKeyError)
    assert (missing.path, missing.key_id) == (path, id_of(1))
    assert f"sealed with key {id_of(1)}, but no key was given" in str(missing)
    wrong = refused(files, sealed(2, 3))
    assert isinstance(wrong, WrongKeyError)
    assert f"the key file has {id_of(2)}, {id_of(3)}" in str(wrong)
    assert "--storage-encryption-key-file" in wrong.remedy


def test_a_sealed_file_without_transactions_is_refused_without_its_key_too(sealed: SecretOf) -> None:
    """Its database is to be sealed; a start that forgot the key must not go on in the open."""
    files, path = killed(sealed(1), 1)
    files.place(path, files.contents()[path][:512])
    assert isinstance(refused(files, PLAIN), WrongKeyError)
    assert recovered(files, sealed(1)) == []


def test_a_newer_snapshot_with_another_key_is_not_passed_over(sealed: SecretOf) -> None:
    files = MemoryFiles()
    for settings in (PLAIN, sealed(1)):
        database = Database(files, replace(settings, storage_wal_enabled=False))
        database.committed.append(len(database.committed) + 1)
        database.snapshot()
        database.durability.close()
    error = refused(files, PLAIN)
    assert isinstance(error, WrongKeyError)
    assert error.path.name.endswith("_timestamp_2")


def test_the_keys_are_read_before_anything_is_touched(tmp_path: Path) -> None:
    files = MemoryFiles()
    with pytest.raises(KeyFileError):
        Durability.open(
            replace(PLAIN, storage_encryption_key_file=str(tmp_path / "missing")), Model(), files=files
        )
    assert files.journal == []


def test_a_key_file_in_the_data_directory_is_warned_of(tmp_path: Path) -> None:
    path = key_file(tmp_path / "keys", hex_key(1))
    settings = replace(PLAIN, data_directory=tmp_path, storage_encryption_key_file=path)
    with capture_logs() as logs:
        Durability.open(settings, Model()).close()
    assert "the key file is in the data directory" in logs[0]["event"]
    assert logs[0]["log_level"] == "warning"


# ------------------------------------------------------------------------------------- new keys


def test_an_open_directory_gets_sealed_from_now_on(sealed: SecretOf) -> None:
    files, path = killed(PLAIN)
    with capture_logs() as logs:
        database = Database(files, sealed(1))
    assert any(log["event"].startswith("files from before the encryption are not sealed") for log in logs)
    assert database.committed == [1, 2, 3]
    database.commit_many(2)
    found = headers(files)
    assert found.pop(f"{path.name.split('_')[0]}_from_1_to_3") is None
    assert list(found.values()) == [id_of(1)]
    assert recovered(files.reboot(Survives.NOTHING), sealed(1)) == [1, 2, 3, 4, 5]


def test_keys_are_changed_by_a_new_first_one_and_a_snapshot(sealed: SecretOf) -> None:
    one = Settings(storage_snapshot_retention_count=1, storage_wal_file_size_kib=1000)
    files = MemoryFiles()
    database = Database(files, sealed(1, base=one))
    database.commit_many(2)
    database.snapshot()
    database.commit()
    files.locks.clear()

    database = Database(files, sealed(2, 1, base=one))
    assert database.committed == [1, 2, 3]
    database.commit()
    assert sorted(filter(None, headers(files).values())) == sorted([id_of(1)] * 2 + [id_of(2)])
    files.locks.clear()
    assert isinstance(refused(files.copy(), sealed(2, base=one)), WrongKeyError)

    gone = f"no file in the data directory takes key {id_of(1)}; it can go from the key file"
    for _ in range(4):
        needed = id_of(1) in headers(files).values()
        with capture_logs() as logs:
            database = Database(files, sealed(2, 1, base=one))
        assert (gone in [log["event"] for log in logs]) is not needed
        database.commit()
        database.snapshot()
        database.durability.close()
    assert set(headers(files).values()) == {id_of(2)}
    assert recovered(files, sealed(2, base=one)) == list(range(1, 9))


def test_a_log_of_an_older_key_is_finished_with_that_key_and_not_appended_to(sealed: SecretOf) -> None:
    files, path = killed(sealed(1))
    Database(files, sealed(2, 1)).commit()
    created = path.name.split("_")[0]
    found = headers(files)
    assert found.pop(f"{created}_from_1_to_3") == id_of(1)
    assert list(found.values()) == [id_of(2)]
    files.locks.clear()
    assert isinstance(refused(files.copy(), sealed(2)), WrongKeyError)
    assert recovered(files, sealed(1, 2)) == [1, 2, 3, 4]


def test_a_key_that_only_superfluous_files_take_is_missed_aloud(sealed: SecretOf) -> None:
    files = MemoryFiles()
    database = Database(files, sealed(1))
    database.commit()
    database.close()
    database = Database(files, sealed(2, 1))
    database.commit()
    database.close()
    with capture_logs() as logs:
        assert recovered(files, sealed(2)) == [1, 2]
    assert f"files that the start had no need of take key {id_of(1)}, which the key file does not have" in [
        log["event"] for log in logs if log["log_level"] == "warning"
    ]


# ------------------------------------------------------------------------------- changed by others


def test_each_truncation_of_a_sealed_log_recovers_exactly_the_whole_transactions(sealed: SecretOf) -> None:
    files, path = killed(sealed(1))
    content, ends, end = files.contents()[path], [], 512
    for frame in frames_of(content):
        end += 56 + len(frame.stored)
        ends.append(end)
    for length in range(512, len(content) + 1):
        disk = files.copy()
        disk.place(path, content[:length])
        whole = sum(end <= length for end in ends)
        assert recovered(disk, sealed(1)) == list(range(1, whole + 1)), length


@pytest.mark.parametrize("make", [killed, with_snapshot])
def test_a_flip_anywhere_in_a_sealed_file_never_gives_wrong_data(
    sealed: SecretOf, make: Callable[[Settings], tuple[MemoryFiles, Path]]
) -> None:
    settings = sealed(1)
    files, path = make(settings)
    content = files.contents()[path]
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        disk = files.copy()
        disk.place(path, bytes(changed))
        model = Model()
        try:
            Durability.open(settings, model, files=disk).close()
        except FileError:
            continue
        assert make is killed  # the last frame of an open log may be torn, nothing else
        assert model.transactions() == [1, 2]


def forged(settings: Settings, change: Callable[[list[RawFrame]], list[RawFrame]]) -> FileError:
    """What a start says to a log whose frames were changed by somebody who mends the checksums."""
    files, path = killed(settings)
    content = files.contents()[path]
    files.place(path, assembled(content, change(frames_of(content))))
    return refused(files, settings)


def test_every_flip_behind_mended_checksums_is_refused(sealed: SecretOf) -> None:
    """The last frame too: checksums that hold are no torn write."""
    settings = sealed(1)
    files, path = killed(settings)
    content = files.contents()[path]
    frames = frames_of(content)
    for number, frame in enumerate(frames):
        for position in range(len(frame.stored)):
            stored = bytearray(frame.stored)
            stored[position] ^= 1 << position % 8
            changed = [*frames[:number], frame.with_stored(bytes(stored)), *frames[number + 1 :]]
            disk = files.copy()
            disk.place(path, assembled(content, changed))
            error = refused(disk, settings)
            assert isinstance(error, DamagedFileError)
            assert "the seal is broken" in error.reason


@pytest.mark.parametrize(
    "place", [5, 6, 7, 8, 9], ids=["epoch", "sequence", "timestamp", "settled", "written"]
)
def test_a_frame_header_with_mended_checksums_is_refused(sealed: SecretOf, place: int) -> None:
    def change(frames: list[RawFrame]) -> list[RawFrame]:
        last = frames[-1]
        return [*frames[:-1], last.with_field(place, int(last.fields[place]) + 1)]

    assert "the seal is broken" in str(forged(sealed(1), change))


def test_frames_that_changed_places_are_refused(sealed: SecretOf) -> None:
    def change(frames: list[RawFrame]) -> list[RawFrame]:
        first, second, third = frames
        return [first.with_stored(second.stored), second.with_stored(first.stored), third]

    assert "the seal is broken" in str(forged(sealed(1), change))


def test_an_open_frame_in_a_sealed_file_is_refused(sealed: SecretOf) -> None:
    plain, plain_path = killed(PLAIN)
    (first, *_) = frames_of(plain.contents()[plain_path])

    def change(frames: list[RawFrame]) -> list[RawFrame]:
        return [first, *frames[1:]]

    assert "it is not sealed, in a file in which all are" in str(forged(sealed(1), change))


def test_a_compressed_frame_in_a_sealed_log_that_has_none_is_refused(sealed: SecretOf) -> None:
    def change(frames: list[RawFrame]) -> list[RawFrame]:
        return [frames[0].with_field(2, SEALED | COMPRESSED), *frames[1:]]

    assert "flags 0x3" in str(forged(sealed(1), change))


def test_frames_of_another_file_with_the_same_master_key_are_refused(sealed: SecretOf) -> None:
    settings = sealed(1)
    other, other_path = killed(settings)
    foreign = frames_of(other.contents()[other_path])
    assert "the seal is broken" in str(forged(settings, lambda frames: foreign))


def test_a_file_header_with_mended_checksums_is_refused(sealed: SecretOf) -> None:
    """``after`` says which commits came before the file: changing it would hide that some are missing."""
    settings = sealed(1)
    files, path = killed(settings)
    content = files.contents()[path]
    place = content.index(b"\xa5after") + 6
    assert content[place] == 0
    header = content[:place] + b"\1" + content[place + 1 :]
    files.place(path, assembled(header, frames_of(content)))
    assert isinstance(refused(files, settings), FileError)
    header = content[:place] + b"\0" + content[place + 1 : 507] + b"\1"
    files.place(path, assembled(header, frames_of(content)))
    assert "the seal is broken" in str(refused(files, settings))


def test_a_header_that_says_sealed_and_names_no_key_is_damaged(sealed: SecretOf) -> None:
    files, path = killed(sealed(1))
    content = files.contents()[path]
    header = content.replace(b"\xa3key", b"\xa3kez", 1)
    files.place(path, assembled(header, frames_of(content)))
    assert "'key' is missing" in str(refused(files, sealed(1)))


def test_one_who_only_claims_a_seal_is_found_out() -> None:
    """Packed without a seal, under a header that promises one."""
    master = MasterKey(bytes([1] * 32))
    codec = payloads.Packing(key=master).codec(bytes(16), bytes(508))
    assert codec is not None
    assert payloads.codec_of(
        ["aes-256-gcm"], master.id, bytes(16), bytes(508), NO_KEYS
    ) == payloads.PayloadCodec(False, master.id)
    with pytest.raises(ValueError, match="not sealed"):
        codec.open(0, b"payload", b"")


def test_frames_without_a_codec_are_what_they_were() -> None:
    assert pack(Sealed(lambda seed, data: 7, 1, 0), FrameKind.BLOCK, 1, 1, 1, 0, 0, b"x")[4:6] == b"\x03\x00"


def test_sealed_files_on_the_real_file_system_hold_nothing_readable(sealed: SecretOf, tmp_path: Path) -> None:
    settings = replace(sealed(1), data_directory=tmp_path / "data")
    database = Database(RealFiles(), settings)
    database.commit_many(5)
    database.close()
    everything = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert len(everything) > 1024
    assert b"Friend" not in everything
    assert recovered(RealFiles(), settings) == [1, 2, 3, 4, 5]


# ------------------------------------------------------------------------------ RECOVER SNAPSHOT


def replaced(files: MemoryFiles, settings: Settings, content: bytes) -> Database:
    """A database with data of its own, with a snapshot of another one in their place."""
    backup = Path("/backup/snapshot")
    files.place(backup, content)
    database = Database(files, settings)
    database.commit_many(5)
    database.recover(backup)
    return database


def test_a_sealed_snapshot_takes_the_place_of_everything_and_the_log_goes_on_sealed(sealed: SecretOf) -> None:
    backup, path = with_snapshot(sealed(1))
    files, settings = MemoryFiles(), sealed(2, 1)
    database = replaced(files, settings, backup.contents()[path])
    assert database.committed == list(range(1, 401))
    database.commit_many(2)
    database.durability.close()
    found = {path: content for path, content in files.contents().items() if path.parent.name != ".old"}
    assert not any(b"Friend" in content for path, content in found.items() if path.parent != Path("/backup"))
    assert recovered(files, settings) == list(range(1, 403))
    assert refused(files, sealed(2)).reason.startswith(f"It is sealed with key {id_of(1)}")


def test_a_snapshot_of_another_key_is_refused_and_nothing_is_changed(sealed: SecretOf) -> None:
    backup, path = with_snapshot(sealed(1))
    files = MemoryFiles()
    files.place(Path("/backup/snapshot"), backup.contents()[path])
    database = Database(files, sealed(2))
    database.commit_many(5)
    before = files.contents()
    with pytest.raises(
        SnapshotRecoveryError, match=f"sealed with key {id_of(1)}, but the key file has {id_of(2)}"
    ):
        database.recover(Path("/backup/snapshot"))
    assert files.contents() == before
    database.commit_many(1)
    database.durability.close()
    assert recovered(files, sealed(2)) == [1, 2, 3, 4, 5, 6]


def test_an_unsealed_snapshot_in_a_sealed_directory_is_told(sealed: SecretOf) -> None:
    backup, path = with_snapshot(PLAIN)
    with capture_logs() as log:
        database = replaced(MemoryFiles(), sealed(1), backup.contents()[path])
    assert [line["files"] for line in log if "are not sealed" in line["event"]] == [1]
    assert database.committed == list(range(1, 401))


def test_a_missing_key_is_no_broken_database_whose_data_might_be_replaced(sealed: SecretOf) -> None:
    files, _ = killed(sealed(1))
    for settings in (PLAIN, sealed(2)):
        error = refused(files, replace(settings, storage_allow_recovery_failure=True))
        assert isinstance(error, WrongKeyError)
    assert recovered(files, replace(sealed(1), storage_allow_recovery_failure=True)) == [1, 2, 3]
