"""The order of messages: every state against every message, on the wire."""

from typing import Any

import pytest

from lithograph.server.bolt import messages
from lithograph.server.bolt.states import State, transitions
from lithograph.server.bolt.versions import SUPPORTED
from support.bolt_peer import handshake
from support.bolt_script import Line

EXAMPLES: dict[type, tuple[Any, ...]] = {
    messages.Hello: ("HELLO", {}),
    messages.Logon: ("LOGON", {}),
    messages.Logoff: ("LOGOFF",),
    messages.Goodbye: ("GOODBYE",),
    messages.Reset: ("RESET",),
    messages.Run: ("RUN", "RANGE 5", {}, {}),
    messages.Begin: ("BEGIN", {}),
    messages.Commit: ("COMMIT",),
    messages.Rollback: ("ROLLBACK",),
    messages.Pull: ("PULL", {"n": -1}),
    messages.Discard: ("DISCARD", {"n": 1}),
    messages.Route: ("ROUTE", {}, [], {}),
    messages.Telemetry: ("TELEMETRY", 0),
}

WAYS: dict[State, list[tuple[Any, ...]]] = {
    State.NEGOTIATION: [],
    State.AUTHENTICATION: [("HELLO", {})],
    State.READY: [("HELLO", {}), ("LOGON", {})],
    State.STREAMING: [("HELLO", {}), ("LOGON", {}), ("RUN", "RANGE 3", {}, {})],
    State.TX_READY: [("HELLO", {}), ("LOGON", {}), ("BEGIN", {})],
    State.TX_STREAMING: [("HELLO", {}), ("LOGON", {}), ("BEGIN", {}), ("RUN", "RANGE 3", {}, {})],
    State.FAILED: [("HELLO", {}), ("LOGON", {}), ("RUN", "FAIL", {}, {})],
}


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("state", WAYS, ids=lambda state: state.name)
async def test_a_message_out_of_order_ends_the_connection_and_others_lead_where_the_table_says(
    state: State, kind: type
) -> None:
    line = Line()
    line.conversation.receive(handshake((5, 4)))
    line.peer.take()
    for step in WAYS[state]:
        await line.ask(step)
    assert line.session.state is state
    received = await line.ask(EXAMPLES[kind])
    legal = transitions((5, 4))[state]
    if kind is messages.Goodbye:
        assert received == []
        assert line.peer.closed
    elif state is State.FAILED and kind is not messages.Reset:
        assert received == [("IGNORED", None)]
    elif kind not in legal:
        assert received[-1][0] == "FAILURE"
        assert received[-1][1]["code"] == "Neo.ClientError.Request.Invalid"
        assert line.peer.closed
    elif received[-1][0] == "SUCCESS":
        assert line.session.state in legal[kind]
    else:
        assert line.session.state is State.FAILED
        assert not line.peer.closed


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_state_but_the_last_can_be_left_by_goodbye(version: tuple[int, int]) -> None:
    table = transitions(version)
    assert set(table) == set(State)
    for state, legal in table.items():
        assert (messages.Goodbye in legal) == (state is not State.DEFUNCT)
