"""What a client may use up, before and after it logged in; every buffer of the Bolt server is bounded here.

The figures are those of the protocol notes (bolt.md, section 13) except the two on connections that are not logged in: one
driver may open a hundred connections in the same instant, and many sit behind one address.
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes are bytes, times seconds."""

    handshake_time: float = 5.0
    """From accept to the finished handshake."""
    login_time: float = 10.0
    """From the handshake to a successful login."""
    message_time: float = 60.0
    """From the first byte of a message to its last (against slow senders)."""
    output_stall_time: float = 60.0
    """For how long a client may read nothing while output waits for it."""
    linger_time: float = 1.0
    """For how long what a refused client still sends is read and thrown away, so that it gets its FAILURE."""

    connections: int = 1000
    """Logged in; one more gets a FAILURE to its HELLO."""
    strangers: int = 256
    """Connections that are not logged in; further ones are closed at once."""
    strangers_per_address: int = 128

    stranger_message: int = 64 * KIB
    """Size of a message before login, chunk headers included."""
    stranger_chunks: int = 64
    """Chunks of one message before login."""
    message: int = 64 * MIB
    """Size of a message after login, chunk headers included."""
    noops: int = 1000
    """Empty chunks in a row, in a minute."""
    depth: int = 200
    """Nesting of values in a message."""
    items: int = 4_000_000
    """Values in one message."""

    queued_bytes: int = 16 * MIB
    """Requests that wait for the one being executed; beyond this the socket is not read."""
    open_results: int = 100
    """In one transaction."""
    output_high_water: int = MIB
    """Unsent output at which execution pauses."""
    output_flush: int = 64 * KIB
    """Replies gathered before they are handed to the socket."""

    transaction_idle_time: float = 600.0
    """For which an open transaction may lie idle, unless the client sets a limit of its own."""
