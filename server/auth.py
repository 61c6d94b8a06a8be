"""Who may log in. There are no users yet, so everyone may: this is the one place where that changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is logged in; ``name`` is empty where the client named no one."""

    name: str


class Authenticator(Protocol):
    """Decides about a login."""

    async def authenticate(self, entries: Mapping[str, Any]) -> Identity:
        """``entries``: scheme, principal, credentials and so on as the client sent them, unchecked.

        Raises UnauthorizedError. It is a coroutine because a password hash has to run off the event loop.
        """


class EveryoneMayLogIn:
    """Accepts every scheme and any credentials: users leave theirs in the URI, and some tools insist on some."""

    async def authenticate(self, entries: Mapping[str, Any]) -> Identity:
        principal = entries.get("principal")
        return Identity(principal if isinstance(principal, str) else "")
