"""One Bolt connection as bytes: the handshake, then whole messages in, and replies out. No I/O, no sessions.

Incoming messages are handed out undecoded (``feed``) and decoded when their turn comes (``decode``), for three
reasons: what waits in the queue is bounded by its bytes, not by what they would become; HELLO may change the dialect in
which the messages behind it are to be read; and a large one can be decoded away from the event loop. Only RESET
is recognised at once (``messages.RESET_BYTES``).

Replies gather in a buffer until ``take_output``.
"""

from __future__ import annotations

from typing import Any

from lithograph.cypher.results import ResultBatch
from lithograph.server.bolt import messages
from lithograph.server.bolt.chunking import Dechunker, frame
from lithograph.server.bolt.failures import failure_map
from lithograph.server.bolt.handshake import Handshake
from lithograph.server.bolt.packstream import read_message
from lithograph.server.bolt.records import RecordEncoder
from lithograph.server.bolt.structures import packer_for, readers
from lithograph.server.bolt.versions import Dialect, Version, initial_dialect
from lithograph.server.errors import ProtocolError
from lithograph.server.limits import Limits
from lithograph.storage.errors import LithographError

_KNOWN = 16
"""So many different PULL messages are remembered."""

_IGNORED = frame(bytes((0xB0, messages.IGNORED)))
_SUCCESS_HEAD = bytes((0xB1, messages.SUCCESS))
_FAILURE_HEAD = bytes((0xB1, messages.FAILURE))
_EMPTY_SUCCESS = frame(_SUCCESS_HEAD + b"\xa0")


class Connection:
    """The server's side of a conversation, in bytes.

    ``error`` is set once the client's bytes make no sense; nothing is read after that.
    """

    def __init__(self, limits: Limits) -> None:
        self.error: ProtocolError | None = None
        self.buffered = 0
        """Bytes of replies that wait for ``take_output``."""
        self._limits = limits
        self._handshake: Handshake | None = Handshake()
        self._version: Version | None = None
        self._chunks = Dechunker(limits.stranger_message, limits.stranger_chunks, limits.noops)
        self._known: dict[bytes, messages.Pull] = {}
        """Requests for rows, which a driver makes in the same few bytes again and again."""
        self._output: list[bytes] = []
        self.manifest = False
        self._set_dialect(Dialect.MODERN)

    # What is in force

    @property
    def version(self) -> Version | None:
        """None until the handshake is finished."""
        return self._version

    @property
    def reading(self) -> int | None:
        """A number that stays the same while one unfinished message is being received; None between messages."""
        return self._chunks.delivered if self._chunks.partial else None

    def patch_utc(self) -> None:
        """Use UTC datetimes from here on (4.3 and 4.4, where the client asked)."""
        self._set_dialect(Dialect.PATCHED)

    def lift_limits(self) -> None:
        """The client is logged in: large messages are fine."""
        self._chunks.max_message = self._limits.message
        self._chunks.max_chunks = None

    def forgive_noops(self) -> None:
        """A minute has passed: no-ops are counted anew."""
        self._chunks.noops = 0

    def _set_dialect(self, dialect: Dialect) -> None:
        self._readers = readers(dialect)
        self._packer = packer_for(dialect)
        self._records = RecordEncoder(dialect)

    # In

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that ``data`` completes; what the handshake answers goes to the output."""
        if self._handshake is not None:
            data = self._shake_hands(self._handshake, data)
            if self._version is None:
                return []
        received = self._chunks.feed(data)
        if self._chunks.error is not None:
            self.error = self._chunks.error
        return received

    def _shake_hands(self, handshake: Handshake, data: bytes) -> bytes:
        """What is left of ``data`` for the messages."""
        try:
            handshake.feed(data)
        except ProtocolError as error:
            self.error = error
        self._write(handshake.take_reply())
        if handshake.version is None:
            return b""
        self._version, self.manifest, self._handshake = handshake.version, handshake.manifest, None
        self._set_dialect(initial_dialect(handshake.version))
        return handshake.rest

    def decode(self, message: bytes) -> messages.Request:
        """The request. Raises ProtocolError, InvalidRequestError, or a StorageError about a temporal value or a point.

        Safe to call in another thread, as long as no other message of the connection is dealt with meanwhile.
        """
        known = self._known.get(message)
        if known is not None:
            return known
        assert self._version is not None, "there are no messages before the handshake"
        tag, fields = read_message(message, self._readers, self._limits.depth, self._limits.items)
        request = messages.parse(tag, fields, self._version)
        if type(request) is messages.Pull and len(self._known) < _KNOWN:
            self._known[message] = request
        return request

    # Out

    def success(self, entries: dict[str, Any]) -> None:
        self._write(frame(_SUCCESS_HEAD + self._packer.pack(entries)) if entries else _EMPTY_SUCCESS)

    def failure(self, error: LithographError) -> None:
        assert self._version is not None, "there are no replies before the handshake"
        self._write(frame(_FAILURE_HEAD + self._packer.pack(failure_map(error, self._version))))

    def ignored(self) -> None:
        self._write(_IGNORED)

    def records(self, batch: ResultBatch) -> None:
        """Raises UnencodableValueError; nothing of the batch is sent then."""
        self._write(self._records.encode(batch))

    def _write(self, data: bytes) -> None:
        self._output.append(data)
        self.buffered += len(data)

    def take_output(self) -> bytes:
        """What is to be sent."""
        output, self._output, self.buffered = b"".join(self._output), [], 0
        return output
