"""The exception tree. Whether a retry can help is in the type.

PipelineError
  ConfigError                    stop before anything starts
  FetchError(url)                skip this feed, note it in the ledger
    TransientFetchError          retried
  FeedParseError(url)            skip, count
  ExtractionError(article_id)    row in `rejects`, go on
  WarehouseError                 roll back
    MigrationError               the file cannot be opened
      WarehouseDamagedError      restore a copy
    WarehouseFullError           make room
    WarehouseBusyError           retried
  AlertError(alert_id)           stays undelivered, retried
    AlertRefusedError            the receiver refuses; fewer retries
    AlertUnfinishedError         some parts were sent; the rest follow later
"""


class PipelineError(Exception):
    """Root of all errors that PolicyWire raises on purpose; its text is one readable line."""


class ConfigError(PipelineError):
    """A setting, feed list or rule is wrong. Names the file, the key and what to do."""


class FetchError(PipelineError):
    """A URL could not be fetched; an immediate retry will not help."""

    def __init__(self, url: str, reason: str, *, kind: str = "fetch") -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason
        self.kind = kind


class TransientFetchError(FetchError):
    """A URL could not be fetched now; a later try may succeed.

    `retry_after_s` is the delay the server asked for, if any.
    """

    def __init__(
        self, url: str, reason: str, *, kind: str = "transient", retry_after_s: float | None = None
    ) -> None:
        super().__init__(url, reason, kind=kind)
        self.retry_after_s = retry_after_s


class FeedParseError(PipelineError):
    """The response body is not a feed.

    `kind` is the error class in the ledger; `alternates` are the feeds an HTML page links to.
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
        # Pickled between parse workers and the flow; the default would pass the whole line as url.
        return _parse_error, (self.url, self.reason, self.kind, self.alternates)


def _parse_error(url: str, reason: str, kind: str, alternates: tuple[str, ...]) -> FeedParseError:
    return FeedParseError(url, reason, kind=kind, alternates=alternates)


class ExtractionError(PipelineError):
    """The extractor refused a text; the reason goes to `rejects`."""

    def __init__(self, article_id: str, reason: str) -> None:
        super().__init__(f"article {article_id}: {reason}")
        self.article_id = article_id
        self.reason = reason


class WarehouseError(PipelineError):
    """A read or write failed; nothing of it was stored."""


class MigrationError(WarehouseError):
    """The file is damaged, from a newer PolicyWire, or not a PolicyWire warehouse."""


class WarehouseDamagedError(MigrationError):
    """The file or its write-ahead log is corrupt."""


class WarehouseFullError(WarehouseError):
    """The disk is full; data stored before is safe."""


class WarehouseBusyError(WarehouseError):
    """Another process is writing; retry."""


class WarehouseConflictError(WarehouseBusyError):
    """Another worker changed the same rows first; a retry is likely to succeed."""


class AlertError(PipelineError):
    """A notice could not be delivered; it stays in the outbox and is retried.

    `retry_after_s` is the delay the receiver asked for, if any. `parts` is (sent, total) for a
    notice that needs several messages.
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
    """The receiver refused the notice (unauthorised, not found, malformed); retries rarely help."""


class AlertUnfinishedError(AlertError):
    """The claim ran out after some parts were sent; the rest go out with the next claim."""
