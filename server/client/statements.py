"""Cutting a file into statements at its semicolons, without knowing more of the language than that needs.

A semicolon ends a statement unless it stands in quotes, in backticks or in a comment. The file is read in pieces, so
that its size does not matter; places are counted in bytes, to go on behind them later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lithograph.server.client.errors import ClientError

_COMMENT = rb"//[^\n\r]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
_SKIPPED = re.compile(rb"(?:\s++|;|" + _COMMENT + rb")*+")
"""What may stand between two statements."""

_PARTS = (
    rb"(?:[^'\"`/;]++"
    rb"|'(?:[^'\\]++|\\.)*+'"
    rb'|"(?:[^"\\]++|\\.)*+"'
    rb"|`[^`]*+`"
    rb"|" + _COMMENT + rb"|/(?![/*]))*+"
)
_STATEMENT = re.compile(_PARTS + rb";", re.DOTALL)
_LAST = re.compile(_PARTS + rb"\Z", re.DOTALL)

_MARK = b"\xef\xbb\xbf"
_PIECE = 1 << 20
LONGEST = 64 << 20
"""Bytes in a statement: what the server takes in a message. A file that is no text at all is noticed by that."""


class StatementError(ClientError):
    """The file, or a statement of it, is not as it should be; ``line`` counts from 1."""

    code = "Neo.ClientError.Statement.SyntaxError"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


class Statement(NamedTuple):
    """A statement without its semicolon; ``end`` is the offset behind that, ``line`` (from 1) where it begins,
    ``last_line`` where it ends."""

    text: str
    line: int
    end: int
    last_line: int


def split(read: Callable[[int], bytes], offset: int = 0, line: int = 1) -> Iterator[Statement]:
    """The statements of a file.

    Args:
        read: gives up to so many of the next bytes, none at the end.
        offset, line: where in the file the first of them stands, which is behind a statement.

    Raises (while iterating):
        StatementError: a statement has no end, or is not UTF-8; and whatever ``read`` raises.
    """
    buffer, position, ended = b"", 0, False
    while True:
        skipped = _SKIPPED.match(buffer, position)
        assert skipped is not None, "it matches nothing, too"
        start = skipped.end()
        found = _STATEMENT.match(buffer, start)
        if found is None and ended:
            found = _LAST.match(buffer, start)
        if found is None and not ended:
            if len(buffer) - position > LONGEST:
                at = line + buffer.count(b"\n", position, start)
                raise StatementError(at, f"No semicolon ends the statement within {LONGEST >> 20} MiB.")
            # As much again as there is, so that a long statement is not looked at too often.
            data = read(max(_PIECE, len(buffer) - position))
            buffer, position, ended = buffer[position:] + data, 0, not data
            if not offset and buffer.startswith(_MARK):
                position, offset = len(_MARK), len(_MARK)
            continue
        line += buffer.count(b"\n", position, start)
        if found is None:
            raise StatementError(
                line, "Its quotes, backticks or comment are not closed before the file ends."
            )
        end = found.end()
        if start == end:
            return
        offset += end - position
        last_line = line + buffer.count(b"\n", start, end)
        yield Statement(_text(buffer[start:end], line), line, offset, last_line)
        position, line = end, last_line


def _text(data: bytes, line: int) -> str:
    try:
        return data.removesuffix(b";").decode().rstrip()
    except UnicodeDecodeError as error:
        at = line + data.count(b"\n", 0, error.start)
        raise StatementError(at, f"The byte 0x{data[error.start]:02X} is not UTF-8.") from error
