"""What the operating system says about this process."""

from __future__ import annotations

import os
import resource
import sys


def memory_now() -> int:
    """Resident memory in bytes; the peak where the system does not say (anything but Linux)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return memory_peak()


def memory_peak() -> int:
    """The most resident memory so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
