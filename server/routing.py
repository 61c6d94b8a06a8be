"""The routing table of a single server, for clients that connect with ``neo4j://``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lithograph.server.bolt.versions import Version

TABLE_SECONDS = 300
"""How long clients may keep the table; any time is right for one server, 300 s is usual."""

SYSTEM_DATABASE = "system"
"""There is none, but drivers ask for the way to it when they only want to verify credentials."""


def own_address(advertised: str | None, *contexts: Mapping[str, Any]) -> str | None:
    """Where clients reach this server: as configured, else as the first context says that the client did."""
    for address in (advertised, *[context.get("address") for context in contexts]):
        if address and isinstance(address, str):
            return address
    return None


def routing_table(address: str, database: str, version: Version) -> dict[str, Any]:
    """One entry for each role: some drivers let a later entry of a role replace an earlier one."""
    roles = ("ROUTE", "READ", "WRITE")
    table: dict[str, Any] = {
        "ttl": TABLE_SECONDS,
        "servers": [{"role": role, "addresses": [address]} for role in roles],
    }
    if version >= (4, 4):
        table["db"] = database
    return table
