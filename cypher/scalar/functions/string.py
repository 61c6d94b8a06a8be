"""Functions of strings. Lengths and positions count Unicode code points."""

from __future__ import annotations

import unicodedata
from typing import Any, Literal, cast

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.arguments import ABSENT
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.limits import check_list_length, check_string_length


@function("left", null_in_null_out=False)
def left(text: takes.String, length: takes.Integer) -> str | None:
    """The first ``length`` characters."""
    if text is None:
        return None
    return arguments.string("left", text)[: arguments.count("left", length)]


@function("right", null_in_null_out=False)
def right(text: takes.String, length: takes.Integer) -> str | None:
    """The last ``length`` characters."""
    if text is None:
        return None
    text, length = arguments.string("right", text), arguments.count("right", length)
    return cast(str, text[max(0, len(text) - length) :])


@function("substring", null_in_null_out=False)
def substring(text: takes.String, start: takes.Integer, length: takes.Integer = ABSENT) -> str | None:
    """From the position ``start`` (0 is the first) on, ``length`` characters or to the end."""
    if text is None:
        return None
    text, start = arguments.string("substring", text), arguments.count("substring", start)
    if length is ABSENT:
        return cast(str, text[start:])
    return cast(str, text[start : start + arguments.count("substring", length)])


@function("trim", "btrim")
def trim(text: takes.String, characters: takes.String = ABSENT) -> str | None:
    """Without white space, or without any of ``characters``, at both ends."""
    if text is None or characters is None:
        return None
    return arguments.string("trim", text).strip(_stripped("trim", characters))


@function("ltrim")
def ltrim(text: takes.String, characters: takes.String = ABSENT) -> str | None:
    """Without white space, or without any of ``characters``, at the beginning."""
    if text is None or characters is None:
        return None
    return arguments.string("ltrim", text).lstrip(_stripped("ltrim", characters))


@function("rtrim")
def rtrim(text: takes.String, characters: takes.String = ABSENT) -> str | None:
    """Without white space, or without any of ``characters``, at the end."""
    if text is None or characters is None:
        return None
    return arguments.string("rtrim", text).rstrip(_stripped("rtrim", characters))


@function("toUpper", "upper")
def to_upper(text: takes.String) -> str | None:
    """In upper case."""
    return None if text is None else arguments.string("toUpper", text).upper()


@function("toLower", "lower")
def to_lower(text: takes.String) -> str | None:
    """In lower case."""
    return None if text is None else arguments.string("toLower", text).lower()


@function("replace")
def replace(text: takes.String, search: takes.String, replacement: takes.String) -> str | None:
    """Every ``search`` becomes ``replacement``."""
    if text is None or search is None or replacement is None:
        return None
    text, search = arguments.string("replace", text), arguments.string("replace", search)
    replacement = arguments.string("replace", replacement)
    if len(replacement) > len(search):
        check_string_length(len(text) + text.count(search) * (len(replacement) - len(search)))
    return cast(str, text.replace(search, replacement))


@function("split")
def split(text: takes.String, delimiter: takes.StringOrList) -> list[str] | None:
    """The parts between the delimiters; an empty delimiter gives the characters.

    ``delimiter`` may be a list of strings, each of which delimits.
    """
    if text is None or delimiter is None:
        return None
    parts = [arguments.string("split", text)]
    if type(delimiter) is str and delimiter:
        check_list_length(parts[0].count(delimiter) + 1)
        return parts[0].split(delimiter)
    for each in delimiter if type(delimiter) is list else [delimiter]:
        if each is None:
            return None
        arguments.string("split", each)
        check_list_length(sum(part.count(each) + 1 if each else len(part) for part in parts))
        parts = [piece for part in parts for piece in (part.split(each) if each else list(part) or [""])]
    return parts


@function("normalize")
def normalize(text: takes.String, form: takes.String = "NFC") -> str | None:
    """In a Unicode normal form: NFC, NFD, NFKC or NFKD."""
    if text is None or form is None:
        return None
    name = arguments.string("normalize", form).upper()
    if name not in ("NFC", "NFD", "NFKC", "NFKD"):
        raise ArgumentError(f"normalize() has no form '{form}'; choose NFC, NFD, NFKC or NFKD.")
    wanted = cast(Literal["NFC", "NFD", "NFKC", "NFKD"], name)
    return unicodedata.normalize(wanted, arguments.string("normalize", text))


@function("charLength", "char_length", "character_length")
def char_length(text: takes.String) -> int | None:
    """Number of characters."""
    return None if text is None else len(arguments.string("charLength", text))


def _stripped(name: str, characters: Any) -> str | None:
    """The characters to strip; None for white space."""
    return None if characters is ABSENT else arguments.string(name, characters)
