"""Runs a program on a terminal of its own, as a user sees it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(
    words: Sequence[str | Path],
    *,
    columns: int,
    rows: int = 60,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Return what the program shows on a terminal of this size, without colours and styles.

    Raises CalledProcessError when it fails.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    given = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    with subprocess.Popen(
        [str(word) for word in words],
        cwd=cwd,
        env={**given, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        while some := read(ours):
            shown += some
        os.close(ours)
    text = STYLE.sub("", shown.decode()).replace("\r\n", "\n")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, text)
    return text


def read(descriptor: int) -> bytes:
    """Return the next bytes; nothing once the other side has closed."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
