"""What every test may ask for: a database cluster, a fresh database, the corpora, a browser."""

import importlib
import ipaddress
import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tongguan.adapters.cluster import Cluster, remove_cluster

TEMPLATE = "migrated"
MIGRATE_MODULE = "tongguan.adapters.postgres.migrate"


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Let no test reach another machine: what passes here must pass without any network."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    yield
    patch.undo()


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(address[0]):
            raise AssertionError(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return guarded


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of this worker alone, without fsync: for tests that kill no server."""
    data_directory = tmp_path_factory.mktemp("cluster")
    try:
        with Cluster.open(data_directory, fsync=False) as opened:
            yield opened
    finally:
        remove_cluster(data_directory)


@pytest.fixture(scope="session")
def migrated_template(cluster: Cluster) -> str:
    """The name of a database with every migration applied, for copies only."""
    migrate = importlib.import_module(MIGRATE_MODULE).migrate
    cluster.ensure_database(TEMPLATE)
    migrate(cluster.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def new_database_url(cluster: Cluster, migrated_template: str) -> Iterator[Callable[[], str]]:
    """Makes one more fresh migrated database at each call, as for a second authority."""
    numbers = itertools.count()
    made: list[str] = []

    def make() -> str:
        name = f"test_{next(numbers)}"
        cluster.drop_database(name)
        cluster.ensure_database(name, template=migrated_template)
        made.append(name)
        return cluster.url(name)

    yield make
    for name in made:
        cluster.drop_database(name)


@pytest.fixture
def database_url(new_database_url: Callable[[], str]) -> str:
    """The address of a fresh migrated database."""
    return new_database_url()


@pytest.fixture(scope="session")
def corpora(pytestconfig: pytest.Config) -> Path:
    """The folder of published documents and vectors; absent it is a skip, or a failure when set."""
    given = os.environ.get("TONGGUAN_CORPORA")
    path = Path(given) if given else pytestconfig.rootpath.parent / "shared" / "corpora"
    if not path.is_dir():
        if given:
            pytest.fail(f"TONGGUAN_CORPORA names {given}, which is not there")
        pytest.skip("no corpora: set TONGGUAN_CORPORA to their folder")
    return path


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of Chromium, for tests of pages in a browser."""
    for name in ("chromium", "chromium-browser"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium: `make setup-development` as root installs it")
