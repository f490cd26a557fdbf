"""A fresh database, opened as the services open it but for the disk."""

from collections.abc import Iterator

import pytest

from tongguan.adapters.postgres.connections import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(database_url, connections_max=20, durability_required=False) as opened:
        yield opened
