"""Identifies a process so that no later process with the same number is taken for it."""

import os
import socket
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
# Fields of /proc/<pid>/stat, counted after the closing bracket of the name: start time in clock
# ticks, and state.
START_FIELD = 19
STATE_FIELD = 0


def host() -> str:
    """This machine's name."""
    return socket.gethostname()


@cache
def this_process() -> str:
    """The identity `boot/pid/start` of this process; pids alone are reused."""
    return identity(os.getpid()) or f"/{os.getpid()}/"


def is_running(process: str) -> bool:
    """Is the process with this identity still running on this machine?"""
    _, pid, start = process.rsplit("/", 2)
    if not start:
        return True
    return identity(int(pid)) == process


def identity(pid: int) -> str | None:
    """The identity of the process with this pid; None if there is none or it has ended."""
    boot = ""
    with suppress(OSError):
        boot = BOOT.read_text("ascii").strip()
    if not boot:
        return identity_by_ps(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    # A zombie has ended; its parent has not collected it yet.
    return None if fields[STATE_FIELD] in "ZX" else f"{boot}/{pid}/{fields[START_FIELD]}"


def identity_by_ps(pid: int) -> str | None:
    """The identity on systems without /proc; its start is a date, so it needs no boot id."""
    asked = subprocess.run(  # noqa: S603 - fixed arguments, a number of our own
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - its path differs by system
        capture_output=True,
        text=True,
        check=False,
    )
    start = "_".join(asked.stdout.split())
    return f"/{pid}/{start}" if start else None
