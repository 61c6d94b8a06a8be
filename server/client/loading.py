"""Running the statements of a file in batches, each of them exactly once, however often that is interrupted.

The place reached is kept where the data is: a marker, a node ``:__lithograph_load__``, moves on in the same
transaction as the batch that it stands for. So there is no moment at which the one could be lost without the other; a
database that was restored to an earlier state has the marker of that state; and no state file can be mislaid.
The marker has the offset behind the last statement and the SHA-256 of all bytes before it. A file whose beginning
gives the same sum is gone on with there, whatever was mended behind that. The marker goes when everything is loaded,
after that has been said.

What stands alone in its transaction (indexes, say) cannot be in one with the marker: if the process dies between
the two, it is run again. For indexes that is harmless; an enumeration that is there as it should be is taken for made.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import uuid4

from lithograph.cypher.ast import CreateEnum
from lithograph.cypher.parse import parse
from lithograph.server.client.connection import BoltClient
from lithograph.server.client.errors import ClientError, RefusedError
from lithograph.server.client.grouping import Request, grouped
from lithograph.server.client.statements import Statement, StatementError
from lithograph.server.errors import NotAloneError

LABEL = "__lithograph_load__"

BATCH_BYTES = 16 << 20
"""Text at which a batch ends, however few statements it has."""

ATTEMPTS = 8
"""At a batch that conflicts with what others write."""

_FIND = f"MATCH (m:{LABEL}) RETURN m.id, m.file, m.offset, m.line, m.sha256, id(m)"
_MOVE = f"MATCH (m:{LABEL}) WHERE id(m) = $node AND m.id = $id AND m.offset = $before SET m += $state RETURN id(m)"
_EXISTS = f"MATCH (m:{LABEL}) WHERE m.id = $id RETURN m.offset"
_CREATE = f"CREATE (m:{LABEL}) SET m = $state RETURN id(m)"
_REMOVE = f"MATCH (m:{LABEL}) WHERE m.id = $id DETACH DELETE m"


class LoadError(ClientError):
    """The file cannot be loaded, or not gone on with."""


@dataclass(slots=True)
class Marker:
    """The place in a file up to which it is in the database; ``node`` is the id of its node, −1 before it has one."""

    id: str
    file: str
    offset: int = 0
    line: int = 1
    sha256: str = ""
    node: int = -1

    @property
    def state(self) -> dict[str, Any]:
        """The properties of the node."""
        return {
            "id": self.id,
            "file": self.file,
            "offset": self.offset,
            "line": self.line,
            "sha256": self.sha256,
        }


class Digest:
    """The SHA-256 of a file up to any place in it, as long as the places do not go back."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        """``read`` gives up to so many of the next bytes; :meth:`read` is to be used in its place."""
        self._source = read
        self._digest = hashlib.sha256()
        self._offset = 0
        self._ahead: deque[bytes] = deque()

    def read(self, size: int) -> bytes:
        data = self._source(size)
        self._ahead.append(data)
        return data

    def up_to(self, offset: int) -> str:
        """In hexadecimal; ``offset`` is not beyond what was read."""
        while self._offset < offset:
            piece = self._ahead.popleft()
            wanted = offset - self._offset
            if len(piece) > wanted:
                self._ahead.appendleft(piece[wanted:])
                piece = piece[:wanted]
            self._digest.update(piece)
            self._offset += len(piece)
        return self._digest.hexdigest()


def find_markers(client: BoltClient) -> list[Marker]:
    """Those of all loads that were not finished."""
    return [Marker(*row) for row in client.rows(_FIND)]


def new_marker(file: str) -> Marker:
    """For a load from the beginning."""
    return Marker(uuid4().hex, file)


def remove_marker(client: BoltClient, marker: Marker) -> None:
    """Raises RefusedError, ConnectionFailedError."""
    _repeating(lambda: client.execute(_REMOVE, {"id": marker.id}))


@dataclass(slots=True)
class Loader:
    """Runs statements.

    Attributes:
        marker: kept up to date in the database; None: a load that cannot be gone on with.
        digest: what the statements are read through.
        advance: called with the number of statements of a batch when it is committed.
    """

    client: BoltClient
    marker: Marker | None
    digest: Digest
    advance: Callable[[int], None]
    batch_size: int = 1000

    def run(self, statements: Iterable[Statement]) -> int:
        """Run all, in order; returns how many.

        Raises:
            StatementError: one is refused; everything before its batch is committed, nothing of the batch is.
            LoadError: somebody else is loading the same file.
            ConnectionFailedError: whether the batch under way was committed, only the marker knows.
        """
        count = 0
        for batch in _batches(statements, self.batch_size):
            waiting = deque([batch])
            while waiting:
                part = waiting.popleft()
                if is_schema(part[0].text):  # would be refused first, and with it the batch
                    self._alone(part[0])
                elif alone := self._refused_as_not_alone(part):
                    waiting.extendleft(reversed(alone))
                    continue
                count += len(part)
                self.advance(len(part))
        return count

    def _refused_as_not_alone(self, batch: list[Statement]) -> list[list[Statement]]:
        """Run a batch; where a statement in it has to stand alone, nothing, and the parts to be run in its place."""
        together = list(grouped(statement.text for statement in batch))
        if len(together) < len(batch):
            with suppress(RefusedError):  # one by one, below, it shows which of them it is
                _repeating(lambda: self._transaction(together, batch[-1]))
                return []
        singly: list[Request] = [(statement.text, {}) for statement in batch]
        try:
            _repeating(lambda: self._transaction(singly, batch[-1]))
        except RefusedError as error:
            number = min(error.request, len(batch) - 1)
            if error.status != NotAloneError.code:
                raise _refused(batch[number], error, batch[0]) from error
            if len(batch) == 1:
                self._alone(batch[0])
                return []
            # The first of a transaction is let through, and what follows it is refused for its sake.
            cuts = (0, error.request, error.request + 1) if error.request > 1 else (0, 1)
            parts = [batch[start:end] for start, end in pairwise((*cuts, len(batch)))]
            return [part for part in parts if part]
        return []

    def _transaction(self, requests: Sequence[Request], last: Statement) -> None:
        """Raises RefusedError with the number of the request, their number when the commit was refused."""
        client = self.client
        client.begin()
        client.pipeline(requests)
        try:
            moved = self._move_marker(last)
            client.commit()
        except RefusedError as error:
            error.request = len(requests)
            raise
        self.marker = moved

    def _alone(self, statement: Statement) -> None:
        try:
            _repeating(lambda: self.client.execute(statement.text))
        except RefusedError as error:
            if not self._is_there(statement, error):
                raise _refused(statement, error, statement) from error
        if self.marker is not None:
            _repeating(lambda: self._move_alone(statement))

    def _is_there(self, statement: Statement, error: RefusedError) -> bool:
        """Whether it was refused since it makes an enumeration that there is, with the very same values."""
        if "Enum already exists" not in str(error):
            return False
        wanted = parse(statement.text)
        return isinstance(wanted, CreateEnum) and any(
            name == wanted.name and tuple(values) == wanted.values
            for name, values in self.client.rows("SHOW ENUMS")
        )

    def _move_alone(self, statement: Statement) -> None:
        self.client.begin()
        moved = self._move_marker(statement)
        self.client.commit()
        self.marker = moved

    def _move_marker(self, last: Statement) -> Marker | None:
        """In the open transaction: let the marker stand behind ``last``; returns it as it is then."""
        marker = self.marker
        if marker is None:
            return None
        moved = Marker(
            marker.id, marker.file, last.end, last.last_line, self.digest.up_to(last.end), marker.node
        )
        node = {"node": marker.node, "id": marker.id, "before": marker.offset, "state": moved.state}
        rows = self.client.rows(_MOVE, node) if marker.node >= 0 else []
        if not rows:
            if self.client.rows(_EXISTS, {"id": marker.id}):
                self.client.rollback()
                raise LoadError(f"Another process is loading {marker.file}. Let it finish, or stop it.")
            # The first batch, or one that emptied the database.
            rows = self.client.rows(_CREATE, {"state": moved.state})
        moved.node = rows[0][0]
        return moved


def is_schema(text: str) -> bool:
    """Whether a statement makes or drops an index or the like, as a dump has them; others are found out by trying."""
    words = text[:80].upper().split()
    return words[:1] in (["CREATE"], ["DROP"]) and any(word in _SCHEMA for word in words[1:4])


_SCHEMA = ("INDEX", "CONSTRAINT", "ENUM", "TRIGGER")


def _batches(statements: Iterable[Statement], most: int) -> Iterator[list[Statement]]:
    """Statements in batches; those for the schema by themselves."""
    batch: list[Statement] = []
    size = 0
    for statement in statements:
        alone = is_schema(statement.text)
        if batch and (alone or len(batch) == most or size >= BATCH_BYTES):
            yield batch
            batch, size = [], 0
        if alone:
            yield [statement]
        else:
            batch.append(statement)
            size += len(statement.text)
    if batch:
        yield batch


def _repeating(work: Callable[[], None]) -> None:
    """Do ``work``, again while the server says that this may help. Raises RefusedError."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            work()
        except RefusedError as error:
            if not error.transient or attempt == ATTEMPTS:
                raise
            time.sleep(0.01 * 2**attempt)
        else:
            return


def _refused(statement: Statement, error: RefusedError, first: Statement) -> StatementError:
    shown = statement.text if len(statement.text) <= 200 else f"{statement.text[:200]}…"
    return StatementError(
        statement.line,
        f"{error} [{error.status}]\n  {shown}\nEverything before line {first.line} is loaded, nothing from there on.",
    )
