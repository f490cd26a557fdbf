"""What stands behind signed evidence, asked once more at the door."""

from datetime import timedelta

import pytest

from tests.builders.authorities import START, Pair, person
from tests.builders.evidence import by_officers, source_signing_key
from tongguan.app.evidence.entry import NotByTheDoorError, enter
from tongguan.app.evidence.sources import SourceToEnrol, causers_of, enrol_source
from tongguan.core.evidence.records import EvidenceKind, Route
from tongguan.core.evidence.sources import SourceKind
from tongguan.core.health.grounds import HealthReason

DAY = timedelta(days=1)


@pytest.mark.parametrize(("days", "is_taken"), [(0, False), (1, True), (2, True), (3, False)])
def test_door__takes_from_a_source__what_its_key_covers_now(
    active: Pair, days: int, is_taken: bool
) -> None:
    hk = active.hk
    public = source_signing_key("lab").public.public
    to_enrol = SourceToEnrol(
        id="lab",
        kind=SourceKind.LABORATORY,
        name="Laboratory",
        public=public,
        not_before=START + DAY,
        not_after=START + 3 * DAY,
    )
    source = enrol_source(hk, to_enrol, by="console")
    active.set_time(START + days * DAY + timedelta(minutes=1))
    said = by_officers(
        route=Route.LABORATORY,
        kind=EvidenceKind.TEST_RESULT,
        ground=HealthReason.CONFIRMED,
        person=hk.index.person(person().document),
        source=source.id,
        causers=causers_of(source),
        batch="digest",
    )
    with hk.database.transaction() as transaction:
        if is_taken:
            assert enter(hk, transaction, said, request_hash=b"hash").is_new
        else:
            with pytest.raises(NotByTheDoorError, match="not_vouched"):
                enter(hk, transaction, said, request_hash=b"hash")
