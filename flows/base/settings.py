"""Settings from the environment, policywire.toml and defaults, in this order of precedence.

All are checked before anything starts. Environment names are POLICYWIRE_<SECTION>__<KEY>, for
example POLICYWIRE_FETCH__PER_HOST=1; keys without a section have none: POLICYWIRE_WAREHOUSE.
"""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from extractors.text.budget import Budget
from flows.base.fetch_settings import FetchSettings
from models.errors import ConfigError
from warehouse.lake import is_lake_target

DEFAULT_CONFIG = "policywire.toml"
# Checked one by one when alerts run (flows/alerting/rules.py): a bad rule stops only itself.
ALERT_TABLES = ("rule", "channel", "ticker_group")
FLOWS = Path(__file__).parents[1]
SHIPPED_FEEDS = FLOWS / "feeds" / "feeds.toml"
SHIPPED_RULES = FLOWS / "alerting" / "rules.toml"
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def _names(value: Any) -> Any:
    """Split a text with commas into names, as an environment variable gives them."""
    if isinstance(value, str):
        return tuple(name.strip() for name in value.split(",") if name.strip())
    return value


class Section(BaseModel):
    """One table of policywire.toml; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Fetching(Section):
    """How feeds and pages are fetched."""

    contact_url: str = Field("", description="shown to publishers in the User-Agent")
    max_at_once: int = Field(32, ge=1, le=256)
    per_host: int = Field(2, ge=1, le=8)
    host_gap_s: float = Field(0.2, ge=0)
    page_gap_s: float = Field(1.0, ge=0)
    deadline_s: float = Field(25.0, gt=0)
    read_timeout_s: float = Field(10.0, gt=0)
    body_cap_bytes: int = Field(15 * 1024 * 1024, ge=1024)
    redirect_cap: int = Field(8, ge=0)
    retries: int = Field(3, ge=0, le=5)
    poll_max_minutes: int = Field(24 * 60, ge=1)
    allow_hosts: tuple[str, ...] = Field((), description="private hosts that may be fetched")

    def settings(self, run_id: str) -> FetchSettings:
        """The fetcher's settings: these limits, its own defaults for the rest."""
        return FetchSettings(run_id=run_id, **self.model_dump())


class Extracting(Section):
    """How articles are extracted: batches, worker processes, leases, time limits."""

    batch_articles: int = Field(200, ge=1)
    gate: bool = True
    workers: int | None = Field(
        None, ge=0, description="extraction processes when many articles wait; default one per core"
    )
    lease_s: float = Field(60.0, gt=0, description="seconds until a dead worker's work is free")
    text_base_s: float = Field(10.0, gt=0, description="seconds any text may take to read")
    text_per_1000_chars_s: float = Field(0.2, ge=0, description="further seconds by its length")
    text_most_s: float = Field(60.0, gt=0, description="the most seconds for any text")

    @property
    def budget(self) -> Budget:
        """How long a text may take before it is refused as too slow."""
        return Budget(
            base_s=self.text_base_s,
            per_1000_chars_s=self.text_per_1000_chars_s,
            most_s=self.text_most_s,
        )


class Market(Section):
    """Where prices come from."""

    price_files: tuple[Path, ...] = ()
    stooq: bool = False
    reference_csv: tuple[Path, ...] = ()


class Schedule(Section):
    """Cron lines of `policywire serve`, in `timezone`, and where its Prefect server listens."""

    news: str = "*/15 * * * *"
    market: str = "30 22 * * 1-5"
    timezone: str = "UTC"
    server_port: int = Field(4200, ge=1, le=65535, description="on loopback")

    @field_validator("news", "market")
    @classmethod
    def is_cron(cls, value: str) -> str:
        from cronsim import CronSim, CronSimError  # slow to import, and --help does not need it

        try:
            CronSim(value, _ANY_TIME)
        except CronSimError as error:
            raise ValueError(f"not a cron line: {value!r} ({error})") from error
        return value

    @field_validator("timezone")
    @classmethod
    def is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"not an IANA time zone: {value!r}") from error
        return value


class Watching(Section):
    """When alarms are sent to the operator, and to which channels."""

    channel: tuple[str, ...] = Field(("log",), description="channels that take alarms")
    cadences: int = Field(3, ge=1, description="passes without a success that raise an alarm")
    quiet_hours: float = Field(24.0, gt=0, description="a feed is never quiet before this time")
    quiet_times: float = Field(
        5.0, ge=1, description="a feed is quiet after this many times its longest usual silence"
    )


