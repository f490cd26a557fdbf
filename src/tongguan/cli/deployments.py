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
    if not _is_made(data, name):
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
    if given_database_url() is not None:
        yield ()
        return
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster.attach(deployment.data_directory))
        names = (each.parent.name for each in deployment.directory.parent.glob(f"*/{_ROOT_KEYS}"))
        urls = [
            cluster.url(database_name(AuthorityId(name)))
            for name in sorted(names)
            if name != deployment.authority
        ]
        yield tuple(Clock(stack.enter_context(Database(url, connections_max=1))) for url in urls)


def _settled(deployment: Deployment, *, demonstration: bool) -> bool:
    """Whether the database is a demonstration; as wished for when it is new."""
    with Database(deployment.database_url, connections_max=1) as database:
        with database.connection() as connection:
            row = connection.execute("SELECT to_regclass('tongguan.clock')").fetchone()
        if row is None or row[0] is None:
            return demonstration
        clock = Clock(database)
        return clock.is_demonstration() if clock.exists() else demonstration


def _is_made(data: Path, name: AuthorityId) -> bool:
    return (data / "authorities" / name / _ROOT_KEYS).is_file()
