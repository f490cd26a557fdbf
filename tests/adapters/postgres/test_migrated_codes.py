"""A database with health codes of nobody's registration goes on with them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tongguan.adapters.postgres.clock import Clock
from tongguan.adapters.postgres.connections import Database
from tongguan.adapters.postgres.migrate import bundled_migrations, migrate
from tongguan.adapters.postgres.sealed import Seals
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import PersonKey
from tongguan.core.sealing import SealingKey

BEFORE = 11
"""The last migration under which a code was of no registration."""
NOW = datetime(2021, 12, 13, 2, tzinfo=UTC)
LIVE, REVOKED = UUID(int=1), UUID(int=2)
SOMEBODY = PersonKey(b"somebody")
SEALS = Seals(key=SealingKey(key=bytes(32)))


@pytest.fixture
def old_url(cluster):
    """A database as it was, in which one person has a live code and a revoked one."""
    cluster.drop_database("codes_before")
    cluster.ensure_database("codes_before")
    url = cluster.url("codes_before")
    migrate(url, bundled_migrations()[:BEFORE])
    with psycopg.connect(url) as connection:
        for index, (code, revoked_at) in enumerate(((LIVE, None), (REVOKED, NOW))):
            sealed = SEALS.seal(["amber", "symptoms"], "health_code.colour_sealed", str(code))
            connection.execute(
                "INSERT INTO tongguan.health_code (id, request_hash, person_index,"
                " declared_sealed, colour_sealed, rule_version, issued_at, valid_until,"
                " status_index, revoked_at, delete_after) VALUES"
                " (%s, 'hash', %s, '', %s, 'old', %s, %s, %s, %s, '2022-01-31')",
                (code, SOMEBODY, sealed, NOW, NOW + timedelta(hours=9), index, revoked_at),
            )
    yield url
    cluster.drop_database("codes_before")


def test_codes_from_before__are_live_and_can_be_revoked(old_url):
    migrate(old_url, bundled_migrations())
    with Database(old_url, durability_required=False, seals=SEALS) as database:
        clock = Clock(database)
        clock.create_clock(demonstration=True)
        clock.set_domain_time(NOW)
        with database.transaction() as transaction:
            store = transaction.health_codes
            (live,) = store.live(SOMEBODY)
            assert (live.id, live.registration) == (LIVE.bytes, None)
            assert (live.colour, live.reasons) == (Colour.AMBER, ("symptoms",))
            assert store.get(LIVE.bytes) == (live, b"hash")
            assert store.revoke(LIVE.bytes, NOW)
            assert sorted(store.revoked_indexes(unexpired_at=NOW)) == [0, 1]
            assert transaction.registrations.open_of(SOMEBODY) is None
            assert transaction.evidence.of_person(SOMEBODY) == ()
