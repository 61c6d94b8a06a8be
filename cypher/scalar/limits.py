"""How large a value may get, so that one expression cannot eat the server's memory."""

from __future__ import annotations

from lithograph.cypher.errors import MemoryLimitError

MAXIMUM_LIST_LENGTH = 2**24
"""Elements in a list that an operation or function makes."""

MAXIMUM_STRING_LENGTH = 2**28
"""Characters in a string that an operation or function makes."""


def check_list_length(length: int) -> None:
    """Raise MemoryLimitError if a list of ``length`` elements is too long to be made."""
    if length > MAXIMUM_LIST_LENGTH:
        raise MemoryLimitError(
            f"A list of {length} elements would be too large; the limit is {MAXIMUM_LIST_LENGTH}."
        )


def check_string_length(length: int) -> None:
    """Raise MemoryLimitError if a string of ``length`` characters is too long to be made."""
    if length > MAXIMUM_STRING_LENGTH:
        raise MemoryLimitError(
            f"A string of {length} characters would be too large; the limit is {MAXIMUM_STRING_LENGTH}."
        )
