"""Databases opened as the services open them, but for the disk."""

from collections.abc import Iterator

import pytest

from tongguan.adapters.cluster import Cluster
from tongguan.adapters.postgres.connections import Database

LEDGER = "ledger_tests"
_EMPTY = """
    TRUNCATE tongguan.quota_window, tongguan.journey, tongguan.place, tongguan.live_journey
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database of this test's own."""
    with Database(database_url, connections_max=20, durability_required=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def ledger_database_url(cluster: Cluster, migrated_template: str) -> str:
    cluster.ensure_database(LEDGER, template=migrated_template)
    return cluster.url(LEDGER)


@pytest.fixture(scope="session")
def _ledger_database(ledger_database_url: str) -> Iterator[Database]:
    with Database(ledger_database_url, connections_max=20, durability_required=False) as opened:
        yield opened


@pytest.fixture
def ledger(_ledger_database: Database) -> Database:
    """One database for all tests of the ledger, empty at the start of each."""
    with _ledger_database.connection() as connection:
        connection.execute(_EMPTY)
    return _ledger_database
