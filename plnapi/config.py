"""Settings, read once from the environment. Every name is described in docs/settings.md."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from environs import EnvValidationError, FileAwareEnv
from limits import parse_many
from marshmallow import ValidationError, validate
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from plnapi.errors import ConfigurationError

# What gunicorn.conf.py and the tests read; no setting of the app.
SERVER = frozenset({"PLN_BIND", "PLN_WORKERS", "PLN_TEST_DB", "PLN_TEST_FOLDER", "PLN_TEST_PG_URL"})
# Only these hosts may be named as reachable although they are on this machine.
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings of one process. `metadata["env"]` of a field is the name of its variable."""

    secret_key: str = field(repr=False, metadata={"env": "SECRET_KEY"})
    database_url: str = field(repr=False, metadata={"env": "DATABASE_URL"})
    former_keys: tuple[str, ...] = field(default=(), repr=False, metadata={"env": "SECRET_KEY_FALLBACKS"})
    instance: Path = field(default=Path("instance"), metadata={"env": "PLN_INSTANCE"})
    base_url: str = field(default="http://127.0.0.1:5000", metadata={"env": "PLN_BASE_URL"})
    site_name: str = field(default="plnapi", metadata={"env": "PLN_SITE_NAME"})
    contact: str = field(default="", metadata={"env": "PLN_CONTACT"})
    time_zone: str = field(default="UTC", metadata={"env": "PLN_TIME_ZONE"})
    jobs_url: str = field(default="", repr=False, metadata={"env": "PLN_JOBS_URL"})
    rate_limit_url: str = field(default="memory://", repr=False, metadata={"env": "PLN_RATE_LIMIT_URL"})
    rate_limit: str = field(default="300 per 5 minutes", metadata={"env": "PLN_RATE_LIMIT"})
    trusted_proxies: int = field(default=0, metadata={"env": "PLN_TRUSTED_PROXIES"})
    loopback_peers: tuple[str, ...] = field(default=(), metadata={"env": "PLN_LOOPBACK_PEERS"})
    stand_ins: tuple[str, ...] = field(default=(), metadata={"env": "PLN_STAND_INS"})
    extra_ports: tuple[int, ...] = field(default=(), metadata={"env": "PLN_EXTRA_PORTS"})
    look_every: int = field(default=30, metadata={"env": "PLN_LOOK_EVERY"})
    fetch_deadline: float = field(default=20.0, metadata={"env": "PLN_FETCH_DEADLINE"})
    session_idle_hours: int = field(default=12, metadata={"env": "PLN_SESSION_IDLE_HOURS"})
    session_days: int = field(default=14, metadata={"env": "PLN_SESSION_DAYS"})
    log_format: str = field(default="console", metadata={"env": "PLN_LOG_FORMAT"})

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the process's environment, each name also as `NAME_FILE` with the path of a file that holds the value.

        Raises ConfigurationError naming all problems at once.
        """
        raw = _read()
        instance: Path = raw.pop("instance").absolute()
        return cls(
            secret_key=raw.pop("secret_key") or _kept_secret(instance / "secret_key"),
            database_url=raw.pop("database_url") or f"sqlite:///{instance / 'plnapi.db'}",
            instance=instance,
            former_keys=tuple(raw.pop("former_keys")),
            loopback_peers=tuple(raw.pop("loopback_peers")),
            stand_ins=tuple(raw.pop("stand_ins")),
            extra_ports=tuple(raw.pop("extra_ports")),
            **raw,
        )

    @property
    def secure(self) -> bool:
        """Whether people reach the site over TLS; decides the cookies' names and flags, and HSTS."""
        return self.base_url.startswith("https://")

    @property
    def user_agent(self) -> str:
        """How plnapi names itself to the servers that it reads, with somewhere to complain."""
        return f"plnapi/0.1 (+{self.contact or self.base_url})"

    def redacted(self) -> dict[str, str]:
        """Variable → effective value, with secrets and passwords hidden."""
        return {f.metadata["env"]: _redact(f.name, getattr(self, f.name)) for f in fields(self)}


def known_names() -> frozenset[str]:
    """The variables that plnapi reads; each may also end in `_FILE`."""
    return frozenset(f.metadata["env"] for f in fields(Settings))


def unknown_names() -> list[str]:
    """`PLN_*` variables of this process that nothing reads: most likely a typing mistake."""
    known = known_names()
    return sorted(n for n in os.environ if n.startswith("PLN_") and n.removesuffix("_FILE") not in known | SERVER)


