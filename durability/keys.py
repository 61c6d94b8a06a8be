"""The keys that files are sealed with: where they come from, what they are called, what is derived from them.

A key file has one key a line, 32 random bytes in base64 or hex; ``#`` begins a comment. The first key is the
*current* one: new files are sealed with it. The others only open what was sealed before. A key is never shown;
what names it, in headers and messages, is its *id*, eight bytes derived from it.

No payload is sealed with these keys themselves. Each file has a key of its own, derived from one of them, from the
file's random id and from its header, so

* what is sealed in one file opens in no other, and not under a header that was changed;
* each key seals few payloads, so that a random nonce for each is as good as a counter.

The nonce is random, not counted: the same place of the same file may be written twice with different content, when a
disk was full, when a start cut a torn tail, or when a copy of the directory goes on by itself. A counter would
give both the same nonce, and with GCM that gives both contents away and lets anybody forge more.

``cryptography`` does the work and is an optional dependency; without it everything but sealed files works.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lithograph.durability.errors import EncryptionUnavailableError, KeyFileError

KEY_SIZE = 32
ID_SIZE = 8
NONCE_SIZE = 12
TAG_SIZE = 16
OVERHEAD = NONCE_SIZE + TAG_SIZE
"""Bytes that a sealed payload has more than its content."""

MAXIMUM_CONTENT = (1 << 31) - 1 - OVERHEAD
"""What the library seals at once."""

_KEY_FILE_SIZE = 1 << 16
_HEX_LENGTH = 2 * KEY_SIZE
_ID_PURPOSE = b"lithograph key id 1"
_FILE_PURPOSE = b"lithograph file key 1"


class FileCipher:
    """Seals and opens the payloads of one file: nonce, AES-256-GCM ciphertext, tag."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._aead = AESGCM(key)

    def seal(self, content: bytes, associated: bytes) -> bytes:
        """``content`` made unreadable, and tied to ``associated``, which is not part of the result.

        ``content`` has at most :data:`MAXIMUM_CONTENT` bytes; the result has :data:`OVERHEAD` more.
        """
        nonce = os.urandom(NONCE_SIZE)
        return nonce + self._aead.encrypt(nonce, content, associated)

    def open(self, sealed: bytes, associated: bytes) -> bytes:
        """What was sealed.

        Raises:
            ValueError: it was not sealed like this, with this key, for this place; or it was changed.
        """
        from cryptography.exceptions import InvalidTag

        if not OVERHEAD <= len(sealed) <= MAXIMUM_CONTENT + OVERHEAD:
            raise ValueError("no sealed payload has this length")
        try:
            return self._aead.decrypt(sealed[:NONCE_SIZE], sealed[NONCE_SIZE:], associated)
        except InvalidTag:
            raise ValueError(
                "the seal is broken: payload, frame header or file header were changed"
            ) from None


class MasterKey:
    """One key of a key file.

    Attributes:
        id: what names it, 16 hexadecimal digits.
    """

    __slots__ = ("_secret", "id")

    def __init__(self, secret: bytes) -> None:
        """
        Args:
            secret: :data:`KEY_SIZE` random bytes.

        Raises:
            EncryptionUnavailableError: the library is not installed.
        """
        self._secret = secret
        self.id = _derive(secret, ID_SIZE, None, _ID_PURPOSE).hex()

    def __repr__(self) -> str:
        return f"MasterKey(id={self.id!r})"

    def cipher(self, file_id: bytes, header: bytes) -> FileCipher:
        """What seals the payloads of the file with this id (16 random bytes) and header."""
        return FileCipher(_derive(self._secret, KEY_SIZE, file_id, _FILE_PURPOSE + header))


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a server was given, the current one first; none when it seals nothing."""

    keys: tuple[MasterKey, ...] = ()

    @property
    def current(self) -> MasterKey | None:
        """The one that new files are sealed with."""
        return self.keys[0] if self.keys else None

    @property
    def current_id(self) -> str | None:
        return self.keys[0].id if self.keys else None

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(key.id for key in self.keys)

    def find(self, key_id: str) -> MasterKey | None:
        """The key of this id."""
        return next((key for key in self.keys if key.id == key_id), None)


NO_KEYS = Keys()


def read_key_file(path: Path) -> Keys:
    """The keys of a key file.

    Raises:
        KeyFileError: it cannot be read, others may read it, or a line is no key.
        EncryptionUnavailableError: the library is not installed.
    """
    keys: dict[str, MasterKey] = {}
    for number, line in enumerate(_read_private(path).split(b"\n"), start=1):
        text = line.partition(b"#")[0].strip()
        if text:
            key = MasterKey(_secret_of(text, path, number))
            keys.setdefault(key.id, key)
    if not keys:
        raise KeyFileError(path, "There is no key in it.", _MAKE_ONE)
    return Keys(tuple(keys.values()))


def _read_private(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            content = b"".join(_pieces(descriptor))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise KeyFileError(path, f"The key file cannot be read ({error.strerror}).", _MAKE_ONE) from error
    if mode & 0o077:
        reason = f"The key file has mode {mode:04o}: others than its owner may use it."
        raise KeyFileError(path, reason, f"Run: chmod 600 {path}")
    if len(content) > _KEY_FILE_SIZE:
        raise KeyFileError(path, "It is too large for a key file.", _MAKE_ONE)
    return content


def _pieces(descriptor: int) -> Iterator[bytes]:
    left = _KEY_FILE_SIZE + 1
    while left > 0 and (piece := os.read(descriptor, left)):
        left -= len(piece)
        yield piece


def _secret_of(text: bytes, path: Path, number: int) -> bytes:
    """The bytes that a line stands for. What is in the line is in no message."""
    try:
        secret = (
            bytes.fromhex(text.decode())
            if len(text) == _HEX_LENGTH
            else base64.b64decode(text, validate=True)
        )
    except (ValueError, binascii.Error):
        secret = b""
    if len(secret) != KEY_SIZE:
        reason = (
            f"Line {number} is no key: {KEY_SIZE} bytes in base64 (44 characters) or hex (64) are expected."
        )
        raise KeyFileError(path, reason, _MAKE_ONE)
    return secret


def _derive(secret: bytes, length: int, salt: bytes | None, purpose: bytes) -> bytes:
    try:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    except ImportError as error:
        raise EncryptionUnavailableError(str(error)) from error
    return HKDF(SHA256(), length, salt, purpose).derive(secret)


_MAKE_ONE = "To make one: (umask 077; openssl rand -base64 32 > PATH)"