class Reporting(Section):
    """Where the report's pages are written after each pass, and what they hold."""

    path: Path | None = Field(None, description="a folder of its own, replaced as a whole")
    measures: int = Field(2000, ge=1, le=20000, description="the last reported ones")
    feeds: bool = Field(False, description="Atom, JSON Feed, calendar and CSV beside the pages")
    url: str = Field("", description="where the folder is served, for links in feeds")

    @field_validator("url")
    @classmethod
    def is_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s?#<>\"']+", value):
            raise ValueError(f"not an http(s) address without query: {value!r}")
        return value


class Settings(BaseSettings):
    """Everything an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix="POLICYWIRE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    warehouse: Path = Path("var/policywire.duckdb")
    feeds: Path = SHIPPED_FEEDS
    rules: Path = SHIPPED_RULES
    default_channel: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)] = Field(
        ("log",), min_length=1, description="channels of rules that name none"
    )
    archive_clock: bool = Field(
        False, description="use publication dates as the time an article was first seen"
    )
    fetch: Fetching = Fetching()
    extract: Extracting = Extracting()
    market: Market = Market()
    schedule: Schedule = Schedule()
    watch: Watching = Watching()
    report: Reporting = Reporting()
    _alert_tables_in: Path | None = PrivateAttr(default=None)
    _has_own_rules: bool = PrivateAttr(default=False)

    @property
    def alert_tables_in(self) -> Path | None:
        """The settings file, if it contains alert rules or channels."""
        return self._alert_tables_in

    @property
    def rule_paths(self) -> tuple[Path, ...]:
        """The files with alert rules and channels: `rules`, and the settings file if it has some.

        Rules in the settings file replace the shipped ones.
        """
        if self.alert_tables_in is None:
            return (self.rules,)
        if self._has_own_rules and self.rules == SHIPPED_RULES:
            return (self.alert_tables_in,)
        return (self.rules, self.alert_tables_in)

    @property
    def snapshot(self) -> Path:
        """The read-only copy for analysts, beside the warehouse; for a lake, the lake itself."""
        if is_lake_target(self.warehouse):
            return self.warehouse
        return self.warehouse.with_suffix(".snapshot.duckdb")

    @property
    def prefect_home(self) -> Path:
        """Prefect's home folder: beside the warehouse; for a lake, in var/ of this folder."""
        if is_lake_target(self.warehouse):
            return Path("var/prefect")
        return self.warehouse.parent / "prefect"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load_settings` passes the file's values to init; the environment takes precedence.
        return (env_settings, init_settings)


def load_settings(
    config: Path | None = None, *, warehouse: Path | None = None, feeds: Path | None = None
) -> Settings:
    """Load settings from the environment and `config` (default: policywire.toml, if it exists).

    Paths in the file are relative to it. `warehouse` and `feeds` take precedence over both.
    Raises ConfigError, one line that names file and key.
    """
    path = config or Path(DEFAULT_CONFIG)
    if config is not None and not config.exists():
        raise ConfigError(f"{config}: no such file")
    values = read_file(path) if path.exists() else {}
    alert_tables = {key: values.pop(key) for key in ALERT_TABLES if key in values}
    resolve_paths(values, path.parent)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError(f"{path if values else 'environment'}: {first_problem(error)}") from error
    if alert_tables:
        settings._alert_tables_in, settings._has_own_rules = path, "rule" in alert_tables
    chosen = {"warehouse": warehouse, "feeds": feeds}
    return settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})


def read_file(path: Path) -> dict[str, Any]:
    """The tables of a settings file. Raises ConfigError if it is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def resolve_paths(values: dict[str, Any], folder: Path) -> None:
    """Make the paths in a settings file relative to its folder; lake addresses stay."""
    for key in ("warehouse", "feeds", "rules"):
        if isinstance(values.get(key), str) and not is_lake_target(values[key]):
            values[key] = folder / values[key]
    market = values.get("market")
    for key in ("price_files", "reference_csv"):
        if isinstance(market, dict) and isinstance(market.get(key), list):
            market[key] = [_placed(folder, each) for each in market[key]]
    report = values.get("report")
    if isinstance(report, dict) and "path" in report:
        report["path"] = _placed(folder, report["path"])


def _placed(folder: Path, value: Any) -> Any:
    """A path in a settings file, relative to its folder."""
    return folder / value if isinstance(value, str) else value


def settings_of(config: str | None, warehouse: str | None, feeds: str | None) -> Settings:
    """Load settings from the parameters of a Prefect flow, which are plain text."""
    paths = (Path(path) if path else None for path in (config, warehouse, feeds))
    config_path, warehouse_path, feeds_path = paths
    return load_settings(config_path, warehouse=warehouse_path, feeds=feeds_path)


def first_problem(error: ValidationError) -> str:
    """The first problem, as `key: problem`; pydantic's own list takes many lines."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"]) or "(file)"
    if first["type"] == "extra_forbidden":
        return f"{key}: unknown key"
    return f"{key}: {first['msg'].removeprefix('Value error, ')}"