class _Env(FileAwareEnv):
    """environs that also collects an unreadable file instead of stopping at it."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        try:
            return super()._get_value(env_key, default)
        except ValueError as error:
            self._errors[env_key].append(str(error))
            return default


def _read() -> dict[str, Any]:
    """Field name → value, unset ones at their default."""
    env = _Env(eager=False, strip_whitespace=True)
    raw = {
        "secret_key": env.str("SECRET_KEY", "", validate=_secret),
        "former_keys": env.list("SECRET_KEY_FALLBACKS", [], subcast=str.strip, validate=_secrets),
        "database_url": env.str("DATABASE_URL", "", validate=_database),
        "instance": env.path("PLN_INSTANCE", Path("instance")),
        "base_url": env.str("PLN_BASE_URL", "http://127.0.0.1:5000", validate=_origin),
        "site_name": env.str("PLN_SITE_NAME", "plnapi", validate=validate.Length(1, 80)),
        "contact": env.str("PLN_CONTACT", ""),
        "time_zone": env.str("PLN_TIME_ZONE", "UTC", validate=validate.OneOf(available_timezones())),
        "jobs_url": env.str("PLN_JOBS_URL", "", validate=_jobs),
        "rate_limit_url": env.str("PLN_RATE_LIMIT_URL", "memory://", validate=_rate_limit_url),
        "rate_limit": env.str("PLN_RATE_LIMIT", "300 per 5 minutes", validate=_rate_limit),
        "trusted_proxies": env.int("PLN_TRUSTED_PROXIES", 0, validate=validate.Range(0, 5)),
        "loopback_peers": env.list("PLN_LOOPBACK_PEERS", [], validate=_loopback_peers),
        "stand_ins": env.list("PLN_STAND_INS", [], validate=_stand_ins),
        "extra_ports": env.list("PLN_EXTRA_PORTS", [], subcast=int, validate=_ports),
        "look_every": env.int("PLN_LOOK_EVERY", 30, validate=validate.Range(1, 1440)),
        "fetch_deadline": env.float("PLN_FETCH_DEADLINE", 20.0, validate=validate.Range(1, 120)),
        "session_idle_hours": env.int("PLN_SESSION_IDLE_HOURS", 12, validate=validate.Range(1, 168)),
        "session_days": env.int("PLN_SESSION_DAYS", 14, validate=validate.Range(1, 90)),
        "log_format": env.str("PLN_LOG_FORMAT", "console", validate=validate.OneOf(["console", "json"])),
    }
    try:
        env.seal()
    except EnvValidationError as error:
        said: Mapping[str, list[str]] = error.error_messages  # type: ignore[assignment] # its stub says list
        raise ConfigurationError([f"{name}: {' '.join(words)}" for name, words in said.items()]) from error
    return raw


def _secret(value: str) -> None:
    if value and len(value) < 32:
        raise ValidationError("Shorter than 32 characters.")


def _secrets(values: list[str]) -> None:
    for value in values:
        _secret(value)


def _database(value: str) -> None:
    if value and _backend(value) not in {"sqlite", "postgresql"}:
        raise ValidationError("Not the address of a SQLite or PostgreSQL database.")


def _jobs(value: str) -> None:
    if value and _backend(value) != "postgresql":
        raise ValidationError("Not the address of a PostgreSQL database.")


def _backend(url: str) -> str:
    """`sqlite`, `postgresql` or another kind of database; empty for what is no address of one."""
    try:
        return make_url(url).get_backend_name()
    except ArgumentError:
        return ""


def _rate_limit(value: str) -> None:
    try:
        parse_many(value)
    except ValueError as error:
        raise ValidationError("Not a rate such as 300 per 5 minutes.") from error


def _rate_limit_url(value: str) -> None:
    if urlsplit(value).scheme not in {"memory", "redis", "rediss"}:
        raise ValidationError("Neither memory:// nor an address such as redis://host:6379.")
    if not value.startswith("memory:") and find_spec("redis") is None:
        raise ValidationError("The package redis, which this needs, is not installed.")


def _ports(values: list[int]) -> None:
    if not all(0 < value < 65_536 for value in values):
        raise ValidationError("A port is a number from 1 to 65535.")


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    alone = not (parts.path or parts.query or parts.fragment)
    return alone and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _origin(value: str) -> None:
    if not _is_origin(value):
        raise ValidationError("Not an origin such as https://pln.example.edu, without a path or a slash at the end.")


def _loopback_peers(values: list[str]) -> None:
    for value in values:
        host, _, port = value.rpartition(":")
        if host.strip("[]") not in LOOPBACK_NAMES or not port.isdecimal():
            raise ValidationError(f"{value!r} is not a pair such as 127.0.0.1:9501.")


def _stand_ins(values: list[str]) -> None:
    for value in values:
        asked, _, instead = value.partition("=")
        if not (_is_origin(asked) and _is_origin(instead)):
            raise ValidationError(f"{value!r} is not a pair such as https://plc.directory=http://localhost:2582.")
    if len({value.partition("=")[0] for value in values}) < len(values):
        raise ValidationError("An origin has two stand-ins.")


def _kept_secret(path: Path) -> str:
    """The secret of this installation: made at the first start, readable by its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(made, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _redact(name: str, value: Any) -> str:
    if name in {"secret_key", "former_keys"}:
        return "***" if value else ""
    if name.endswith("_url") and value and name != "base_url":
        return make_url(value).render_as_string(hide_password=True) if "@" in value else value
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
