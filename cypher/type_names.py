"""The names of the types of values, as they are written in ``x IS :: INTEGER``; with their synonyms."""

from __future__ import annotations

from typing import Final

_SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "NOTHING": (),
    "NULL": (),
    "BOOLEAN": ("BOOL",),
    "STRING": ("VARCHAR",),
    "INTEGER": ("INT", "SIGNED INTEGER"),
    "FLOAT": (),
    "DATE": (),
    "LOCAL TIME": ("TIME WITHOUT TIMEZONE", "TIME WITHOUT TIME ZONE"),
    "ZONED TIME": ("TIME WITH TIMEZONE", "TIME WITH TIME ZONE"),
    "LOCAL DATETIME": ("TIMESTAMP WITHOUT TIMEZONE", "TIMESTAMP WITHOUT TIME ZONE"),
    "ZONED DATETIME": ("TIMESTAMP WITH TIMEZONE", "TIMESTAMP WITH TIME ZONE"),
    "DURATION": (),
    "POINT": (),
    "NODE": ("VERTEX", "ANY NODE", "ANY VERTEX"),
    "RELATIONSHIP": ("EDGE", "ANY RELATIONSHIP", "ANY EDGE"),
    "MAP": ("ANY MAP",),
    "PATH": ("ANY PATH",),
    "PROPERTY VALUE": ("ANY PROPERTY VALUE",),
    "ANY": ("ANY VALUE",),
}

TYPE_NAMES: Final[dict[str, str]] = {
    written: name for name, synonyms in _SYNONYMS.items() for written in (name, *synonyms)
}
"""Every name in upper case, and the one that is meant."""

LONGEST: Final = max(name.count(" ") + 1 for name in TYPE_NAMES)
"""Words in the longest of them."""

OPENINGS: Final[dict[str, str]] = {
    "LIST": "_LIST_OPEN",
    "ARRAY": "_LIST_OPEN",
    "ANY": "_UNION_OPEN",
    "ANY VALUE": "_UNION_OPEN",
}
"""What ``<`` may follow, to enclose other types, and the terminal that it begins."""
