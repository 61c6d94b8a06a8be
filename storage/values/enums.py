"""Values of user-defined enumerations, such as ``Status::Good``."""

from __future__ import annotations

from threading import Lock
from typing import NoReturn
from weakref import WeakValueDictionary


class EnumValue:
    """One value of an enumeration, known by the two names alone: it does not say that there is such an enumeration.

    Immutable, and equal to a value of the same names: while one is in use, another of the same names is the same object, so
    that comparing and hashing, which grouping does for every row, are those of objects.

    Raises:
        TypeError: a name that is no string.
    """

    __slots__ = ("__weakref__", "enum", "value")

    enum: str
    """The name of the enumeration."""
    value: str
    """The name of the value in it."""

    def __new__(cls, enum: str, value: str) -> EnumValue:
        names = enum, value
        found = _values.get(names)
        if found is None:
            if type(enum) is not str or type(value) is not str:
                raise TypeError("the names of an enumeration and of its value are strings")
            with _making:
                found = _values.get(names)
                if found is None:
                    found = object.__new__(cls)
                    object.__setattr__(found, "enum", enum)
                    object.__setattr__(found, "value", value)
                    _values[names] = found
        return found

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"an EnumValue cannot be changed, so neither can its {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"an EnumValue cannot be changed, so it keeps its {name}")

    def __reduce__(self) -> tuple[type[EnumValue], tuple[str, str]]:
        return EnumValue, (self.enum, self.value)

    def sort_key(self) -> tuple[str, str]:
        """For ORDER BY: by enumeration, then by value, both by name."""
        return self.enum, self.value

    def __str__(self) -> str:
        """As ``toString`` gives it: ``Status::Good``."""
        return f"{self.enum}::{self.value}"

    def __repr__(self) -> str:
        return f"EnumValue({self.enum!r}, {self.value!r})"


_making = Lock()
_values: WeakValueDictionary[tuple[str, str], EnumValue] = WeakValueDictionary()
"""Those in use: a column of a million values has as many references to a few objects."""
