"""What holders were told: newest first, their own alone, gone with their application."""

from datetime import timedelta

import pytest

from tests.builders.authorities import Pair, person
from tests.builders.travel import BACK, at, booked
from tongguan.app.notices import add_notice, notices_of
from tongguan.app.retention import delete_expired
from tongguan.core.identifiers import ApplicationId
from tongguan.core.notices import NoticeCode


def test_notices__are_read__newest_first_and_of_one_application(active: Pair) -> None:
    journey, mine, _ = booked(active, person(1))
    _, other, _ = booked(active, person(2))
    with active.hk.database.transaction() as transaction:
        add_notice(transaction, mine, NoticeCode.PLACE_HONOURED, facts={"days": "2021-12-14"})
        add_notice(transaction, mine, NoticeCode.JOURNEY_REVOKED, journey=journey)
        add_notice(transaction, other, NoticeCode.GRANT_LAPSED)

    told = notices_of(active.hk, mine)

    assert [each.code for each in told] == ["journey_revoked", "place_honoured"]
    assert told[0].journey == journey
    assert told[1].facts == {"days": "2021-12-14"}
    assert [each.code for each in notices_of(active.hk, other)] == ["grant_lapsed"]


def _tell_and_fail(pair: Pair, application: ApplicationId) -> None:
    with pair.hk.database.transaction() as transaction:
        add_notice(transaction, application, NoticeCode.GRANT_LAPSED)
        raise RuntimeError("the change failed")


def test_notices__are_kept__only_with_what_they_tell_of(active: Pair) -> None:
    _, mine, _ = booked(active, person(1))
    with pytest.raises(RuntimeError, match="failed"):
        _tell_and_fail(active, mine)

    assert notices_of(active.hk, mine) == ()


def test_notices__go__with_their_application(active: Pair) -> None:
    _, mine, _ = booked(active, person(1))
    with active.hk.database.transaction() as transaction:
        add_notice(transaction, mine, NoticeCode.GRANT_LAPSED)

    active.set_time(at(BACK + timedelta(days=32), 12))
    delete_expired(active.hk)

    assert notices_of(active.hk, mine) == ()
