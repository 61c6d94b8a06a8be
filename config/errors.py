"""What goes wrong before there is a server: a setting that cannot be used.

These errors never reach a client, so they carry no status code; they carry the exit status of the
process. ``str(error)`` names the source of the value, the flag and what is allowed.
"""

from __future__ import annotations

from typing import ClassVar


class SettingsError(Exception):
    """A flag, file or variable that cannot be used as it is."""

    exit_status: ClassVar[int] = 1


class LogFileError(SettingsError):
    """The log file cannot be opened for appending."""

    exit_status = 13
