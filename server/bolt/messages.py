"""The requests of Bolt as typed objects, made from PackStream structures with every field checked.

``parse`` knows which version has which message and with which fields; what a field means is up to the session. Replies need no
classes: SUCCESS and FAILURE are maps, IGNORED is nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lithograph.server.bolt.versions import Version
from lithograph.server.errors import InvalidRequestError, ProtocolError

SUCCESS, RECORD, IGNORED, FAILURE = 0x70, 0x71, 0x7E, 0x7F

RESET_BYTES = b"\xb0\x0f"
"""A whole RESET message: it is recognised before its turn comes."""


@dataclass(slots=True)
class Hello:
    """The first message. Up to 5.0 it carries the authentication too (``auth``)."""

    user_agent: str
    bolt_agent: dict[str, Any]
    auth: dict[str, Any] | None
    routing: dict[str, Any] | None
    patches: list[str]
    notifications: NotificationChoice


@dataclass(slots=True)
class Logon:
    """Authentication entries as they came."""

    auth: dict[str, Any]


@dataclass(slots=True)
class Logoff:
    """Back to the state before LOGON."""


@dataclass(slots=True)
class Goodbye:
    """The client leaves."""


@dataclass(slots=True)
class Reset:
    """Interrupt, roll back, be ready."""


@dataclass(slots=True)
class NotificationChoice:
    """Which notifications the client wants; None: not said."""

    minimum_severity: str | None = None
    disabled: list[str] | None = None


@dataclass(slots=True)
class TransactionOptions:
    """The extra map of RUN and BEGIN."""

    bookmarks: list[str] = field(default_factory=list)
    timeout: float | None = None
    """Seconds; None: the server's default, 0: none."""
    metadata: dict[str, Any] = field(default_factory=dict)
    read_only: bool = False
    database: str | None = None
    impersonated: str | None = None
    notifications: NotificationChoice = field(default_factory=NotificationChoice)


@dataclass(slots=True)
class Run:
    """Run a statement; its rows come by PULL."""

    query: str
    parameters: dict[str, Any]
    options: TransactionOptions


@dataclass(slots=True)
class Begin:
    """Open an explicit transaction."""

    options: TransactionOptions


@dataclass(slots=True)
class Commit:
    """Commit the explicit transaction."""


@dataclass(slots=True)
class Rollback:
    """Roll the explicit transaction back."""


@dataclass(slots=True)
class Pull:
    """Send ``n`` rows (-1: all) of result ``qid`` (-1: the latest)."""

    n: int
    qid: int


@dataclass(slots=True)
class Discard:
    """Throw ``n`` rows away; otherwise as PULL."""

    n: int
    qid: int


@dataclass(slots=True)
class Route:
    """Ask for the routing table."""

    context: dict[str, Any]
    bookmarks: list[str]
    database: str | None
    impersonated: str | None


@dataclass(slots=True)
class Telemetry:
    """Which interface of the driver is in use, 0 to 3."""

    api: int


Request = (
    Hello
    | Logon
    | Logoff
    | Goodbye
    | Reset
    | Run
    | Begin
    | Commit
    | Rollback
    | Pull
    | Discard
    | Route
    | Telemetry
)

_PLAIN_OPTIONS = TransactionOptions()
"""For the empty map, which is the usual one; nobody writes to it."""


_T = TypeVar("_T")


def _entry(entries: dict[str, Any], key: str, kind: type[_T]) -> _T | None:
    """An optional entry that has to be of a type. Raises ProtocolError."""
    value = entries.get(key)
    if value is None:
        return None
    if type(value) is not kind:
        raise ProtocolError(f"The entry `{key}` must be a {kind.__name__}, not a {type(value).__name__}.")
    return value


def _strings(value: Any, name: str) -> list[str]:
    """A list of strings; null counts as empty. Raises ProtocolError."""
    if value is None:
        return []
    if type(value) is not list or any(type(item) is not str for item in value):
        raise ProtocolError(f"`{name}` must be a list of strings.")
    return value


def _notification_choice(extra: dict[str, Any], version: Version) -> NotificationChoice:
    if version < (5, 2):
        return NotificationChoice()
    name = "classifications" if version >= (5, 6) else "categories"
    key = f"notifications_disabled_{name}"
    disabled = _strings(extra[key], key) if extra.get(key) is not None else None
    return NotificationChoice(_entry(extra, "notifications_minimum_severity", str), disabled)


