"""The table of flags and what is derived from it."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from lithograph.config.errors import SettingsError
from lithograph.config.flags import BadValueError, Flag
from lithograph.config.schedule import Cron, Periodic
from lithograph.config.settings import FLAGS, FLAGS_BY_NAME, Settings, describe


def test_every_field_is_a_flag_with_the_same_name_in_dashes() -> None:
    fields = [field.name for field in dataclasses.fields(Settings)]
    assert [flag.attribute for flag in FLAGS] == fields
    assert [flag.name for flag in FLAGS] == [name.replace("_", "-") for name in fields]


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.name)
def test_every_default_is_a_value_that_the_flag_takes(flag: Flag) -> None:
    assert flag.parse(flag.show(flag.default)) == flag.default


def test_no_flag_is_the_negation_of_another() -> None:
    assert [
        name for name in FLAGS_BY_NAME if name.removeprefix("no") != name and name[2:] in FLAGS_BY_NAME
    ] == []


def test_what_is_acknowledged_is_synced_by_default() -> None:
    settings = Settings()
    assert settings.storage_wal_enabled
    assert settings.storage_wal_file_flush_every_n_tx == 1


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().bolt_port = 1  # type: ignore[misc]


def test_show_config_has_text_only_with_default_and_current_value() -> None:
    rows = {row.name: row for row in describe(Settings(bolt_port=1, query_execution_timeout_sec=0.5))}
    assert len(rows) == len(FLAGS)
    assert rows["bolt_port"][1:3] == ("7687", "1")
    assert rows["query_execution_timeout_sec"][1:3] == ("600", "0.5")
    assert rows["storage_wal_enabled"][1:3] == ("true", "true")
    assert rows["data_directory"][1:3] == ("mg_data", "mg_data")
    assert all(isinstance(cell, str) for row in rows.values() for cell in row)
    assert rows["bolt_port"]._fields == ("name", "default_value", "current_value", "description")


def test_a_home_directory_is_understood_in_a_path() -> None:
    assert FLAGS_BY_NAME["data-directory"].parse("~/graph") == Path.home() / "graph"


@pytest.mark.parametrize(
    ("interval", "seconds", "schedule"),
    [
        ("", 300, Periodic(300)),
        ("60", 300, Periodic(60)),
        ("0 0 3 * * *", 300, Cron("0 0 3 * * *")),
        ("60", 0, Periodic(60)),
    ],
)
def test_the_interval_as_text_wins_over_the_seconds(
    interval: str, seconds: int, schedule: Periodic | Cron
) -> None:
    settings = Settings(storage_snapshot_interval=interval, storage_snapshot_interval_sec=seconds)
    assert settings.snapshot_schedule == schedule


def test_a_bad_value_says_what_the_flag_takes() -> None:
    with pytest.raises(BadValueError, match="an integer from 1 to 86400 is expected"):
        FLAGS_BY_NAME["storage-gc-cycle-sec"].parse("0")


@pytest.mark.parametrize("text", ["'", 'cp %p "', "  ", "''x'"])
def test_an_archive_command_has_words(text: str) -> None:
    with pytest.raises(BadValueError, match=r"split into words|no words"):
        FLAGS_BY_NAME["storage-wal-archive-command"].parse(text)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"storage_wal_archive_directory": "/a", "storage_wal_archive_command": "b %p"}, "one archive only"),
        ({"storage_wal_archive_directory": "/a", "storage_wal_enabled": False}, "nothing to archive"),
        ({"storage_wal_archive_command": "b %p", "storage_wal_enabled": False}, "nothing to archive"),
    ],
)
def test_archives_that_make_no_sense_are_refused(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        Settings(**settings)
