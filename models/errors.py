"""The exception tree. Whether a retry can help is in the type.

PipelineError
  ConfigError                    stop before anything starts
  FetchError(url)                skip this feed, note it in the ledger
    TransientFetchError          retried
  FeedParseError(url)            skip, count
  ExtractionError(article_id)    row in `rejects`, go on
  WarehouseError                 roll back
    MigrationError               the file is not one we can open
      WarehouseDamagedError      restore a copy
    WarehouseFullError           make room
    WarehouseBusyError           retried
  AlertError(alert_id)           stays undelivered, retried
    AlertRefusedError            the receiver says no; given up on sooner
    AlertUnfinishedError         some parts are out, the rest goes on later
"""


class PipelineError(Exception):
    """Root of every error PolicyWire raises on purpose; its text is one line for a person."""


class ConfigError(PipelineError):
    """A setting, feed list or rule is wrong. Names the file, the key and what to do."""


class FetchError(PipelineError):
    """A URL could not be fetched and trying again at once will not help."""

    def __init__(self, url: str, reason: str, *, kind: str = "fetch") -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.kind = kind


class TransientFetchError(FetchError):
    """A URL could not be fetched now; a later try may succeed.

    `retry_after_s` is what the server asked for, if it did.
    """

    def __init__(
        self, url: str, reason: str, *, kind: str = "transient", retry_after_s: float | None = None
    ) -> None:
        super().__init__(url, reason, kind=kind)
        self.retry_after_s = retry_after_s


class FeedParseError(PipelineError):
    """A body was fetched but holds no feed.

    `kind` is the ledger's error class; `alternates` are the feeds an HTML page points to.
    """

    def __init__(
        self,
        url: str,
        reason: str,
        *,
        kind: str = "not_a_feed",
        alternates: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.kind = kind
        self.alternates = alternates

    def __reduce__(self) -> tuple[object, ...]:
        # Crosses from parse workers to the flow; the default would pass the whole line as url.
        return _parse_error, (self.url, self.reason, self.kind, self.alternates)


def _parse_error(url: str, reason: str, kind: str, alternates: tuple[str, ...]) -> FeedParseError:
    return FeedParseError(url, reason, kind=kind, alternates=alternates)


class ExtractionError(PipelineError):
    """A text was refused by the extractor; the reason goes to `rejects`."""

    def __init__(self, article_id: str, reason: str) -> None:
        super().__init__(f"article {article_id}: {reason}")
        self.article_id = article_id
        self.reason = reason


class WarehouseError(PipelineError):
    """The warehouse refused a read or a write; nothing of it was kept."""


class MigrationError(WarehouseError):
    """The file is from a newer PolicyWire, damaged, or something else altogether."""


class WarehouseDamagedError(MigrationError):
    """The file, or the log beside it, does not hold what was written to it."""


class WarehouseFullError(WarehouseError):
    """No room on the disk; what was held before is still held."""


class WarehouseBusyError(WarehouseError):
    """Another process is writing; worth a retry."""


class WarehouseConflictError(WarehouseBusyError):
    """Another worker changed the same rows first; the same again is likely to succeed."""


class AlertError(PipelineError):
    """A notice could not be delivered; it stays in the outbox and is tried again.

    `retry_after_s` is what the receiver asked for, if it did. `parts` says how many parts of a
    notice that goes in several are out, and of how many.
    """

    def __init__(
        self,
        alert_id: str,
        reason: str,
        *,
        retry_after_s: float | None = None,
        parts: tuple[int, int] = (0, 0),
    ) -> None:
        super().__init__(f"alert {alert_id}: {reason}")
        self.alert_id = alert_id
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.parts = parts


class AlertRefusedError(AlertError):
    """The receiver says no (unauthorised, not found, malformed): a retry hardly helps."""


class AlertUnfinishedError(AlertError):
    """Some parts of a notice are out and its claim runs out: the rest goes with the next one."""
