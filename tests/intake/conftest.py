"""Fixtures of the intake: an authority over a real PostgreSQL with the assumed pilot active."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.builders.authorities import opened_pair
from tongguan.adapters.cluster import Cluster
from tongguan.app.authorities import Authority


@pytest.fixture(scope="session")
def hk(
    cluster: Cluster, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Authority]:
    """Hong Kong on 13 December 2021, 09:00, with the assumed pilot active; tests only book."""
    numbers = count()

    def make() -> str:
        name = f"intake_{next(numbers)}"
        cluster.drop_database(name)
        cluster.ensure_database(name, template=migrated_template)
        return cluster.url(name)

    with opened_pair(make, tmp_path_factory.mktemp("intake")) as pair:
        pair.activate()
        yield pair.hk
