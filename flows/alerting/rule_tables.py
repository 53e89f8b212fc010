"""The schema of [[rule]] and [[channel]] tables, with their short forms."""

import re
from collections.abc import Iterable
from datetime import time
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flows.alerting.rule_vocabulary import suggestion
from models.alert import Severity
from models.alert_timing import UNIT_S, Digest, QuietHours, Throttle
from models.event import FAMILY, EventStatus, EventType, Factuality, Polarity
from models.grade import Grade

LINKS = ("named", "party", "exposed")
_ENV = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _one_of(kind: str, known: Iterable[str]) -> BeforeValidator:
    allowed = tuple(known)

    def check(value: Any) -> Any:
        for item in value if isinstance(value, list | tuple) else ():
            if item not in allowed:
                raise ValueError(f"unknown {kind} {item!r}{suggestion(str(item), allowed)}")
        return value

    return BeforeValidator(check)


def _labels(labels: type[StrEnum]) -> list[str]:
    return [label.value for label in labels]


def _severity(value: Any) -> Any:
    known = _labels(Severity)
    if value not in known:
        raise ValueError(f"unknown severity {value!r}; one of {', '.join(known)}")
    return value


def _throttle(value: Any) -> Any:
    match = re.fullmatch(r"(\d+)\s*/\s*(\w+)", value) if isinstance(value, str) else None
    if match is None or match[2] not in UNIT_S or int(match[1]) < 1:
        raise ValueError(f'{value!r} is not a throttle; write "10/hour" (minute, hour or day)')
    return Throttle(count=int(match[1]), window_s=UNIT_S[match[2]])


def _quiet(value: Any) -> Any:
    if not isinstance(value, dict) or set(value) != {"from", "to", "zone"}:
        raise ValueError('write { from = "22:00", to = "07:00", zone = "Europe/London" }')
    start, end = clock(value["from"]), clock(value["to"])
    if start == end:
        raise ValueError("from and to are the same; the rule would never send")
    return QuietHours(start=start, end=end, zone=zone(value["zone"]))


def _digest(value: Any) -> Any:
    if isinstance(value, str):
        value = {"every": value}
    if not isinstance(value, dict) or not set(value) <= {"every", "at", "zone"}:
        raise ValueError(
            'write "hourly", "daily" or { every = "daily", at = "07:00", zone = "UTC" }'
        )
    if value.get("every") not in ("hourly", "daily"):
        raise ValueError(f"every is {value.get('every')!r}; write hourly or daily")
    at = clock(value.get("at", "07:00"))
    return Digest(every=value["every"], at=at, zone=zone(value.get("zone", "UTC")))


def clock(value: Any) -> time:
    """Return a time of day from "HH:MM". Raises ValueError, in a few words."""
    if isinstance(value, time):
        return value
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value))
    if match is None:
        raise ValueError(f'{value!r} is not a time of day; write "07:00"')
    return time(int(match[1]), int(match[2]))


def zone(value: Any) -> str:
    """Return the name of a time zone if it exists. Raises ValueError, in a few words."""
    try:
        return ZoneInfo(str(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"unknown time zone {value!r}; write an IANA name, Europe/London"
        ) from error


def environment_names(text: str) -> list[str]:
    """Return the names of the variables in a text with `${NAME}`."""
    return _ENV.findall(text)


def fill_in(text: str, values: dict[str, str]) -> str:
    """Return the text with every `${NAME}` replaced. Raises KeyError(name) if one has no value."""
    return _ENV.sub(lambda match: values[match[1]], text)


Strings = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
# Validators run from the last to the first: a single string becomes a list before it is checked.
Types = Annotated[tuple[str, ...], _one_of("type", _labels(EventType)), BeforeValidator(_as_list)]
Families = Annotated[
    tuple[str, ...],
    _one_of("family", sorted(set(FAMILY.values()))),
    BeforeValidator(_as_list),
]
Statuses = Annotated[
    tuple[str, ...], _one_of("status", _labels(EventStatus)), BeforeValidator(_as_list)
]
Polarities = Annotated[
    tuple[str, ...], _one_of("polarity", _labels(Polarity)), BeforeValidator(_as_list)
]
Factualities = Annotated[
    tuple[str, ...], _one_of("factuality", _labels(Factuality)), BeforeValidator(_as_list)
]
Grades = Annotated[tuple[str, ...], _one_of("grade", _labels(Grade)), BeforeValidator(_as_list)]
Links = Annotated[tuple[str, ...], _one_of("link", LINKS), BeforeValidator(_as_list)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class RuleTable(BaseModel):
    """A [[rule]] as written. Its names are checked later, against the vocabulary."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)

    id: Annotated[str, Field(pattern=_NAME)]
    description: str = ""
    enabled: bool = True
    severity: Annotated[Severity, BeforeValidator(_severity)] = Severity.NOTICE
    type: Types = ()
    family: Families = ()
    status: Statuses = ()
    polarity: Polarities = ()
    factuality: Factualities = ()
    grade: Grades = ()
    actor: Strings = ()
    target: Strings = ()
    commodity: Strings = ()
    ticker: Strings = ()
    ticker_group: Strings = ()
    link: Links = ()
    min_novelty: Share = 0.5
    min_confidence: Share = 0.0
    min_confirmations: Annotated[int, Field(ge=0)] = 0
    max_source_tier: Annotated[int, Field(ge=1, le=4)] | None = None
    max_age_days: Annotated[float, Field(gt=0)] | None = None
    where: Annotated[str, Field(min_length=1)] | None = None
    channel: Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_as_list)] | None = (
        None
    )
    throttle: Annotated[Throttle, BeforeValidator(_throttle)] | None = None
    quiet: Annotated[QuietHours, BeforeValidator(_quiet)] | None = None
    digest: Annotated[Digest, BeforeValidator(_digest)] | None = None


class ChannelTable(BaseModel):
    """A [[channel]] as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=_NAME)]
    kind: Literal["log", "file", "webhook", "apprise"]
    url: str | None = None
    secret: str | None = None
    path: str | None = None
    format: Literal["text", "markdown", "html"] = "text"
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    max_bytes: Annotated[int, Field(ge=4096)] = 1024 * 1024
    cloudevents: bool = False

    @model_validator(mode="after")
    def complete(self) -> "ChannelTable":
        """Check that each kind has its keys, and that a secret comes from the environment."""
        if self.kind == "file" and not self.path:
            raise ValueError("a file channel needs path")
        if self.kind in ("webhook", "apprise") and not self.url:
            raise ValueError(f"channel of kind {self.kind} needs url")
        if self.cloudevents and self.kind != "webhook":
            raise ValueError(f"only a webhook sends CloudEvents, not a channel of kind {self.kind}")
        if self.secret and not environment_names(self.secret):
            raise ValueError('secret must come from the environment: secret = "${NAME}"')
        return self
