"""Enumerations: their catalog, and what CREATE ENUM and ALTER ENUM do in a transaction.

An enumeration has a name and values in an order; values are added and renamed, never removed. It is part of the schema: a
change takes effect, and is durable, with the commit. The values in properties (``values/enums.py``) are their names, so
renaming one rewrites them, as ordinary changes of properties in the same commit.

What makes a value asks the catalog first; nothing that is stored is of an enumeration that there is not, as long as
who changes one is alone with the store meanwhile (``server/access.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lithograph.storage.columns.chunk import Chunk, Kind, Slots, object_array
from lithograph.storage.errors import ConflictError, EnumError
from lithograph.storage.patience import breathe
from lithograph.storage.tables import Table
from lithograph.storage.values.enums import EnumValue

if TYPE_CHECKING:
    from lithograph.storage.transaction import Transaction

Enums = dict[str, tuple[str, ...]]
"""The values of each enumeration in their order, by its name."""

BATCH = 1 << 16
"""Slots whose values are renamed at once."""

_EXISTS = "Enum value already exists."


def create(transaction: Transaction, name: str, values: tuple[str, ...]) -> None:
    """Make an enumeration when the transaction commits.

    Raises:
        EnumError: there is one of this name, a value comes twice, or a name holds a colon.
    """
    if name in transaction.store.enums:
        raise EnumError("Enum already exists.")
    if len(set(values)) < len(values):
        raise EnumError("Enum value has duplicate.")
    for each in (name, *values):
        _check_name(each)
    transaction.set_enum(name, values)


def add_value(transaction: Transaction, name: str, value: str) -> None:
    """Add a value behind the others when the transaction commits.

    Raises:
        EnumError: there is no such enumeration, it has the value, or the value's name holds a colon.
    """
    values = values_of(transaction.store.enums, name)
    if value in values:
        raise EnumError(_EXISTS)
    _check_name(value)
    transaction.set_enum(name, (*values, value))


def rename_value(transaction: Transaction, name: str, old: str, new: str) -> None:
    """Rename a value, in the enumeration and wherever it is stored, when the transaction commits.

    Raises:
        EnumError: there is no such enumeration or value, there is one of the new name, or that holds a colon.
        ConflictError: other transactions run, which may store the value by its old name.
    """
    values = values_of(transaction.store.enums, name)
    check(transaction.store.enums, name, old)
    if new in values:
        raise EnumError(_EXISTS)
    _check_name(new)
    if len(transaction.store.active) > 1:
        raise ConflictError()
    transaction.set_enum(name, tuple(new if value == old else value for value in values))
    _rewrite(transaction, EnumValue(name, old), EnumValue(name, new))


def values_of(enums: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """The values of an enumeration. Raises EnumError: there is none of this name."""
    found = enums.get(name)
    if found is None:
        raise _unknown(enums, name, name)
    return found


def check(enums: Mapping[str, tuple[str, ...]], name: str, value: str) -> None:
    """Make sure that an enumeration has a value. Raises EnumError."""
    found = enums.get(name)
    if found is None:
        raise _unknown(enums, name, f"{name}::{value}")
    if value not in found:
        raise EnumError(f"Invalid enum '{name}::{value}': {name} has the values {_few(found)}.")


def _unknown(enums: Mapping[str, tuple[str, ...]], name: str, written: str) -> EnumError:
    """The error for an enumeration that there is not, of what was ``written``."""
    known = f"There are {_few(sorted(enums))}." if enums else "Make it with CREATE ENUM."
    return EnumError(f"Invalid enum '{written}': there is no enumeration {name}. {known}")


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (", …" if len(names) > 10 else "")


def _check_name(name: str) -> None:
    if ":" in name:
        raise EnumError(
            f"The name '{name}' holds a colon, which parts an enumeration from its value: E::V. Choose another name."
        )


# -- renaming


def _rewrite(transaction: Transaction, old: EnumValue, new: EnumValue) -> None:
    store = transaction.store
    tables: tuple[tuple[Table, Callable[[str, Slots, Chunk], None]], ...] = (
        (store.vertices, transaction.set_vertex_property),
        (store.edges, transaction.set_edge_property),
    )
    for table, put in tables:
        for start in range(0, table.high, BATCH):
            breathe()
            slots, _ = transaction.scan(table, start, start + BATCH)
            for key in list(table.columns):
                chunk = table.read_property(key, slots, transaction.view)
                if chunk.kind is not Kind.OBJECT:
                    continue
                before = chunk.tolist()
                after = [replaced(value, old, new) for value in before]
                rows = [row for row, value in enumerate(after) if value is not before[row]]
                if rows:
                    put(key, slots[rows], Chunk(Kind.OBJECT, object_array([after[row] for row in rows])))


def replaced(value: Any, old: EnumValue, new: EnumValue) -> Any:
    """The value with ``new`` for each ``old`` in it; itself where there is none."""
    kind = type(value)
    if kind is EnumValue:
        return new if value == old else value
    if kind is list:
        breathe()
        items = [replaced(item, old, new) for item in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if kind is dict:
        breathe()
        entries = {key: replaced(item, old, new) for key, item in value.items()}
        return entries if any(entries[key] is not value[key] for key in value) else value
    return value


def enum_values_in(value: Any) -> Iterator[EnumValue]:
    """The values of enumerations that a stored value is or holds."""
    kind = type(value)
    if kind is EnumValue:
        yield value
    elif kind is list:
        for item in value:
            yield from enum_values_in(item)
    elif kind is dict:
        for item in value.values():
            yield from enum_values_in(item)
