"""Health codes as kept: which are live, and their revocation."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from tests.builders.evidence_stores import DAY, NOW, SOMEBODY, uuid_of
from tongguan.app.health.code_store import HealthCodeRecord
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import PersonKey, RegistrationId

CODE = HealthCodeRecord(
    id=UUID(int=500).bytes,
    registration=RegistrationId(uuid_of(1)),
    person=SOMEBODY,
    colour=Colour.AMBER,
    reasons=("close_contact",),
    rule_version="test",
    issued_at=NOW,
    valid_until=NOW + timedelta(hours=10),
    status_index=0,
    revoked_at=None,
)
OVER = replace(CODE, id=UUID(int=501).bytes, valid_until=NOW - timedelta(hours=1), status_index=1)
LONG_OVER = replace(
    CODE, id=UUID(int=503).bytes, valid_until=NOW - timedelta(days=2), status_index=3
)
OTHER = replace(
    CODE, id=UUID(int=502).bytes, person=PersonKey(b"other"), registration=None, status_index=2
)


def test_code__live__those_neither_revoked_nor_over(sealing):
    with sealing.transaction() as transaction:
        store = transaction.health_codes
        for each in (CODE, OVER, OTHER):
            assert store.add(each, b"hash", {}, DAY)
        assert store.get(OTHER.id) == (OTHER, b"hash")
        assert store.get(UUID(int=9).bytes) is None
        assert store.live(SOMEBODY) == (CODE,)
        assert store.live(OTHER.person) == (OTHER,)


def test_code__revoke__once_while_a_gate_may_accept_it(sealing):
    with sealing.transaction() as transaction:
        store = transaction.health_codes
        for each in (CODE, OVER, LONG_OVER, OTHER):
            store.add(each, b"hash", {}, DAY)
        # A code of yesterday evening counts through the night where the scheme says so.
        assert store.acceptable(SOMEBODY) == (CODE, OVER)
        assert store.revoke(CODE.id, NOW)
        assert not store.revoke(CODE.id, NOW)
        assert store.revoke(OVER.id, NOW)
        assert not store.revoke(LONG_OVER.id, NOW)
        assert store.live(SOMEBODY) == store.acceptable(SOMEBODY) == ()
        assert store.revoked_indexes(unexpired_at=NOW) == (CODE.status_index,)
        assert transaction.retention.delete_before(date.max)["health_code"] == 4
