"""Secrets come from the environment and go nowhere else: no warehouse, no log, no error."""

import logging
import os
from collections.abc import Callable, Iterable
from urllib.parse import quote, quote_plus, unquote, urlsplit

from flows.alerting.rule_tables import environment_names, fill_in

HIDDEN = "***"
# Shorter pieces of a URL are words such as "services" or "api": hiding them would hide the sense.
PIECE_LENGTH = 8
# These write addresses, tokens included, to their logs.
TALKATIVE = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "apprise",
)


class Redactor:
    """Replaces known secrets in text by `***`, also where they stand URL-encoded."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.hidden: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Hide these too, and what a URL among them carries: user, password, path, query."""
        forms = set(self.hidden)
        for secret in secrets:
            for part in (secret, *url_parts(secret)):
                forms |= {part, quote(part, safe=""), quote(part), quote_plus(part), unquote(part)}
        # Longest first, so that no tail of a longer one is left standing.
        self.hidden = sorted((form for form in forms if len(form) >= 4), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self.hidden:
            text = text.replace(secret, HIDDEN)
        return text


class RedactingFilter(logging.Filter):
    """Redacts records of loggers that write addresses."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self.redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.redact(record.getMessage()), ()
        return True


def guard_logs(redact: Redactor) -> Callable[[], None]:
    """Redact what talkative libraries log, whatever its level; returns what undoes it."""
    guard = RedactingFilter(redact)
    for name in TALKATIVE:
        logging.getLogger(name).addFilter(guard)

    def undo() -> None:
        for name in TALKATIVE:
            logging.getLogger(name).removeFilter(guard)

    return undo


def resolve(text: str, redact: Redactor) -> str:
    """The text with `${NAME}` filled in from the environment; the redactor learns the values.

    Raises LookupError with the name of a variable that is not set.
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
    """The parts of a URL that may be secret; none if it is no URL."""
    if "://" not in text:
        return []
    parts = urlsplit(text)
    # The whole netloc when it holds credentials: user:password@host.
    found = [parts.username or "", parts.password or "", parts.query]
    if "@" in parts.netloc:
        found.append(parts.netloc.rsplit("@", 1)[0])
    found += [parts.path.strip("/"), *parts.path.split("/")]
    return [part for part in found if len(part) >= PIECE_LENGTH or part == parts.password]
