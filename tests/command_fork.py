"""Runs `policywire` commands as forks of one process that has loaded its modules already.

Reads a JSON line a command on standard input: `words`, `stdin`, `stdout` (files). Answers with its
exit code, one a line. For tests that type many commands: each new Python would take seconds.
"""

import json
import os
import signal
import sys
from typing import Any

import duckdb  # noqa: F401 - loaded once, for every command

import warehouse.connection  # noqa: F401
from flows.base import answers, settings  # noqa: F401
from flows.commands import cli

MOST_S = 240


def obey(asked: dict[str, Any]) -> int:
    """Run one command in a fork; return its exit code, negative if a signal ended it."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(asked["stdin"], os.O_RDONLY), 0)
        for number, name in ((1, asked["stdout"]), (2, asked["stderr"])):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        sys.argv = ["policywire", *asked["words"]]
        os.setsid()
        signal.alarm(MOST_S)
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Obey until standard input ends."""
    for line in sys.stdin:
        print(obey(json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
