"""The table of flags as text for people: the help of the command line and the commented default file.

``python -m lithograph.config.reference > config/lithograph.conf`` writes the default file anew; a test
compares the two.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from lithograph.config.flags import Flag
from lithograph.config.settings import FLAGS

HELP_WIDTH = 100
CONF_WIDTH = 100

CONF_HEADER = """\
Settings of Lithograph, each with its default. Remove the mark before a line to change it.

One --flag=value a line; # begins a comment line; --flag-file=PATH reads another file at that place.
Later sources win: /etc/lithograph/lithograph.conf, ~/.lithograph/config, the file that the variable
LITHOGRAPH_CONFIG names, variables such as LITHOGRAPH_BOLT_PORT, the command line.
"""

HELP_HEADER = """\
usage: {program} [--FLAG=VALUE ...]

Start a server and keep it running until SIGINT (Ctrl-C) or SIGTERM.

A Boolean flag is written --flag, --noflag or --flag=true|false. Dashes may be underscores. Every flag can
also stand in a settings file (/etc/lithograph/lithograph.conf, ~/.lithograph/config, or the file that
LITHOGRAPH_CONFIG names) and in a variable, as LITHOGRAPH_BOLT_PORT=7688; the command line wins.
"""


def render_help(program: str) -> str:
    """The text of ``--help`` for the command ``program``."""
    parts = [HELP_HEADER.format(program=program)]
    for group, flags in _groups():
        parts.append(f"{group}:")
        parts.extend(_help_of(flag) for flag in flags)
        parts.append("")
    parts.append("Other:")
    parts.append(_entry("--flag-file=PATH", "Read more flags from a file, at this place."))
    parts.append(_entry("-h, --help", "Show this text."))
    return "\n".join(parts) + "\n"


def render_conf() -> str:
    """The content of ``lithograph.conf``."""
    lines = [_comment(line) for line in CONF_HEADER.splitlines()]
    for group, flags in _groups():
        lines += ["", f"## {group}"]
        for flag in flags:
            meaning = flag.description + _allowed(flag)
            lines += ["", *(_comment(line) for line in textwrap.wrap(meaning, CONF_WIDTH - 2))]
            lines.append(f"# --{flag.name}={flag.show(flag.default)}")
    return "\n".join(lines) + "\n"


def _groups() -> Iterator[tuple[str, list[Flag]]]:
    for group in dict.fromkeys(flag.group for flag in FLAGS):
        yield group, [flag for flag in FLAGS if flag.group == group]


def _help_of(flag: Flag) -> str:
    head = f"--{flag.name}" if flag.is_boolean else f"--{flag.name}={flag.metavar}"
    choices = f" One of {', '.join(flag.choices)}." if flag.choices else ""
    default = flag.show(flag.default)
    return _entry(head, f"{flag.description}{choices}" + (f" [{default}]" if default else ""))


def _entry(head: str, text: str) -> str:
    wrapped = textwrap.wrap(text, HELP_WIDTH - 6, break_long_words=False, break_on_hyphens=False)
    return "\n".join([f"  {head}", *(f"      {line}" for line in wrapped)])


def _allowed(flag: Flag) -> str:
    if flag.is_boolean:
        return " (true or false)"
    return f" ({flag.allowed})" if flag.choices or flag.kind in (int, float) else ""


def _comment(line: str) -> str:
    return f"# {line}".rstrip()


if __name__ == "__main__":
    sys.stdout.write(render_conf())
