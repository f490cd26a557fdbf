"""Fixtures of the use cases: two authorities over a real PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.builders.authorities import Pair, opened_pair


@pytest.fixture
def pair(new_database_url: Callable[[], str], tmp_path: Path) -> Iterator[Pair]:
    """Hong Kong and Guangdong before any version was signed."""
    with opened_pair(new_database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def active(pair: Pair) -> Pair:
    """Both authorities with the assumed pilot active, on 13 December 2021, 09:00."""
    pair.activate()
    return pair
