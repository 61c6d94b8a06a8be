"""Key files: what is taken, what is refused, and that no key is ever shown."""

from __future__ import annotations

import base64
import builtins
import sys
from pathlib import Path
from typing import Any

import pytest

from lithograph.durability.errors import EncryptionUnavailableError, KeyFileError
from lithograph.durability.keys import OVERHEAD, FileCipher, MasterKey, read_key_file
from support.key_files import hex_key, key_file

SECRET = bytes(range(32))


def test_keys_in_base64_and_hex_with_comments(tmp_path: Path) -> None:
    lines = ("# today's", base64.b64encode(SECRET).decode(), "", f"  {hex_key(2)}  # until June")
    keys = read_key_file(Path(key_file(tmp_path / "keys", *lines)))
    assert keys.ids == (MasterKey(SECRET).id, MasterKey(bytes([2] * 32)).id)
    assert keys.current is not None
    assert keys.current_id == keys.current.id == MasterKey(SECRET).id
    assert keys.find(keys.ids[1]) is keys.keys[1]
    assert keys.find("0" * 16) is None


def test_a_key_twice_is_one_key(tmp_path: Path) -> None:
    lines = (SECRET.hex(), base64.b64encode(SECRET).decode())
    assert len(read_key_file(Path(key_file(tmp_path / "keys", *lines))).keys) == 1


@pytest.mark.parametrize(
    "line",
    [
        "secret",
        "0" * 63,
        "g" * 64,
        "0" * 62,
        base64.b64encode(SECRET[:31]).decode(),
        SECRET.hex() + " x",
        "é" * 32,
    ],
)
def test_what_is_no_key_is_refused_with_its_line_and_without_its_content(tmp_path: Path, line: str) -> None:
    path = Path(key_file(tmp_path / "keys", hex_key(1), line))
    with pytest.raises(KeyFileError, match=r"Line 2 is no key: 32 bytes") as caught:
        read_key_file(path)
    assert line not in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_file_that_others_may_use_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = Path(key_file(tmp_path / "keys", hex_key(1), mode=mode))
    with pytest.raises(KeyFileError, match=f"mode {mode:04o}.*Run: chmod 600 {path}"):
        read_key_file(path)


def test_missing_empty_and_large_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_key_file(tmp_path / "missing")
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_key_file(tmp_path)
    with pytest.raises(KeyFileError, match="no key in it"):
        read_key_file(Path(key_file(tmp_path / "empty", "# none")))
    with pytest.raises(KeyFileError, match="too large"):
        read_key_file(Path(key_file(tmp_path / "large", "#" * 70_000)))


def test_without_the_library_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(key_file(tmp_path / "keys", hex_key(1)))
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "cryptography":
            raise ImportError("No module named 'cryptography'")
        return real(name, *rest)

    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(EncryptionUnavailableError, match=r"pip install 'lithograph\[encryption\]'"):
        read_key_file(path)


def test_a_key_does_not_show_itself() -> None:
    key = MasterKey(SECRET)
    assert repr(key) == f"MasterKey(id='{key.id}')"
    assert key.id not in SECRET.hex()


def test_the_id_and_the_key_of_a_file_never_change() -> None:
    """They are on disk: what was sealed has to be opened by every later version."""
    key = MasterKey(SECRET)
    assert key.id == "670e2d8fd5f4cf2b"
    stored = bytes.fromhex("000102030405060708090a0b8dcbe02d88e15b7cdfaa42444b2343868ed04ece0b26d6")
    assert key.cipher(bytes(16), b"header").open(stored, b"frame") == b"content"


def test_what_is_sealed_opens_with_all_the_same_and_with_nothing_else() -> None:
    key, file_id, header = MasterKey(SECRET), bytes(16), bytes(508)
    sealed = key.cipher(file_id, header).seal(b"content", b"frame")
    assert len(sealed) == len(b"content") + OVERHEAD
    assert b"content" not in sealed
    assert key.cipher(file_id, header).open(sealed, b"frame") == b"content"
    others = [
        (key.cipher(bytes([1] * 16), header), b"frame"),
        (key.cipher(file_id, bytes([1] * 508)), b"frame"),
        (MasterKey(bytes(32)).cipher(file_id, header), b"frame"),
        (key.cipher(file_id, header), b"other"),
    ]
    for cipher, associated in others:
        with pytest.raises(ValueError, match="the seal is broken"):
            cipher.open(sealed, associated)


@pytest.mark.parametrize("length", [0, 1, OVERHEAD - 1])
def test_what_is_too_short_to_be_sealed_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="length"):
        FileCipher(SECRET).open(bytes(length), b"")
