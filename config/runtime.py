"""Settings that change while the server runs: ``SET DATABASE SETTING "name" TO "value"``.

Each is a flag under a name of its own, Memgraph's. A server starts with the value of the flag; a setting that is
*kept* has the value it was last set to, whatever the flag says: whoever makes these objects puts that into
:meth:`RuntimeSettings.adopt`, and keeps it beside the data.

``Settings`` themselves are values and never change: :attr:`RuntimeSettings.current` is another object afterwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from lithograph.config.flags import BadValueError, Flag, Value
from lithograph.config.schedule import BadScheduleError, Schedule, parse_schedule
from lithograph.config.settings import FLAGS_BY_NAME, Settings

SNAPSHOT_INTERVAL = "storage.snapshot.interval"
LOG_LEVEL = "log.level"

BAD_INTERVAL = (
    "Snapshot interval can be defined as an integer period in seconds or as a 6-field cron expression."
)

_log = structlog.get_logger(__name__)


class UnknownSettingError(LookupError):
    """There is no setting of that name; ``str(error)`` is for a person."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"Unknown setting name '{self.name}'. SHOW DATABASE SETTINGS lists them."


@dataclass(frozen=True, slots=True)
class RuntimeSetting:
    """One of them: ``flag`` is what it is at the start; ``kept``: whether a change outlives the process."""

    name: str
    flag: Flag
    kept: bool = False


def _setting(name: str, flag: str, kept: bool = False) -> RuntimeSetting:
    return RuntimeSetting(name, FLAGS_BY_NAME[flag], kept)


RUNTIME_SETTINGS: dict[str, RuntimeSetting] = {
    setting.name: setting
    for setting in (
        _setting(LOG_LEVEL, "log-level"),
        _setting("query.timeout", "query-execution-timeout-sec"),
        _setting("server.name", "bolt-server-name-for-init", kept=True),
        _setting("storage.access_timeout_sec", "storage-access-timeout-sec"),
        _setting(SNAPSHOT_INTERVAL, "storage-snapshot-interval"),
    )
}
"""By name, in the order in which they are shown."""


class RuntimeSettings:
    """The settings in force.

    Attributes:
        current: all of them.
        snapshot_schedule: when periodic snapshots are due; None when there are none. Not always that of
            ``current``: they may be stopped while the server runs, and with a log not be off at its start.
    """

    def __init__(self, start: Settings) -> None:
        """
        Args:
            start: what the server was started with.
        """
        self._start = start
        self.current = start
        self.snapshot_schedule: Schedule | None = start.snapshot_schedule

    def shown(self, name: str) -> str:
        """The value of a setting as text. Raises UnknownSettingError."""
        setting = _find(name)
        if name == SNAPSHOT_INTERVAL and not self.current.storage_snapshot_interval:
            return "" if self.snapshot_schedule is None else str(self.current.storage_snapshot_interval_sec)
        return setting.flag.show(getattr(self.current, setting.flag.attribute))

    def rows(self) -> list[tuple[str, str]]:
        """Name and value of each, as SHOW DATABASE SETTINGS has them."""
        return [(name, self.shown(name)) for name in RUNTIME_SETTINGS]

    def check(self, name: str, text: str) -> RuntimeSetting:
        """The setting, if ``text`` is a value for it.

        Raises:
            UnknownSettingError: there is none of that name.
            BadValueError: it does not take the value; the message says what it takes.
        """
        setting = _find(name)
        _parse(setting, text)
        return setting

    def change(self, name: str, text: str) -> None:
        """Put a value into force. Raises as ``check``, and nothing has changed then."""
        setting = _find(name)
        self._put(setting, _parse(setting, text))
        if name == SNAPSHOT_INTERVAL:
            self.snapshot_schedule = parse_schedule(text) if text else None

    def adopt(self, kept: Mapping[str, str]) -> None:
        """Give the settings that are kept the values of ``kept``; those that are not in it, what the flag says.

        A value that this version does not take is left alone, and said in the log.
        """
        for setting in RUNTIME_SETTINGS.values():
            if not setting.kept:
                continue
            self._put(setting, getattr(self._start, setting.flag.attribute))
            text = kept.get(setting.name)
            if text is None:
                continue
            try:
                self.change(setting.name, text)
            except BadValueError as error:
                _log.warning("a setting that was kept cannot be used", name=setting.name, error=str(error))

    def _put(self, setting: RuntimeSetting, value: Value) -> None:
        change: dict[str, Any] = {setting.flag.attribute: value}
        self.current = dataclasses.replace(self.current, **change)


def _find(name: str) -> RuntimeSetting:
    setting = RUNTIME_SETTINGS.get(name)
    if setting is None:
        raise UnknownSettingError(name)
    return setting


def _parse(setting: RuntimeSetting, text: str) -> Value:
    if setting.name == SNAPSHOT_INTERVAL:
        return _interval(text)
    try:
        return setting.flag.parse(text)
    except BadValueError as error:
        raise BadValueError(
            f"'{text}' cannot be the value of the setting '{setting.name}': {error}."
        ) from error


def _interval(text: str) -> str:
    try:
        stopped = not text or parse_schedule(text) is None
    except BadScheduleError as error:
        raise BadValueError(f"{BAD_INTERVAL} ('{text}' is neither: {error}.)") from error
    # A server with a log is not started without periodic snapshots, so there is no text for that.
    return "" if stopped else text
