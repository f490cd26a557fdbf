"""Fixtures of the web: one Django over one pair of authorities, for a whole worker."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from django.test import Client

from tests.builders.authorities import Pair, deployment, opened_pair
from tongguan.adapters.cluster import Cluster
from tongguan.core.evidence.records import Route
from tongguan.web import service, settings, setup

PEER_URL = "http://127.0.0.1:8001/"
UNKNOWN_NAME = "⟦%s⟧"
"""What a template prints for a name that it misspells; pages are searched for it."""

# Modules of the web can be imported only once Django is configured, so this happens while tests
# are collected; the database follows when a test asks for one.
_DIRECTORY = tempfile.TemporaryDirectory(prefix="tongguan-web-tests-")
DJANGO = deployment("HK", "postgresql://127.0.0.1:1/none", Path(_DIRECTORY.name))
settings.configure(DJANGO)


@pytest.fixture(scope="session")
def databases(cluster: Cluster, migrated_template: str) -> Iterator[Callable[[], str]]:
    """Makes databases that last as long as the worker."""
    numbers, made = count(), []

    def make() -> str:
        name = f"web_{next(numbers)}"
        cluster.drop_database(name)
        cluster.ensure_database(name, template=migrated_template)
        made.append(name)
        return cluster.url(name)

    yield make
    for name in made:
        cluster.drop_database(name)


@pytest.fixture(scope="session")
def configured(databases: Callable[[], str]) -> Iterator[tuple[setup.DemonstrationOfficer, ...]]:
    """Django over a database of its own, with the demonstration's officers."""
    from django.db import connections  # noqa: PLC0415
    from django.template import engines  # noqa: PLC0415

    connections.databases["default"].update(settings.database_of(databases()))
    engines["django"].engine.string_if_invalid = UNKNOWN_NAME
    yield setup.prepare(DJANGO)
    connections.close_all()


@pytest.fixture(scope="session")
def shared_pair(
    configured: object, databases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Both authorities with the assumed pilot active; tests add to it and change no act."""
    with opened_pair(databases, tmp_path_factory.mktemp("pair")) as pair:
        pair.activate()
        setup.put_officers_in_units(pair.hk)
        yield pair


@pytest.fixture
def hk(shared_pair: Pair) -> Pair:
    """Serve Hong Kong, with the pilot active."""
    service.hold_authority(shared_pair.hk, peer_url=PEER_URL)
    return shared_pair


@pytest.fixture
def hk_unlimited(hk: Pair) -> Pair:
    """Serve Hong Kong with limits that the claims of all other tests do not reach."""
    rules = hk.hk.health_rules
    assert rules is not None
    controls = replace(rules.controls, unreviewed_max=dict.fromkeys(Route, 1_000_000))
    wide = replace(hk.hk, health_rules=replace(rules, controls=controls))
    service.hold_authority(wide, peer_url=PEER_URL)
    return hk


@pytest.fixture
def gd(shared_pair: Pair) -> Pair:
    """Serve Guangdong, with the pilot active."""
    service.hold_authority(shared_pair.gd, peer_url=PEER_URL)
    return shared_pair


@pytest.fixture
def unsigned(
    configured: object, new_database_url: Callable[[], str], tmp_path: Path
) -> Iterator[Pair]:
    """Serve a Hong Kong of this test alone, in which nothing has been signed yet."""
    with opened_pair(new_database_url, tmp_path) as pair:
        service.hold_authority(pair.hk)
        yield pair


@pytest.fixture
def client() -> Client:
    """A browser without a session."""
    return Client(headers={"accept-language": "en"}, SERVER_NAME="127.0.0.1")


@pytest.fixture
def desk(configured: tuple[setup.DemonstrationOfficer, ...]) -> Callable[[str], Client]:
    """Makes a browser in which an officer of this name is signed in."""
    from django.contrib.auth.models import User  # noqa: PLC0415

    def signed_in(name: str) -> Client:
        opened = Client(headers={"accept-language": "en"}, SERVER_NAME="127.0.0.1")
        opened.force_login(User.objects.get(username=f"officer-{name}"))
        return opened

    return signed_in


@pytest.fixture
def officer(configured: tuple[setup.DemonstrationOfficer, ...], client: Client) -> Client:
    """A browser in which an officer is signed in."""
    from django.contrib.auth.models import User  # noqa: PLC0415

    client.force_login(User.objects.get(username=configured[0].user_name))
    return client
