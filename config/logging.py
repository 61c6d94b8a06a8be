"""Log lines: structlog, to stderr in a readable form on a terminal and as JSON otherwise.

:func:`configure` is called once, by the program; everybody else writes ``log = structlog.get_logger()``
at module level and ``log.info("snapshot written", path=path, vertices=n)``: an event in plain words and
its facts as keywords. A call below the level in force does nothing but return (600 ns through the
module's lazy logger, 70 ns through one kept from ``log.bind()``); on a hot path ask
``log.is_enabled_for(logging.DEBUG)`` before computing what would be logged. Loggers keep the
configuration of their first use, but for the level, which :func:`set_level` changes for all of them.

Each line is written whole and flushed at once. A sink that cannot be written to (a full disk, a closed
pipe) never stops the server: the lines are counted and the number is logged as soon as writing
works again. Records of the standard library's ``logging`` (asyncio's, above all) take the same way.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from lithograph.config.errors import LogFileError
from lithograph.config.settings import LogFormat, LogLevel, Settings

TRACE = 5
"""Number of the level below DEBUG, in the numbering of the standard library."""

_NUMBERS: dict[LogLevel, int] = {
    "TRACE": TRACE,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
    "CRITICAL": logging.CRITICAL,
}

Render = Callable[[WrappedLogger, str, EventDict], str | bytes]


def configure(settings: Settings, stderr: TextIO | None = None) -> None:
    """Log from now on as ``settings`` says; ``stderr`` stands in for ``sys.stderr``.

    Raises LogFileError when the log file cannot be opened for appending.
    """
    sinks = _sinks(settings, sys.stderr if stderr is None else stderr)
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        _head_first,
    ]
    set_level(settings.log_level)
    structlog.configure(
        processors=processors,
        wrapper_class=_Logger,
        logger_factory=lambda *_: _Sinks(sinks),
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logging()


class _Logger(structlog.BoundLoggerBase):
    """What every logger is; ``set_level`` gives it its methods, so that loggers in use change too."""


def set_level(level: LogLevel) -> None:
    """Log what is at least as important as ``level`` from now on, through all loggers there are."""
    for name, method in _methods(level).items():
        setattr(_Logger, name, method)
    # Libraries talk at DEBUG and INFO about themselves; asyncio's warnings are what matters here.
    logging.getLogger().setLevel(max(_NUMBERS[level], logging.WARNING))


class Sink:
    """One place that log lines go to, with its form."""

    def __init__(self, stream: TextIO, render: Render) -> None:
        self._stream = stream
        self._render = render
        self._lock = threading.Lock()
        self._lost = 0

    def write(self, event: EventDict) -> None:
        line = self._line(event)
        with self._lock:
            try:
                if self._lost:
                    self._stream.write(self._line(_loss_event(self._lost, event)))
                self._stream.write(line)
                self._stream.flush()
            except (OSError, ValueError):  # ValueError: the stream is closed
                self._lost += 1
            else:
                self._lost = 0

    def _line(self, event: EventDict) -> str:
        text = self._render(None, "", dict(event))  # renderers take the dictionary apart
        return f"{text if isinstance(text, str) else text.decode()}\n"


def _loss_event(lost: int, event: EventDict) -> EventDict:
    return {
        "event": "log lines were lost, because they could not be written",
        "lines": lost,
        "level": "error",
        "timestamp": event.get("timestamp"),
    }


class _Sinks:
    """What structlog calls a logger: takes finished events, whatever their level."""

    def __init__(self, sinks: tuple[Sink, ...]) -> None:
        self._sinks = sinks

    def write(self, /, **event: Any) -> None:
        for sink in self._sinks:
            sink.write(event)

    trace = debug = info = warning = error = critical = exception = fatal = msg = write


def _head_first(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Time, level and event before the facts, since people read JSON lines too."""
    head = {key: event.pop(key) for key in ("timestamp", "level", "event") if key in event}
    return {**head, **event}


def _sinks(settings: Settings, stderr: TextIO) -> tuple[Sink, ...]:
    if not settings.log_file:
        return (_stderr_sink(stderr, settings.log_format),)
    file = Sink(_open(Path(settings.log_file).expanduser()), _renderer(settings.log_format, False))
    if settings.also_log_to_stderr:
        return (file, _stderr_sink(stderr, settings.log_format))
    return (file,)


def _stderr_sink(stderr: TextIO, log_format: LogFormat) -> Sink:
    return Sink(stderr, _renderer(log_format, stderr.isatty()))


def _open(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise LogFileError(f"--log-file={path} cannot be opened for appending: {error.strerror}.") from error


def _renderer(log_format: LogFormat, is_terminal: bool) -> Render:
    if log_format == "json" or (log_format == "auto" and not is_terminal):
        return structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    styles = structlog.dev.ConsoleRenderer.get_default_level_styles(colors=is_terminal)
    return structlog.dev.ConsoleRenderer(
        colors=is_terminal,
        level_styles={**styles, "trace": styles["debug"]},
        exception_formatter=structlog.dev.plain_traceback,
        pad_event_to=40,
    )


def _methods(level: LogLevel) -> dict[str, Any]:
    """Those of structlog's filtering logger for ``level``, and ``trace``, which structlog does not know."""
    made = structlog.make_filtering_bound_logger(logging.NOTSET if level == "TRACE" else _NUMBERS[level])
    methods = {name: method for name, method in vars(made).items() if not name.startswith("__")}
    return {**methods, "trace": _trace if level == "TRACE" else _drop}


def _trace(self: Any, event: str, **facts: Any) -> Any:
    return self._proxy_to_logger("trace", event, **facts)


def _drop(_self: Any, _event: str, **_facts: Any) -> None:
    return None


class _Forwarder(logging.Handler):
    """Sends records of the standard library's loggers through structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        level = _known_level(record.levelno)
        structlog.get_logger().log(level, record.getMessage(), source=record.name, exc_info=record.exc_info)


def _known_level(number: int) -> int:
    """The nearest level not above ``number`` for which structlog has a name."""
    return max((known for known in (10, 20, 30, 40, 50) if known <= number), default=10)


def _take_over_standard_logging() -> None:
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _Forwarder)]:
        root.removeHandler(handler)
    root.addHandler(_Forwarder())
    logging.captureWarnings(True)
