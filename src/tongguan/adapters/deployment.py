"""One authority's deployment: its data directory, its database, its keys, opened together."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tongguan.adapters.health_rule_files import health_rules_of
from tongguan.adapters.keys import KeyStore, KeyStoreError
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import Database
from tongguan.adapters.postgres.migrate import migrate
from tongguan.adapters.postgres.sealed import Seals
from tongguan.adapters.trust_directory import certificate_issuers_of
from tongguan.app.authorities import Authority
from tongguan.core.credentials.index import IndexKeys
from tongguan.core.identifiers import AuthorityId
from tongguan.core.sealing import KEY_BYTES, SealingKey

_KEY_LIFETIME = timedelta(days=400)
_ROOT_KEYS = ("index", "sealing", "web")


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """What is particular to one running authority; secrets are named by directory only."""

    authority: AuthorityId
    data_directory: Path
    database_url: str = field(repr=False)
    demonstration: bool = False
    peer_url: str | None = None
    public_url: str | None = None
    """Where people reach it, such as ``https://crossing.example``; loopback alone when ``None``."""
    connections_max: int = 8

    @property
    def directory(self) -> Path:
        """This authority's own part of the data directory."""
        return self.data_directory / "authorities" / self.authority


@dataclass(frozen=True, kw_only=True, slots=True)
class RootKeys:
    """The secrets an authority makes once and keeps: for indexes, for sealing, for the web."""

    index: bytes = field(repr=False)
    sealing: bytes = field(repr=False)
    web: bytes = field(repr=False)


def root_keys(deployment: Deployment) -> RootKeys:
    """The deployment's root keys; made at first use, in a file only its owner can read.

    Raises ``KeyStoreError`` where the file is damaged: new ones would open nothing that is kept.
    """
    path = deployment.directory / "root-keys.json"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, {name: secrets.token_hex(KEY_BYTES) for name in _ROOT_KEYS})
    try:
        kept = json.loads(path.read_bytes())
        return RootKeys(**{name: bytes.fromhex(kept[name]) for name in _ROOT_KEYS})
    except (ValueError, TypeError, LookupError):
        # Neither the file's text nor what is said of it may be shown: they are secrets.
        raise KeyStoreError(f"{path} cannot be read as root keys; restore it from a copy") from None


def prepare_database(
    deployment: Deployment,
    *,
    first_instant: datetime | None = None,
    durability_required: bool = True,
) -> None:
    """Migrate, and settle the clock: a demonstration's starts at ``first_instant`` when new."""
    migrate(deployment.database_url)
    with Database(
        deployment.database_url, connections_max=1, durability_required=durability_required
    ) as database:
        clock = Clock(database)
        is_new = not clock.exists()
        clock.create_clock(demonstration=deployment.demonstration)
        if is_new and first_instant is not None:
            clock.set_domain_time(first_instant)


def prepare_keys(deployment: Deployment, at: datetime) -> None:
    """Make an active key for every use that has none, for a year from this instant."""
    first = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    _key_store(deployment).make_missing(
        at=at.replace(microsecond=0), not_before=first, not_after=first + _KEY_LIFETIME
    )


@contextmanager
def open_authority(
    deployment: Deployment, *, durability_required: bool = True, trusted_seconds: float = 0
) -> Iterator[Authority]:
    """The authority of a prepared deployment; its connections are closed at the end.

    ``trusted_seconds`` is how long a connection is not asked again whether it is alive.

    Only tests waive durability, to be fast on a server without ``fsync``. Raises
    ``HealthRulesError`` where the deployment's own rules of health codes are faulty, and
    ``TrustDirectoryError`` where its issuers of certificates cannot be read.
    """
    health_rules = health_rules_of(deployment.authority, deployment.directory)
    certificate_issuers = certificate_issuers_of(deployment.directory)
    secret = root_keys(deployment)
    seals = Seals(key=SealingKey(key=secret.sealing))
    with Database(
        deployment.database_url,
        connections_max=deployment.connections_max,
        seals=seals,
        durability_required=durability_required,
        trusted_seconds=trusted_seconds,
    ) as database:
        yield Authority(
            id=deployment.authority,
            database=database,
            keys=_key_store(deployment),
            index=IndexKeys(root=secret.index),
            health_rules=health_rules,
            certificate_issuers=certificate_issuers,
            demonstration=deployment.demonstration,
        )


def _key_store(deployment: Deployment) -> KeyStore:
    return KeyStore(data=deployment.data_directory, authority=deployment.authority)


def _write_once(path: Path, content: dict[str, str]) -> None:
    """Write a file of mode 0600 and sync it; if another process was faster, its file stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
