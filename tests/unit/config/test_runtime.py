"""Settings that change while the server runs: their names, what they take, what is in force afterwards."""

from __future__ import annotations

import dataclasses

import pytest
from structlog.testing import capture_logs

from lithograph.config.flags import BadValueError
from lithograph.config.runtime import BAD_INTERVAL, RUNTIME_SETTINGS, RuntimeSettings, UnknownSettingError
from lithograph.config.schedule import Cron, Periodic
from lithograph.config.settings import Settings

INTERVAL = "storage.snapshot.interval"


def test_the_flags_say_what_is_in_force_at_the_start() -> None:
    runtime = RuntimeSettings(
        Settings(log_level="ERROR", query_execution_timeout_sec=2.5, storage_access_timeout_sec=7)
    )
    assert runtime.rows() == [
        ("log.level", "ERROR"),
        ("query.timeout", "2.5"),
        ("server.name", Settings().bolt_server_name_for_init),
        ("storage.access_timeout_sec", "7"),
        (INTERVAL, "300"),
    ]


def test_what_is_kept_is_as_in_memgraph() -> None:
    assert [name for name, setting in RUNTIME_SETTINGS.items() if setting.kept] == ["server.name"]


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("log.level", "debug", "DEBUG"),
        ("query.timeout", "0", "0"),
        ("query.timeout", "0.25", "0.25"),
        ("server.name", "Neo4j/5 like", "Neo4j/5 like"),
        ("storage.access_timeout_sec", "20", "20"),
    ],
)
def test_a_change_is_in_force_and_leaves_the_settings_of_before_as_they_were(
    name: str, text: str, shown: str
) -> None:
    start = Settings()
    runtime = RuntimeSettings(start)
    runtime.change(name, text)
    assert runtime.shown(name) == shown
    attribute = RUNTIME_SETTINGS[name].flag.attribute
    assert RUNTIME_SETTINGS[name].flag.show(getattr(runtime.current, attribute)) == shown
    assert start == Settings()
    assert [other for other in runtime.rows() if other[0] != name] == [
        other for other in RuntimeSettings(start).rows() if other[0] != name
    ]


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("5", Periodic(5)),
        ("*/10 * * * * *", Cron("*/10 * * * * *")),
        ("", None),
        ("0", None),
    ],
)
def test_the_interval_takes_seconds_cron_and_nothing(text: str, schedule: object) -> None:
    runtime = RuntimeSettings(Settings())
    runtime.change(INTERVAL, text)
    assert runtime.snapshot_schedule == schedule
    assert runtime.shown(INTERVAL) == ("" if schedule is None else text)
    runtime.change(INTERVAL, "7")
    assert runtime.snapshot_schedule == Periodic(7)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        (INTERVAL, "often", BAD_INTERVAL),
        (INTERVAL, "* * * * *", BAD_INTERVAL),
        (INTERVAL, "-1", BAD_INTERVAL),
        ("query.timeout", "-1", "a number from 0 to"),
        ("query.timeout", "nan", "a number from 0 to"),
        ("log.level", "LOUD", "one of TRACE"),
        ("storage.access_timeout_sec", "0", "an integer from 1 to"),
    ],
)
def test_a_bad_value_is_refused_and_the_old_one_stays(name: str, text: str, complaint: str) -> None:
    runtime = RuntimeSettings(Settings())
    before = runtime.rows(), runtime.current, runtime.snapshot_schedule
    for attempt in (runtime.check, runtime.change):
        with pytest.raises(BadValueError) as told:
            attempt(name, text)
        assert complaint in str(told.value)
        assert text in str(told.value)
    assert (runtime.rows(), runtime.current, runtime.snapshot_schedule) == before


def test_an_unknown_name_is_refused() -> None:
    runtime = RuntimeSettings(Settings())
    for attempt in (
        lambda: runtime.check("x", "1"),
        lambda: runtime.change("x", "1"),
        lambda: runtime.shown("x"),
    ):
        with pytest.raises(UnknownSettingError, match="Unknown setting name 'x'"):
            attempt()


def test_a_kept_value_wins_over_the_flag_and_without_one_the_flag_counts() -> None:
    runtime = RuntimeSettings(Settings(bolt_server_name_for_init="Neo4j/flag"))
    runtime.change("query.timeout", "5")
    runtime.adopt({"server.name": "Neo4j/kept", "query.timeout": "9", "of.a.later.version": "1"})
    assert runtime.shown("server.name") == "Neo4j/kept"
    assert runtime.shown("query.timeout") == "5", "it is not kept"
    runtime.adopt({})
    assert runtime.shown("server.name") == "Neo4j/flag"


def test_a_kept_value_that_cannot_be_used_any_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(text: str) -> str | None:
        return "no name" if text == "bad" else None

    setting = RUNTIME_SETTINGS["server.name"]
    strict = dataclasses.replace(setting, flag=dataclasses.replace(setting.flag, check=check))
    monkeypatch.setitem(RUNTIME_SETTINGS, "server.name", strict)
    runtime = RuntimeSettings(Settings(bolt_server_name_for_init="Neo4j/flag"))
    with capture_logs() as logs:
        runtime.adopt({"server.name": "bad"})
    assert runtime.shown("server.name") == "Neo4j/flag"
    assert [line["name"] for line in logs if line["log_level"] == "warning"] == ["server.name"]
