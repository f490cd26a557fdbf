"""The authority that a command works on: found in its data directory, opened with its database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from tongguan.adapters.cluster import Cluster, check_server, connect_url
from tongguan.adapters.deployment import (
    Deployment,
    open_authority,
    prepare_database,
    prepare_keys,
    root_keys,
)
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import Database
from tongguan.app.authorities import Authority
from tongguan.cli.options import given_database_url
from tongguan.cli.problems import failing, faulty
from tongguan.cli.reading import shown_path
from tongguan.cli.standing_time import time_kept
from tongguan.core.identifiers import AuthorityId

FIRST_INSTANT: Final = datetime.fromisoformat("2021-12-13T09:00:00+08:00")
"""When a demonstration's clock starts."""
_ROOT_KEYS: Final = "root-keys.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedAuthority:
    """An authority with its deployment and its clock."""

    deployment: Deployment
    authority: Authority
    clock: Clock


def database_name(authority: AuthorityId) -> str:
    """The authority's database in the cluster that comes along."""
    return f"tongguan_{authority.lower()}"


@contextmanager
def authority_at(data: Path, name: AuthorityId) -> Iterator[OpenedAuthority]:
    """An authority that was made before; ``SendersFaultError`` when there is none of this name."""
    if not is_made(data, name):
        raise faulty(shown_path(data), "no_authority", authority=name)
    with reached_database(data, name) as deployment, _opened(deployment) as opened:
        yield opened


@contextmanager
def reached_database(data: Path, name: AuthorityId) -> Iterator[Deployment]:
    """The deployment while its database can be reached: a given server, or our own, started."""
    directory = made_directory(data)
    given = given_database_url()
    if given is not None:
        check_server(given)
    with connect_url(directory, database=database_name(name), database_url=given) as url:
        yield Deployment(authority=name, data_directory=directory, database_url=url)


def make_authority(deployment: Deployment, *, demonstration: bool) -> Deployment:
    """The deployment with database, clock and keys ready; what is there already stays as it is.

    A database that exists stays a demonstration or not, as it was made.
    """
    made = replace(deployment, demonstration=_settled(deployment, demonstration=demonstration))
    root_keys(made)
    prepare_database(made, first_instant=FIRST_INSTANT if made.demonstration else None)
    with Database(made.database_url, connections_max=1) as database:
        prepare_keys(made, Clock(database).now())
    return made


def made_directory(data: Path) -> Path:
    """The data directory, made for its owner alone if it is missing."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise failing(shown_path(data), "unwritable", why=error.strerror or "") from None
    return data.resolve()


@contextmanager
def _opened(deployment: Deployment) -> Iterator[OpenedAuthority]:
    settled = replace(deployment, demonstration=_settled(deployment, demonstration=False))
    prepare_database(settled)
    with (
        Database(settled.database_url, connections_max=1) as database,
        _clocks_beside(settled) as beside,
        time_kept(settled.data_directory, [Clock(database), *beside]),
        open_authority(settled) as authority,
    ):
        yield OpenedAuthority(deployment=settled, authority=authority, clock=Clock(database))


@contextmanager
def _clocks_beside(deployment: Deployment) -> Iterator[tuple[Clock, ...]]:
    """Clocks of the other authorities in the same directory and cluster: all keep one time."""
    with ExitStack() as stack:
        yield tuple(
            Clock(stack.enter_context(Database(each.database_url, connections_max=1)))
            for each in deployments_beside(deployment)
        )


def deployments_beside(deployment: Deployment) -> tuple[Deployment, ...]:
    """The other authorities in the same directory, ready, in the cluster that comes along."""
    if given_database_url() is not None:
        return ()
    kept = sorted(deployment.directory.parent.glob(f"*/{_ROOT_KEYS}"))
    names = [AuthorityId(each.parent.name) for each in kept]
    with Cluster.attach(deployment.data_directory) as cluster:
        beside = [
            replace(deployment, authority=name, database_url=cluster.url(database_name(name)))
            for name in names
            if name != deployment.authority and not cluster.ensure_database(database_name(name))
        ]
    kinds = [(each, _kind(each.database_url)) for each in beside]
    return tuple(replace(each, demonstration=kind) for each, kind in kinds if kind is not None)


def _settled(deployment: Deployment, *, demonstration: bool) -> bool:
    """Whether the database is a demonstration; as wished for when it is new."""
    kind = _kind(deployment.database_url)
    return demonstration if kind is None else kind


def _kind(database_url: str) -> bool | None:
    """Whether a database was made as a demonstration; ``None`` when it is not ready."""
    with Database(database_url, connections_max=1) as database:
        with database.connection() as connection:
            row = connection.execute("SELECT to_regclass('tongguan.clock')").fetchone()
        clock = Clock(database)
        is_ready = row is not None and row[0] is not None and clock.exists()
        return clock.is_demonstration() if is_ready else None


def is_made(data: Path, name: AuthorityId) -> bool:
    """Whether the directory holds an authority of this name."""
    return (data / "authorities" / name / _ROOT_KEYS).is_file()
