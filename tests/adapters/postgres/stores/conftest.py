"""A database that can seal, with its clock."""

from collections.abc import Iterator

import pytest

from tests.builders.evidence_stores import NOW
from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import Database
from tongguan.adapters.postgres.sealed import Seals
from tongguan.core.sealing import SealingKey


@pytest.fixture
def sealing(database_url: str) -> Iterator[Database]:
    """A fresh database at ``NOW``; who waits for a lock hears so at once."""
    with Database(
        database_url,
        connections_max=4,
        lock_seconds_max=0.2,
        durability_required=False,
        seals=Seals(key=SealingKey(key=bytes(32))),
    ) as opened:
        clock = Clock(opened)
        clock.create_clock(demonstration=True)
        clock.set_domain_time(NOW)
        yield opened
