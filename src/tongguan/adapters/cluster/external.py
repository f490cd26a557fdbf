"""The one way to a database address: a given server, or the cluster that comes along."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tongguan.adapters.cluster.cluster import Cluster
from tongguan.adapters.cluster.errors import ClusterError, ServerTooOldError

SERVER_VERSION_MIN = 15
CONNECT_SECONDS_MAX = 10


@contextlib.contextmanager
def connect_url(
    data_directory: Path, *, database: str, database_url: str | None = None, fsync: bool = True
) -> Iterator[str]:
    """The address of a database that takes connections while the block runs.

    With `database_url` (the caller's `DATABASE_URL`) that server is used as it is, and refused
    with ServerTooOldError when older than PostgreSQL 15; else the cluster of the data directory,
    with `database` made in it if it is missing.
    """
    if database_url:
        check_server(database_url)
        yield database_url
        return
    with Cluster.open(data_directory, fsync=fsync) as cluster:
        cluster.ensure_database(database)
        yield cluster.url(database)


def check_server(database_url: str) -> None:
    """Refuse a server that does not answer or is too old; messages carry no password."""
    try:
        with psycopg.connect(database_url, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise ClusterError(f"DATABASE_URL: the server does not answer: {error}") from None
    except psycopg.ProgrammingError:
        raise ClusterError("DATABASE_URL is not a PostgreSQL address") from None
    check_version(version)


def check_version(version: int) -> None:
    """Refuse a release of PostgreSQL whose SQL is not enough."""
    if version < SERVER_VERSION_MIN:
        raise ServerTooOldError(
            f"DATABASE_URL: the server is PostgreSQL {version}; "
            f"{SERVER_VERSION_MIN} or later is needed"
        )
