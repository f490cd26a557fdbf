"""Passes are shown to who booked, every showing recorded, in lists that never run out."""

from datetime import timedelta

from tests.builders.authorities import START, Pair, person
from tests.builders.travel import booked, pass_of
from tongguan.app.journeys import cancel_journey
from tongguan.app.passes import show_passes
from tongguan.app.stores import AuditEntry
from tongguan.core.credentials.status_list import CAPACITY
from tongguan.core.passes.code import read_pass
from tongguan.core.scheme.model import Leg


def showings(pair: Pair) -> list[AuditEntry]:
    with pair.hk.database.transaction() as transaction:
        return [each for each in transaction.audit.latest(limit=100) if each.action == "pass.show"]


def test_passes__show__is_recorded_each_time_with_the_journey_alone(active: Pair) -> None:
    journey, _, _ = booked(active, person())
    before = showings(active)
    assert len(before) == 1
    show_passes(active.hk, journey)
    entry = showings(active)[0]
    assert len(showings(active)) == 2
    assert (entry.actor, entry.subject, entry.outcome) == ("traveller", journey, "shown")
    assert "CHAN" not in repr(entry)


def test_passes__show__nothing_and_record_nothing_for_a_cancelled_journey(active: Pair) -> None:
    journey, application, _ = booked(active, person())
    cancel_journey(active.hk, journey, application)
    before = showings(active)
    assert show_passes(active.hk, journey) == ()
    assert showings(active) == before


def test_pass__show_again__is_the_same_pass_signed_now(active: Pair) -> None:
    journey, _, first = booked(active, person())
    active.set_time(START + timedelta(hours=1))
    again = show_passes(active.hk, journey)
    assert [each.record for each in again] == [each.record for each in first]
    assert {each.claims.issued_at for each in again} == {START + timedelta(hours=1)}


def test_pass__issued_past_any_number__fits_its_code_and_can_be_read(active: Pair) -> None:
    """The longest name beside an index that a thousand lists would not hold."""
    with active.hk.database.transaction() as transaction:
        transaction.connection.execute(  # type: ignore[attr-defined]
            f"SELECT setval('tongguan.pass_status_index', {2000 * CAPACITY - 2})"
        )
    name = "歐陽" * 40
    _, _, passes = booked(active, person(name=name))
    places = [(each.claims.status_list, each.claims.status_index) for each in passes]
    assert places == [("pass-1999", CAPACITY - 1), ("pass-2000", 0)]
    shown = pass_of(passes, Leg.OUT)
    read = read_pass(shown.text, active.hk.keys.key_set())
    assert read == shown.claims
