"""Names that the planner makes up, and the names in scope."""

from __future__ import annotations

from itertools import count


class Namer:
    """Gives names that no user can write: they begin with a blank.

    Plans that meet in one frame need namers of their own ``space``, or share one.
    """

    def __init__(self, space: str = "") -> None:
        self._space = space
        self._numbers = count()

    def fresh(self, hint: str) -> str:
        """A new name; ``hint`` says what for, in EXPLAIN too."""
        return f" {self._space}{hint}{next(self._numbers)}"


def visible(names: frozenset[str]) -> list[str]:
    """The names that ``*`` stands for, in the order of its columns."""
    return sorted(name for name in names if not name.startswith(" "))
