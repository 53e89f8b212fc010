"""A process named so that it can be found again, and never mistaken for a later one."""

import os
import socket
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
# In /proc/<pid>/stat, counted from the closing bracket behind the name: start in clock ticks.
START_FIELD = 19
STATE_FIELD = 0


def host() -> str:
    """This machine's name."""
    return socket.gethostname()


@cache
def this_process() -> str:
    """`boot/pid/start` of this process; a number is given anew, and with a boot all are."""
    return identity(os.getpid()) or f"/{os.getpid()}/"


def is_running(process: str) -> bool:
    """Is the process of that name on this machine still there?"""
    _, pid, start = process.rsplit("/", 2)
    if not start:
        return True
    return identity(int(pid)) == process


def identity(pid: int) -> str | None:
    """The name of the process that has this number now; None if none has, or it has ended."""
    boot = ""
    with suppress(OSError):
        boot = BOOT.read_text("ascii").strip()
    if not boot:
        return identity_by_ps(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    # A zombie has ended; its parent has not looked yet.
    return None if fields[STATE_FIELD] in "ZX" else f"{boot}/{pid}/{fields[START_FIELD]}"


def identity_by_ps(pid: int) -> str | None:
    """The same where there is no /proc; its start is a time, so no boot is needed."""
    asked = subprocess.run(  # noqa: S603 - fixed arguments, a number of our own
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607 - where it stands differs
        capture_output=True,
        text=True,
        check=False,
    )
    start = "_".join(asked.stdout.split())
    return f"/{pid}/{start}" if start else None
