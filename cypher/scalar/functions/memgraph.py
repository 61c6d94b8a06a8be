"""Functions that Memgraph alone has: assert, counters, byte strings, and who asks."""

from __future__ import annotations

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.arithmetic import checked
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.limits import check_string_length


@function("assert", null_in_null_out=False)
def assert_(condition: takes.Boolean, message: takes.String = None) -> bool:
    """True if ``condition`` is, else the query fails with ``message``.

    Raises:
        ArgumentError: it is false.
        InvalidArgumentValueError: it is neither, such as null.
    """
    if type(condition) is not bool:
        raise arguments.wrong_type("assert", "a Boolean", condition)
    said = "" if message is None else f": {arguments.string('assert', message)}"
    if condition:
        return True
    raise ArgumentError(f"Assertion failed{said}.")


@function("counter", null_in_null_out=False, deterministic=False)
def counter(
    name: takes.String, start: takes.Integer, step: takes.Integer = 1, *, state: dict[str, int]
) -> int:
    """``start`` at first, and ``step`` more each time it is asked for this ``name`` in a query.

    Raises:
        ArgumentError: a step of zero.
        CypherArithmeticError: the count does not fit into 64 bits.
    """
    name, first = arguments.string("counter", name), arguments.integer("counter", start)
    if arguments.integer("counter", step) == 0:
        raise ArgumentError("counter() needs a step other than zero.")
    value: int = checked(state.get(name, first))
    state[name] = value + step
    return value


@function("username", null_in_null_out=False)
def username() -> None:
    """Who is logged in: null, since there are no users and everyone may do everything."""


@function("roles", null_in_null_out=False)
def roles(database: takes.String = None) -> list[str]:
    """The roles of who is logged in, in a database: none, since there are no users."""
    if database is not None:
        arguments.string("roles", database)
    return []


@function("getHopsCounter", null_in_null_out=False, deterministic=False)
def get_hops_counter(*, hops: int) -> int:
    """How many relationships the query has walked along so far; rows that are worked on together see the same."""
    return hops


@function("toByteString")
def to_byte_string(text: takes.String) -> bytes | None:
    """The bytes that ``'0x'`` and two hexadecimal digits for each of them stand for."""
    if text is None:
        return None
    digits = arguments.string("toByteString", text)
    try:
        if digits[:2] not in ("0x", "0X") or any(character.isspace() for character in digits):
            raise ValueError
        return bytes.fromhex(digits[2:])
    except ValueError:
        raise ArgumentError(
            f"toByteString() expected '0x' and pairs of hexadecimal digits, got '{digits[:40]}'."
        ) from None


@function("fromByteString")
def from_byte_string(data: takes.Bytes, minimum: takes.Integer = 0) -> str | None:
    """The other way round; zeros in front make it at least ``minimum`` bytes long."""
    if data is None or minimum is None:
        return None
    if type(data) is not bytes:
        raise arguments.wrong_type("fromByteString", "a ByteArray", data)
    length = max(len(data), arguments.count("fromByteString", minimum))
    check_string_length(2 * length + 2)
    return "0x" + data.rjust(length, b"\0").hex()
