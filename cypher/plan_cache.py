"""Prepared statements by their text, or by what texts have in common that differ in literals only.

An entry holds as long as the *version* it came with is that of the graph; the least recently used ones go first.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

from lithograph.cypher.lifting import Skeleton, Template
from lithograph.cypher.lifting.template import Key as KindKey

Key = str | KindKey
"""A text, or what texts of a kind have in common; no text is a tuple, whatever a client sends."""

Version = tuple[int, int, int]
Entry = TypeVar("Entry")


CHARACTERS = 1_000_000
"""The texts of all entries together have so many; a plan takes about a hundred bytes for each."""

RECENT = 100
"""So many texts with lifted literals are remembered whole, for those that come again and again."""


class PlanCache(Generic[Entry]):
    """At most ``capacity`` entries, and as many templates; none at all if that is 0.

    The texts of the entries have ``characters`` together at most, unless there is only one.
    """

    def __init__(self, capacity: int, characters: int = CHARACTERS) -> None:
        self.capacity = capacity
        self.characters = characters
        self._entries: OrderedDict[Key, tuple[Version, Entry, int]] = OrderedDict()
        self._size = 0
        self._templates: OrderedDict[str, Template] = OrderedDict()
        self._recent: dict[str, tuple[Version, Entry]] = {}

    def get(self, key: Key, version: Version) -> Entry | None:
        """The entry of a key, if it is of this version."""
        found = self._entries.get(key)
        if found is None or found[0] != version:
            return None
        self._entries.move_to_end(key)
        return found[1]

    def recent(self, text: str, version: Version) -> Entry | None:
        """What :meth:`remember` was given for a text, if it is of this version and not long ago."""
        found = self._recent.get(text)
        return None if found is None or found[0] != version else found[1]

    def remember(self, text: str, version: Version, entry: Entry) -> None:
        """Keep what was made for a text out of an entry and the text's own literals."""
        recent = self._recent
        if len(recent) >= RECENT:
            del recent[next(iter(recent))]
        recent[text] = version, entry

    def template(self, skeleton: Skeleton) -> Template | None:
        """The template of texts with this skeleton."""
        found = self._templates.get(skeleton.key)
        if found is not None:
            self._templates.move_to_end(skeleton.key)
        return found

    def put(
        self, key: Key, version: Version, entry: Entry, size: int, template: Template | None = None
    ) -> None:
        """Keep an entry, made of a text of ``size`` characters, and the template by which its key was made."""
        if not self.capacity:
            return
        if key in self._entries:
            self._size -= self._entries.pop(key)[2]
        self._entries[key] = version, entry, size
        self._size += size
        while len(self._entries) > self.capacity or (self._size > self.characters and len(self._entries) > 1):
            self._size -= self._entries.popitem(last=False)[1][2]
        if template is not None:
            self._templates[template.skeleton.key] = template
            if len(self._templates) > self.capacity:
                self._templates.popitem(last=False)
