"""What a flag is: how its text becomes a value, which values it takes, how it is shown.

A flag is declared where its value lives, as a field of :class:`lithograph.config.settings.Settings`,
through :func:`flag`; :func:`flags_of` turns the fields into the table of :class:`Flag` that feeds the
command line, the files, the environment, ``SHOW CONFIG`` and the default file. The field's annotation
is the flag's type: ``bool``, ``int``, ``float``, ``str``, ``Path`` or a ``Literal`` of its choices.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

TRUE_WORDS = frozenset({"true", "t", "yes", "y", "1"})
FALSE_WORDS = frozenset({"false", "f", "no", "n", "0"})

Value = bool | int | float | str | Path
T = TypeVar("T")

_METADATA_KEY = "lithograph.flag"
_METAVARS: dict[type, str] = {bool: "", int: "N", float: "N", str: "TEXT", Path: "PATH"}


class BadValueError(ValueError):
    """A text that a flag does not take; the message says what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declaration:
    group: str
    description: str
    minimum: float | None
    maximum: float | None
    metavar: str | None
    check: Callable[[str], str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One setting. ``name`` has dashes, as on the command line; ``attribute`` has underscores."""

    name: str
    attribute: str
    kind: type
    default: Value
    choices: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    group: str
    description: str
    metavar: str
    check: Callable[[str], str | None] | None

    @property
    def is_boolean(self) -> bool:
        return self.kind is bool

    @property
    def environment_variable(self) -> str:
        return f"LITHOGRAPH_{self.attribute.upper()}"

    def parse(self, text: str) -> Value:
        """The value that ``text`` stands for. Raises BadValueError, which says what is allowed."""
        if self.choices:
            value: Value = self._parse_choice(text)
        elif self.kind is bool:
            value = self._parse_boolean(text)
        elif self.kind in (int, float):
            value = self._parse_number(text)
        else:
            value = _path(text) if self.kind is Path else text
        complaint = self.check(text) if self.check else None
        if complaint:
            raise BadValueError(complaint)
        return value

    def show(self, value: Value) -> str:
        """``value`` as it would be written after ``--name=``."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    @property
    def allowed(self) -> str:
        """The values that the flag takes, as a phrase: ``an integer from 1 to 65535``."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is bool:
            return "true or false (also t/f, yes/no, y/n, 1/0)"
        if self.kind in (int, float):
            noun = "an integer" if self.kind is int else "a number"
            return noun + self._range
        return "a path" if self.kind is Path else "a text"

    @property
    def _range(self) -> str:
        if self.minimum is not None and self.maximum is not None:
            return f" from {self.minimum:.0f} to {self.maximum:.0f}"
        return f" not below {self.minimum:.0f}" if self.minimum is not None else ""

    def _parse_choice(self, text: str) -> str:
        for choice in self.choices:
            if choice.casefold() == text.casefold():
                return choice
        raise BadValueError(f"{self.allowed} is expected")

    def _parse_boolean(self, text: str) -> bool:
        word = text.casefold()
        if word not in TRUE_WORDS | FALSE_WORDS:
            raise BadValueError(f"{self.allowed} is expected")
        return word in TRUE_WORDS

    def _parse_number(self, text: str) -> int | float:
        try:
            number: int | float = self.kind(text)
        except ValueError as error:
            raise BadValueError(f"{self.allowed} is expected") from error
        below = self.minimum is not None and not number >= self.minimum
        above = self.maximum is not None and not number <= self.maximum
        if below or above:
            raise BadValueError(f"{self.allowed} is expected")
        return number


def _path(text: str) -> Path:
    if not text:
        raise BadValueError("a path is expected, not an empty text")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # ~somebody who does not exist
        raise BadValueError(f"a path is expected ({error})") from error


def flag(
    default: T,
    description: str,
    *,
    group: str,
    minimum: float | None = None,
    maximum: float | None = None,
    metavar: str | None = None,
    check: Callable[[str], str | None] | None = None,
) -> T:
    """The field of a settings class that is also a flag.

    ``minimum`` and ``maximum`` belong to the range. ``check`` looks at the text once it has passed the
    checks of the type and returns what is wrong with it, or None.
    """
    declaration = _Declaration(
        group=group, description=description, minimum=minimum, maximum=maximum, metavar=metavar, check=check
    )
    return dataclasses.field(default=default, metadata={_METADATA_KEY: declaration})


def flags_of(settings: type) -> tuple[Flag, ...]:
    """The flags of a settings class, in the order of its fields."""
    hints = get_type_hints(settings)
    return tuple(_flag_of(field, hints[field.name]) for field in dataclasses.fields(settings))


def _flag_of(field: dataclasses.Field[Any], hint: Any) -> Flag:
    declaration: _Declaration = field.metadata[_METADATA_KEY]
    choices = get_args(hint) if get_origin(hint) is Literal else ()
    kind = str if choices else hint
    return Flag(
        name=field.name.replace("_", "-"),
        attribute=field.name,
        kind=kind,
        default=cast(Value, field.default),
        choices=choices,
        minimum=declaration.minimum,
        maximum=declaration.maximum,
        group=declaration.group,
        description=declaration.description,
        metavar=declaration.metavar or "|".join(choices) or _METAVARS[kind],
        check=declaration.check,
    )
