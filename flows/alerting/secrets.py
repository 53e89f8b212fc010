"""Read secrets from the environment, and keep them out of warehouse, logs and errors."""

import logging
import os
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus, unquote, urlsplit

from flows.alerting.rule_tables import environment_names, fill_in

HIDDEN = "***"
# Shorter parts of a URL are words such as "api"; hiding them would make messages unreadable.
PIECE_LENGTH = 8
# Loggers that write addresses, with tokens in them.
LOGGERS_WITH_ADDRESSES = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "apprise",
)


class Redactor:
    """Replaces known secrets in a text by `***`, also in URL-encoded form."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.hidden: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these too, and the parts of a URL among them: user, password, path, query."""
        forms = set(self.hidden)
        for secret in secrets:
            for part in (secret, *url_parts(secret)):
                forms |= {part, quote(part, safe=""), quote(part), quote_plus(part), unquote(part)}
        # Longest first, so no part of a longer one stays visible.
        self.hidden = sorted((form for form in forms if len(form) >= 4), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self.hidden:
            text = text.replace(secret, HIDDEN)
        return text


class RedactingFilter(logging.Filter):
    """Redacts the records of a logger."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self.redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redact(record.getMessage()), ()
        return True


def guard_logs(redact: Redactor) -> Callable[[], None]:
    """Redact the logs of libraries that write addresses; returns a function that undoes it."""
    guard = RedactingFilter(redact)
    for name in LOGGERS_WITH_ADDRESSES:
        logging.getLogger(name).addFilter(guard)

    def undo() -> None:
        for name in LOGGERS_WITH_ADDRESSES:
            logging.getLogger(name).removeFilter(guard)

    return undo


def resolve(text: str, redact: Redactor) -> str:
    """Return the text with `${NAME}` filled in from the environment. `redact` learns the values.

    Raises LookupError, naming the variable, when one is not set.
    """
    values = {}
    for name in environment_names(text):
        value = os.environ.get(name)
        if not value:
            raise LookupError(f"environment variable {name} is not set")
        values[name] = value
    filled = fill_in(text, values)
    redact.learn(values.values())
    return filled


def url_parts(text: str) -> list[str]:
    """Return the parts of a URL that may be secret; none if the text is not a URL."""
    if "://" not in text:
        return []
    parts = urlsplit(text)
    # The whole netloc when it holds credentials: user:password@host.
    found = [parts.username or "", parts.password or "", parts.query]
    if "@" in parts.netloc:
        found.append(parts.netloc.rsplit("@", 1)[0])
    found += [parts.path.strip("/"), *parts.path.split("/")]
    return [part for part in found if len(part) >= PIECE_LENGTH or part == parts.password]
