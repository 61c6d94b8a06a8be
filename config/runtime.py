"""Settings that can be changed while the server runs, under Memgraph's names for them.

Each stands for a flag, and takes what that flag takes. Those that are *kept* hold over a restart, where they win over
the flag; the others are the flag's again.
"""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass

from lithograph.config.errors import SettingsError
from lithograph.config.flags import BadValueError
from lithograph.config.schedule import BadScheduleError, Schedule, parse_schedule
from lithograph.config.settings import FLAGS, Settings

SNAPSHOT_INTERVAL = "storage.snapshot.interval"
BAD_INTERVAL = (
    "Snapshot interval can be defined as an integer period in seconds or as a 6-field cron expression."
)


@dataclass(frozen=True, slots=True)
class RuntimeSetting:
    """``attribute`` is the field of :class:`Settings`."""

    name: str
    attribute: str
    kept: bool


RUNTIME_SETTINGS = {
    setting.name: setting
    for setting in (
        RuntimeSetting("log.level", "log_level", kept=False),
        RuntimeSetting("log.to_stderr", "also_log_to_stderr", kept=False),
        RuntimeSetting("query.timeout", "query_execution_timeout_sec", kept=False),
        RuntimeSetting("server.name", "bolt_server_name_for_init", kept=True),
        RuntimeSetting("storage.access_timeout_sec", "storage_access_timeout_sec", kept=False),
        RuntimeSetting(SNAPSHOT_INTERVAL, "storage_snapshot_interval", kept=False),
    )
}

_FLAGS = {flag.attribute: flag for flag in FLAGS}


class LiveSettings:
    """The settings in force: those of the start, with what was changed since."""

    def __init__(self, flags: Settings) -> None:
        self.flags = flags
        self.schedule: Schedule | None = flags.snapshot_schedule
        """When periodic snapshots are due."""
        self._interval = flags.storage_snapshot_interval or str(flags.storage_snapshot_interval_sec)

    def find(self, name: str) -> RuntimeSetting:
        """Raises SettingsError: there is no setting of that name."""
        setting = RUNTIME_SETTINGS.get(name)
        if setting is None:
            close = difflib.get_close_matches(name, RUNTIME_SETTINGS, 1)
            raise SettingsError(
                f"Unknown setting name '{name}'" + (f". Did you mean '{close[0]}'?" if close else "")
            )
        return setting

    def value(self, name: str) -> str:
        """The value in force, as text. Raises SettingsError for an unknown name."""
        setting = self.find(name)
        if name == SNAPSHOT_INTERVAL:
            return self._interval
        return _FLAGS[setting.attribute].show(getattr(self.flags, setting.attribute))

    def values(self) -> list[tuple[str, str]]:
        """All of them: (name, value)."""
        return [(name, self.value(name)) for name in RUNTIME_SETTINGS]

    def check(self, name: str, text: str) -> RuntimeSetting:
        """Whether ``change`` would do it. Raises SettingsError, which says what is allowed."""
        setting = self.find(name)
        self._parsed(setting, text)
        return setting

    def change(self, name: str, text: str) -> RuntimeSetting:
        """Put a value in force.

        Raises:
            SettingsError: there is no such setting, or it does not take the value; nothing has changed.
        """
        setting = self.find(name)
        if name == SNAPSHOT_INTERVAL:
            self.schedule = _schedule(text)
            self._interval = text
        else:
            value = self._parsed(setting, text)
            # The fields are checked one by one; what is checked across fields cannot be changed here.
            self.flags = dataclasses.replace(self.flags, **{setting.attribute: value})  # type: ignore[arg-type]
        return setting

    def _parsed(self, setting: RuntimeSetting, text: str) -> object:
        if setting.name == SNAPSHOT_INTERVAL:
            return _schedule(text)
        try:
            return _FLAGS[setting.attribute].parse(text)
        except BadValueError as error:
            raise SettingsError(f"'{text}' cannot be used for '{setting.name}': {error}.") from error


def _schedule(text: str) -> Schedule | None:
    """Of an empty text there is none: periodic snapshots stop."""
    try:
        return parse_schedule(text) if text.strip() else None
    except BadScheduleError as error:
        raise SettingsError(f"{BAD_INTERVAL} ({error})") from error
