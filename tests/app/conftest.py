"""Fixtures of the use cases: two authorities over a real PostgreSQL.

What every test begins with is made once for each worker, and each test has a copy of it: of both
databases and both directories.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.authorities import Pair
from tests.builders.pair_images import PairImage, copied_pair, make_image
from tongguan.adapters.cluster import Cluster


@pytest.fixture(scope="session")
def opened_image(
    cluster: Cluster, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> PairImage:
    """Hong Kong and Guangdong before any version was signed, for copies only."""
    directory = tmp_path_factory.mktemp("opened")
    return make_image(cluster, migrated_template, "opened", directory)


@pytest.fixture(scope="session")
def active_image(
    cluster: Cluster, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> PairImage:
    """Both with the assumed pilot active, for copies only."""
    directory = tmp_path_factory.mktemp("active")
    return make_image(cluster, migrated_template, "active", directory, Pair.activate)


@pytest.fixture
def pair(cluster: Cluster, opened_image: PairImage, tmp_path: Path) -> Iterator[Pair]:
    """Hong Kong and Guangdong before any version was signed."""
    with copied_pair(cluster, opened_image, tmp_path) as opened:
        yield opened


@pytest.fixture
def active(cluster: Cluster, active_image: PairImage, tmp_path: Path) -> Iterator[Pair]:
    """Both authorities with the assumed pilot active, on 13 December 2021, 09:00."""
    with copied_pair(cluster, active_image, tmp_path) as opened:
        yield opened
