"""The table of flags as text for people: the commented default file.

``python -m lithograph.config.reference > config/lithograph.conf`` writes the default file anew; a test
compares the two.
"""

from __future__ import annotations

import sys
import textwrap
from itertools import groupby

from lithograph.config.flags import Flag
from lithograph.config.settings import FLAGS

CONF_WIDTH = 100

CONF_HEADER = """\
Settings of Lithograph, each with its default. Remove the mark before a line to change it.

One --flag=value a line; # begins a comment line; --flag-file=PATH reads another file at that place.
Later sources win: /etc/lithograph/lithograph.conf, ~/.lithograph/config, the file that the variable
LITHOGRAPH_CONFIG names, variables such as LITHOGRAPH_BOLT_PORT, the command line.
"""


def render_conf() -> str:
    """The content of ``lithograph.conf``."""
    lines = [_comment(line) for line in CONF_HEADER.splitlines()]
    for group, flags in groupby(FLAGS, lambda flag: flag.group):
        lines += ["", f"## {group}"]
        for flag in flags:
            meaning = flag.description + _allowed(flag)
            lines += ["", *(_comment(line) for line in textwrap.wrap(meaning, CONF_WIDTH - 2))]
            lines.append(f"# --{flag.name}={flag.show(flag.default)}")
    return "\n".join(lines) + "\n"


def _allowed(flag: Flag) -> str:
    if flag.is_boolean:
        return " (true or false)"
    return f" ({flag.allowed})" if flag.choices or flag.kind in (int, float) else ""


def _comment(line: str) -> str:
    return f"# {line}".rstrip()


if __name__ == "__main__":
    sys.stdout.write(render_conf())
