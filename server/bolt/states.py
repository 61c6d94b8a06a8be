"""The legal order of messages, as a table, and where each leads.

It is the table of the Bolt specification plus what real clients need: RUN and BEGIN while an auto-commit result is still
open (JavaScript driver 5.28), COMMIT and ROLLBACK over open results, and COMMIT and ROLLBACK without a
transaction (pymgclient, mgconsole), which are the client's mistake but not the end of the connection.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from lithograph.server.bolt.messages import (
    Begin,
    Commit,
    Discard,
    Goodbye,
    Hello,
    Logoff,
    Logon,
    Pull,
    Reset,
    Rollback,
    Route,
    Run,
    Telemetry,
)
from lithograph.server.bolt.versions import Version


class State(Enum):
    """Where a connection is."""

    NEGOTIATION = "negotiation"
    AUTHENTICATION = "authentication"
    READY = "ready"
    STREAMING = "streaming"
    TX_READY = "transaction ready"
    TX_STREAMING = "transaction streaming"
    FAILED = "failed"
    DEFUNCT = "defunct"

    @property
    def logged_in(self) -> bool:
        return self not in (State.NEGOTIATION, State.AUTHENTICATION, State.DEFUNCT)


class Next(NamedTuple):
    """Where success leads; ``while_open`` instead, as long as a result is open that the state is about."""

    done: State
    while_open: State


def _to(done: State, while_open: State | None = None) -> Next:
    return Next(done, while_open or done)


_READY_MESSAGES: dict[type, Next] = {
    Logoff: _to(State.AUTHENTICATION),
    Run: _to(State.STREAMING),
    Begin: _to(State.TX_READY),
    Commit: _to(State.READY),
    Rollback: _to(State.READY),
    Route: _to(State.READY),
    Telemetry: _to(State.READY),
}

_TRANSACTION_MESSAGES: dict[type, Next] = {
    Run: _to(State.TX_STREAMING),
    Pull: _to(State.TX_READY, State.TX_STREAMING),
    Discard: _to(State.TX_READY, State.TX_STREAMING),
    Commit: _to(State.READY),
    Rollback: _to(State.READY),
}

_ALWAYS: dict[type, Next] = {Reset: _to(State.READY), Goodbye: _to(State.DEFUNCT)}

_TABLE: dict[State, dict[type, Next]] = {
    State.AUTHENTICATION: {Logon: _to(State.READY), Goodbye: _to(State.DEFUNCT)},
    State.READY: _READY_MESSAGES | _ALWAYS,
    State.STREAMING: {
        Pull: _to(State.READY, State.STREAMING),
        Discard: _to(State.READY, State.STREAMING),
        Run: _to(State.STREAMING),
        Begin: _to(State.TX_READY),
        **_ALWAYS,
    },
    State.TX_READY: _TRANSACTION_MESSAGES | {Telemetry: _to(State.TX_READY)} | _ALWAYS,
    State.TX_STREAMING: _TRANSACTION_MESSAGES | _ALWAYS,
    State.FAILED: _ALWAYS,
    State.DEFUNCT: {},
}


def transitions(version: Version) -> dict[State, dict[type, Next]]:
    """For each state the messages that are legal in it, with where they lead."""
    after_hello = State.AUTHENTICATION if version >= (5, 1) else State.READY
    return {State.NEGOTIATION: {Hello: _to(after_hello), Goodbye: _to(State.DEFUNCT)}, **_TABLE}
