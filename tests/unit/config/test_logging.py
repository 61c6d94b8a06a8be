"""What is logged, where, and in which form."""

import io
import json
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import pytest
import structlog

from lithograph.config.errors import LogFileError
from lithograph.config.logging import Sink, configure
from lithograph.config.settings import LogLevel, Settings

LEVELS: tuple[LogLevel, ...] = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_away_from_a_terminal_a_line_is_json_with_the_facts_as_keys() -> None:
    stream = io.StringIO()
    configure(Settings(), stream)
    structlog.get_logger().info("snapshot written", path=Path("a/b"), vertices=3, name="žito")
    (line,) = lines(stream)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert line["timestamp"].endswith("Z")
    del line["timestamp"]
    assert line == {
        "level": "info",
        "event": "snapshot written",
        "path": "a/b",
        "vertices": 3,
        "name": "žito",
    }


def test_on_a_terminal_a_line_is_coloured_text() -> None:
    stream = Terminal()
    configure(Settings(), stream)
    structlog.get_logger().warning("disk nearly full", free_mib=12)
    assert "\x1b[" in stream.getvalue()
    assert "disk nearly full" in stream.getvalue()


def test_the_form_can_be_forced() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    configure(Settings(log_format="json"), terminal)
    structlog.get_logger().info("a")
    assert lines(terminal)[0]["event"] == "a"
    configure(Settings(log_format="console"), pipe)
    structlog.get_logger().info("b", n=1)
    assert pipe.getvalue().rstrip().endswith("n=1")
    assert "\x1b[" not in pipe.getvalue()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("log_format", ["json", "console"])
def test_only_the_level_and_what_is_graver_is_logged(level: LogLevel, log_format: Any) -> None:
    stream = io.StringIO()
    configure(Settings(log_level=level, log_format=log_format), stream)
    logger = structlog.get_logger()
    for each in LEVELS:
        getattr(logger, each.lower())(f"event {each}")
    logged = [each for each in LEVELS if f"event {each}" in stream.getvalue()]
    assert logged == list(LEVELS[LEVELS.index(level) :])


def test_an_exception_is_logged_with_its_traceback() -> None:
    stream = io.StringIO()
    configure(Settings(), stream)
    try:
        {}["missing"]
    except KeyError:
        structlog.get_logger().exception("query failed", id="e1")
    (line,) = lines(stream)
    assert line["id"] == "e1"
    assert "KeyError: 'missing'" in line["exception"]


def test_a_log_file_is_appended_to_and_stderr_left_alone(tmp_path: Path) -> None:
    path, stderr = tmp_path / "log", io.StringIO()
    path.write_text("before\n", encoding="utf-8")
    configure(Settings(log_file=str(path)), stderr)
    structlog.get_logger().info("started")
    before, line = path.read_text(encoding="utf-8").splitlines()
    assert before == "before"
    assert json.loads(line)["event"] == "started"
    assert stderr.getvalue() == ""


def test_stderr_may_have_the_lines_of_the_log_file_as_well(tmp_path: Path) -> None:
    path, stderr = tmp_path / "log", io.StringIO()
    configure(Settings(log_file=str(path), also_log_to_stderr=True), stderr)
    structlog.get_logger().info("started")
    assert json.loads(path.read_text(encoding="utf-8"))["event"] == "started"
    assert lines(stderr)[0]["event"] == "started"


def test_a_log_file_that_cannot_be_opened_is_refused_with_status_13(tmp_path: Path) -> None:
    path = os.fspath(tmp_path / "missing" / "log")
    with pytest.raises(LogFileError, match="cannot be opened for appending: No such file") as refused:
        configure(Settings(log_file=path), io.StringIO())
    assert refused.value.exit_status == 13
    assert path in str(refused.value)


def test_warnings_of_the_standard_library_take_the_same_way() -> None:
    stream = io.StringIO()
    configure(Settings(), stream)
    logging.getLogger("asyncio").error("task %s failed", "t1")
    logging.getLogger("asyncio").info("selector chosen")
    warnings.warn("old ways", UserWarning, stacklevel=1)
    first, second = lines(stream)
    assert (first["event"], first["source"], first["level"]) == ("task t1 failed", "asyncio", "error")
    assert "old ways" in second["event"]


def test_configuring_twice_logs_once() -> None:
    stream = io.StringIO()
    configure(Settings(), io.StringIO())
    configure(Settings(), stream)
    logging.getLogger("asyncio").error("once")
    assert len(lines(stream)) == 1


class FullDisk(io.StringIO):
    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_lines_that_cannot_be_written_are_counted_and_reported_later() -> None:
    stream = FullDisk()
    sink = Sink(stream, lambda _logger, _name, event: json.dumps(event))
    sink.write({"event": "a"})
    sink.write({"event": "b"})
    stream.full = False
    sink.write({"event": "c"})
    sink.write({"event": "d"})
    assert [(line["event"][:14], line.get("lines")) for line in lines(stream)] == [
        ("log lines were", 2),
        ("c", None),
        ("d", None),
    ]


def test_facts_may_have_the_names_of_what_carries_them() -> None:
    stream = io.StringIO()
    configure(Settings(), stream)
    structlog.get_logger().info("odd", logger=2, name=3, method=4)
    (line,) = lines(stream)
    assert (line["logger"], line["name"], line["method"]) == (2, 3, 4)
