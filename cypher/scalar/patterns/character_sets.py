r"""Sets of characters with a name, ``\d`` or ``\p{L}``, as sets of the library ``regex`` (in its version 1).

As in Java, ``\d``, ``\s``, ``\w`` and the names of POSIX (``\p{Alpha}``) mean ASCII alone, unless the flag ``(?U)`` is
given; all other properties are Unicode's.
"""

from __future__ import annotations

import regex

_LINE_BREAKS = r"\n\x0b\f\r\x85\u2028\u2029"
_HORIZONTAL = r"\x20\t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"

_LETTERS = {"d": "0-9", "s": r"\x20\t\n\x0b\f\r", "w": "a-zA-Z0-9_", "h": _HORIZONTAL, "v": _LINE_BREAKS}
_UNICODE_LETTERS = {**_LETTERS, "d": r"\p{Nd}", "s": r"\p{White_Space}", "w": r"\w"}

_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "Graph": r"\x21-\x7e",
    "Print": r"\x20-\x7e",
    "Blank": r"\x20\t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r"\x20\t\n\x0b\f\r",
}
_UNICODE_POSIX = {
    **_POSIX,
    "Lower": r"\p{Lowercase}",
    "Upper": r"\p{Uppercase}",
    "Alpha": r"\p{Alphabetic}",
    "Digit": r"\p{Nd}",
    "Alnum": r"\p{Alphabetic}\p{Nd}",
    "Punct": r"\p{P}",
    "Graph": r"[^\p{White_Space}\p{Cc}\p{Cs}\p{Cn}]",
    "Print": r"[[^\p{White_Space}\p{Cc}\p{Cs}\p{Cn}]\p{Zs}]",
    "Blank": r"\p{Zs}\t",
    "Cntrl": r"\p{Cc}",
    "XDigit": r"\p{Nd}\p{Hex_Digit}",
    "Space": r"\p{White_Space}",
}
_JAVA = {
    "L1": r"\x00-\xff",
    "LC": r"\p{Lu}\p{Ll}\p{Lt}",
    "all": r"\p{Any}",
    "javaLowerCase": r"\p{Lowercase}",
    "javaUpperCase": r"\p{Uppercase}",
    "javaTitleCase": r"\p{Lt}",
    "javaWhitespace": r"\x09-\x0d\x1c-\x1f\x20\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000",
    "javaDigit": r"\p{Nd}",
    "javaLetter": r"\p{L}",
    "javaLetterOrDigit": r"\p{L}\p{Nd}",
    "javaAlphabetic": r"\p{Alphabetic}",
    "javaMirrored": r"\p{Bidi_Mirrored}",
}
_WITHOUT_CASE = {"Lower": "Alpha", "Upper": "Alpha", "Lu": "LC", "Ll": "LC", "Lt": "LC"}
"""What stands for a set where upper and lower case are the same."""

_KEYS = {
    "script": "Script",
    "sc": "Script",
    "block": "Block",
    "blk": "Block",
    "general_category": "General_Category",
    "gc": "General_Category",
}


def of_letter(letter: str, unicode: bool) -> str | None:
    r"""The set for ``\d``, ``\D`` and so on; None where the letter stands for none."""
    inner = (_UNICODE_LETTERS if unicode else _LETTERS).get(letter.lower())
    if inner is None:
        return None
    return f"[{'^' if letter.isupper() else ''}{inner}]"


def of_property(name: str, negated: bool, unicode: bool, ignoring_case: bool) -> str | None:
    r"""The set for ``\p{name}`` (negated: ``\P``); None where there is no such property."""
    if ignoring_case:
        name = _WITHOUT_CASE.get(name.removeprefix("Is"), name)
    posix = _UNICODE_POSIX if unicode else _POSIX
    inner = posix.get(name) or _JAVA.get(name) or _of_unicode(name)
    return None if inner is None else f"[{'^' if negated else ''}{inner}]"


def _of_unicode(name: str) -> str | None:
    key, equals, value = name.partition("=")
    if equals:
        known = _KEYS.get(key.lower())
        found = None if known is None else rf"\p{{{known}={value}}}"
    elif name.startswith("In"):
        found = rf"\p{{Block={name[2:]}}}"
    else:
        found = rf"\p{{{name.removeprefix('Is')}}}"
    return found if found is not None and name.isascii() and _is_known(found) else None


def _is_known(found: str) -> bool:
    if not all(character.isalnum() or character in r"_=- \{}" for character in found):
        return False
    try:
        regex.compile(found, regex.V1, cache_pattern=False)
    except regex.error:
        return False
    return True
