"""Messages in chunks: ``LL LL data …``, ended by ``00 00``; and back.

Reading reassembles from any cuts, with bounds on what a peer can make us hold; a message is handed out
only when it is whole. Writing uses one chunk per message up to 65,535 bytes, since chunk borders are free.
"""

from __future__ import annotations

from lithograph.server.errors import MessageTooLargeError, ProtocolError

END = b"\x00\x00"
MAX_CHUNK = 0xFFFF


def frame(message: bytes) -> bytes:
    """``message`` as chunks with its end."""
    size = len(message)
    if size <= MAX_CHUNK:
        return size.to_bytes(2, "big") + message + END
    parts: list[bytes] = []
    for start in range(0, size, MAX_CHUNK):
        chunk = message[start : start + MAX_CHUNK]
        parts += (len(chunk).to_bytes(2, "big"), chunk)
    parts.append(END)
    return b"".join(parts)


class Dechunker:
    """Reassembles messages.

    ``max_message`` counts chunk headers too, ``max_chunks`` of None is no limit. ``delivered`` counts messages,
    so that an observer sees whether the partial one (``partial``) is still the same. What breaks the rules ends up in
    ``error``, not in an exception: the messages before it are still to be answered. Nothing is read after it.
    """

    def __init__(self, max_message: int, max_chunks: int | None, max_noops: int) -> None:
        self.max_message = max_message
        self.max_chunks = max_chunks
        self.max_noops = max_noops
        self.delivered = 0
        self.noops = 0
        self.error: ProtocolError | None = None
        self._head = b""  # the first byte of a chunk header whose second has not come
        self._missing = 0  # bytes of the current chunk that have not come
        self._message = bytearray()
        self._chunks = 0

    @property
    def partial(self) -> bool:
        """Whether a message has begun and is not whole."""
        return bool(self._chunks or self._head)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that ``data`` completes."""
        messages: list[bytes] = []
        if self.error is None:
            try:
                self._read(data, messages)
            except ProtocolError as error:
                self.error = error
        return messages

    def _read(self, data: bytes, messages: list[bytes]) -> None:
        """Raises MessageTooLargeError, ProtocolError (too many no-ops)."""
        position, size = 0, len(data)
        if self._head and data:
            data, self._head, size = self._head + data, b"", size + 1
        while position < size:
            if self._missing:
                position = self._take(data, position)
                continue
            if position + 1 == size:
                self._head = data[position:]
                break
            length = data[position] << 8 | data[position + 1]
            position += 2
            if length == 0:
                self._finish(messages)
                continue
            end = position + length
            if not self._chunks and data[end : end + 2] == END and length + 2 <= self.max_message:
                messages.append(data[position:end])  # the common case: a whole message in one chunk
                position = end + 2
                self.noops = 0
                self.delivered += 1
                continue
            self._open(length)

    def _take(self, data: bytes, position: int) -> int:
        piece = data[position : position + self._missing]
        self._message += piece
        self._missing -= len(piece)
        return position + len(piece)

    def _open(self, length: int) -> None:
        self._chunks += 1
        if self.max_chunks is not None and self._chunks > self.max_chunks:
            raise MessageTooLargeError(f"A message before login may have {self.max_chunks} chunks at most.")
        if len(self._message) + length + 2 * self._chunks > self.max_message:
            raise MessageTooLargeError(
                f"The message is too large: at most {self.max_message} bytes are accepted. Send less data at a time."
            )
        self._missing = length

    def _finish(self, messages: list[bytes]) -> None:
        if not self._chunks:
            self.noops += 1
            if self.noops > self.max_noops:
                raise ProtocolError("Too many empty chunks without a message.")
            return
        messages.append(bytes(self._message))
        self._message = bytearray()
        self._chunks = 0
        self.noops = 0
        self.delivered += 1
