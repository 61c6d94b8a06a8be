"""A real server process on a free port of the loopback address, with what Linux tells about its use of the machine.

The process is ``python -m lithograph.server serve``, told to take any free port; it logs ``Listening on ADDRESS:PORT``,
which is where the port is read from. Its log goes into a file beside the data directory. Settings that the caller's
environment holds for other servers do not reach it.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from lithograph.server.healthcheck import UnhealthyError, check

HOST = "127.0.0.1"

_LISTENING = re.compile(rf"Listening on {re.escape(HOST)}:(\d+)", re.IGNORECASE)
_POLL_SECONDS = 0.005
_TICKS = os.sysconf("SC_CLK_TCK")


class ServerFailedError(Exception):
    """The server process did not do what was asked of it; the text ends with the end of its log."""


class ServerProcess:
    """One ``lithograph serve``; as a context manager it is ended, by force if need be, at the end of the block."""

    def __init__(
        self, data_directory: Path, *flags: str, log: Path | None = None, patience: float = 60.0
    ) -> None:
        """``flags`` as on the command line; ``patience`` in seconds is for starting, not for stopping."""
        self.data_directory = data_directory
        self.log = data_directory.with_name(f"{data_directory.name}.log") if log is None else log
        self.port = 0
        self._flags = flags
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.running:
            self.kill()

    # Beginning

    def start(self) -> None:
        """Return when the server has answered a Bolt handshake. Raises ServerFailedError."""
        self.launch()
        deadline = time.monotonic() + self._patience
        while not self._answers():
            if not self.running:
                raise ServerFailedError(
                    f"The server ended with status {self.process.returncode}.{self._log_end()}"
                )
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailedError(f"No answer within {self._patience} s.{self._log_end()}")
            time.sleep(_POLL_SECONDS)

    def launch(self) -> None:
        """Only start the process: for servers that are expected to refuse."""
        assert not self.running, "the server is running already"
        command = (
            *(sys.executable, "-m", "lithograph.server", "serve"),
            *(f"--bolt-address={HOST}", "--bolt-port=0"),
            *(f"--data-directory={self.data_directory}", "--log-format=json", *self._flags),
        )
        self.port = 0
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment()
            )

    def _answers(self) -> bool:
        found = _LISTENING.search(self.log_text())
        if found is None:
            return False
        self.port = int(found[1])
        try:
            check(HOST, self.port)
        except UnhealthyError:
            return False
        return True

    # Ending

    def send_signal(self, name: str) -> None:
        """``name`` as in ``signal``, such as SIGTERM; returns at once."""
        self.process.send_signal(signal.Signals[name])

    def wait(self, timeout: float) -> int:
        """The exit status. Raises ServerFailedError when the process does not end within ``timeout`` seconds."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise ServerFailedError(f"The server did not end within {timeout} s.{self._log_end()}") from error

    def stop(self, timeout: float = 30.0) -> int:
        """SIGTERM, and wait for the exit status."""
        self.send_signal("SIGTERM")
        return self.wait(timeout)

    def kill(self) -> None:
        """SIGKILL: no warning, no clean-up."""
        self.process.kill()
        self.process.wait()

    # Looking on

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the server was not started"
        return self._process

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def uri(self) -> str:
        return f"bolt://{HOST}:{self.port}"

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def cpu_seconds(self) -> float:
        """Processor time used so far by all threads, in user and kernel mode; in steps of a clock tick (10 ms)."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def rss_bytes(self) -> int:
        """Resident memory."""
        return self._memory("VmRSS")

    def peak_bytes(self) -> int:
        """The most resident memory that it ever had."""
        return self._memory("VmHWM")

    def _memory(self, name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+) kB", self._proc("status"), re.MULTILINE)
        assert found is not None, "the kernel does not say how much memory the process has"
        return int(found[1]) * 1024

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="utf-8")

    def _log_end(self) -> str:
        return f" Its log ends:\n{self.log_text()[-2_000:]}"


def _environment() -> dict[str, str]:
    """The caller's, without settings meant for other servers."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("LITHOGRAPH_", "MEMGRAPH_"))
    }