def _options(extra: dict[str, Any], version: Version) -> TransactionOptions:
    if not extra:
        return _PLAIN_OPTIONS
    mode = _entry(extra, "mode", str)
    if mode not in (None, "r", "w"):
        raise InvalidRequestError(f"The access mode must be `r` or `w`, not `{mode}`.")
    timeout = _entry(extra, "tx_timeout", int)
    if timeout is not None and timeout < 0:
        raise InvalidRequestError("The transaction timeout must not be negative.")
    return TransactionOptions(
        bookmarks=_strings(extra.get("bookmarks"), "bookmarks"),
        timeout=None if timeout is None else timeout / 1000,
        metadata=_entry(extra, "tx_metadata", dict) or {},
        read_only=mode == "r",
        database=_entry(extra, "db", str) or None,
        impersonated=_entry(extra, "imp_user", str) if version >= (4, 4) else None,
        notifications=_notification_choice(extra, version),
    )


def _hello(fields: list[Any], version: Version) -> Hello:
    extra = _map(fields[0], "HELLO")
    user_agent, bolt_agent = extra.get("user_agent"), extra.get("bolt_agent")
    patched = (4, 3) <= version < (5, 0)
    return Hello(
        user_agent=user_agent if isinstance(user_agent, str) else "",
        bolt_agent=bolt_agent if isinstance(bolt_agent, dict) else {},
        auth=extra if version < (5, 1) else None,
        routing=_entry(extra, "routing", dict),
        patches=_strings(extra.get("patch_bolt"), "patch_bolt") if patched else [],
        notifications=_notification_choice(extra, version),
    )


def _map(value: Any, message: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise ProtocolError(f"{message} must have a map where it has a {type(value).__name__}.")
    return value


def _run(fields: list[Any], version: Version) -> Run:
    query, parameters, extra = fields
    if type(query) is not str:
        raise ProtocolError(f"The query of RUN must be a string, not a {type(query).__name__}.")
    return Run(query, _map(parameters, "RUN"), _options(_map(extra, "RUN"), version))


def _range(fields: list[Any], message: str) -> tuple[int, int]:
    """(n, qid) of PULL and DISCARD; without them all rows of the last RUN, as mgclient up to 1.4 asks for them."""
    entries = _map(fields[0], message)
    n, qid = entries.get("n", -1), entries.get("qid", -1)
    if type(n) is not int or type(qid) is not int:
        raise ProtocolError(f"{message} must have integers for `n` and `qid`.")
    if n < 1 and n != -1:
        raise InvalidRequestError(f"{message} needs a positive `n`, or -1 for all rows; not {n}.")
    return n, qid


def _route(fields: list[Any], version: Version) -> Route:
    context = _map(fields[0], "ROUTE")
    bookmarks = _strings(fields[1], "bookmarks")
    if version < (4, 4):
        if fields[2] is not None and type(fields[2]) is not str:
            raise ProtocolError("The database of ROUTE must be a string or null.")
        return Route(context, bookmarks, fields[2] or None, None)
    extra = _map(fields[2], "ROUTE")
    return Route(context, bookmarks, _entry(extra, "db", str) or None, _entry(extra, "imp_user", str))


def _telemetry(fields: list[Any], version: Version) -> Telemetry:
    if type(fields[0]) is not int:
        raise ProtocolError("TELEMETRY must have an integer.")
    if not 0 <= fields[0] <= 3:
        raise InvalidRequestError(f"TELEMETRY knows the interfaces 0 to 3, not {fields[0]}.")
    return Telemetry(fields[0])


_Parse = Callable[[list[Any], Version], Request]

_MESSAGES: dict[int, tuple[Version, int, _Parse]] = {
    0x01: ((4, 1), 1, _hello),
    0x02: ((4, 1), 0, lambda fields, version: Goodbye()),
    0x0F: ((4, 1), 0, lambda fields, version: Reset()),
    0x10: ((4, 1), 3, _run),
    0x11: ((4, 1), 1, lambda fields, version: Begin(_options(_map(fields[0], "BEGIN"), version))),
    0x12: ((4, 1), 0, lambda fields, version: Commit()),
    0x13: ((4, 1), 0, lambda fields, version: Rollback()),
    0x2F: ((4, 1), 1, lambda fields, version: Discard(*_range(fields, "DISCARD"))),
    0x3F: ((4, 1), 1, lambda fields, version: Pull(*_range(fields, "PULL"))),
    0x54: ((5, 4), 1, _telemetry),
    0x66: ((4, 3), 3, _route),
    0x6A: ((5, 1), 1, lambda fields, version: Logon(_map(fields[0], "LOGON"))),
    0x6B: ((5, 1), 0, lambda fields, version: Logoff()),
}
"""tag → (first version, number of fields, maker)"""


def parse(tag: int, fields: list[Any], version: Version) -> Request:
    """The request. Raises ProtocolError (unknown message, wrong fields), InvalidRequestError (impossible values)."""
    known = _MESSAGES.get(tag)
    if known is None or version < known[0]:
        raise ProtocolError(f"There is no message 0x{tag:02X} in Bolt {version[0]}.{version[1]}.")
    _, count, make = known
    if len(fields) != count:
        raise ProtocolError(f"The message 0x{tag:02X} has {len(fields)} fields instead of {count}.")
    return make(fields, version)
