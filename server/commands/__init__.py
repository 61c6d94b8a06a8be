"""The sub-commands of ``lithograph`` beside ``serve``: one module each.

A module here has ``register``, which adds its parser to the sub-commands and names the function that runs it
(``set_defaults(run=…)``: from the parsed arguments to the exit status). It imports what it works with only when it
runs, so that ``lithograph --help`` and the start of a server do not pay for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from lithograph.server.commands import backup, check, dump, inspect, load, restore

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Register = Callable[["Commands"], None]


def register_all(commands: Commands) -> None:
    """Add every command."""
    for register in _REGISTER:
        register(commands)


_REGISTER: tuple[Register, ...] = (
    backup.register,
    restore.register,
    check.register,
    inspect.register,
    dump.register,
    load.register,
)
"""In the order of ``lithograph --help``."""
