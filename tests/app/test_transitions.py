"""When the text changes: who keeps what, who is told, once and whole, on real databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair, granted, person
from tests.builders.changes import (
    HONOUR,
    MOVE,
    REVOKE,
    assumed,
    digest,
    limit_of,
    next_text,
    rule,
    take_place,
)
from tests.builders.travel import BACK, DAY, at, leg
from tongguan.app.journeys import JourneyRequest, book_journey, journeys_of
from tongguan.app.ledger_port import Journey, JourneyState, PlacesRefused, PlacesTaken
from tongguan.app.notices import notices_of
from tongguan.app.passes import show_passes
from tongguan.app.transitions import apply_what_holds, preview_transition
from tongguan.core.change.plan import Fate, WindowFate
from tongguan.core.identifiers import ApplicationId, JourneyId

OUT, HOME = "HK-GD", "GD-HK"


def book(
    pair: Pair, number: int, *, day: date = DAY, back: date | None = None, slot: str = "morning"
) -> Journey:
    """A journey of one person; the way back is two days later where nothing is said."""
    answer = granted(pair.hk, person(number))
    taken = ask(pair, answer.application.id, day=day, back=back, slot=slot)
    assert isinstance(taken, PlacesTaken), taken
    return taken.journey


def ask(
    pair: Pair,
    application: ApplicationId,
    *,
    day: date = DAY,
    back: date | None = None,
    slot: str = "morning",
) -> Any:
    back = back or day + timedelta(days=2)
    return book_journey(
        pair.hk,
        JourneyRequest(
            id=JourneyId(str(uuid4())),
            application=application,
            legs=(leg(OUT, day, slot), leg(HOME, back, slot)),
        ),
    )


def now(pair: Pair, journey: Journey) -> Journey:
    """The journey as it stands; the ledger's own records agree besides."""
    with pair.hk.database.transaction() as transaction:
        assert transaction.ledger.windows_exceeded() == ()
    found = {each.id: each for each in journeys_of(pair.hk, journey.application)}
    return found[journey.id]


def days(journey: Journey) -> tuple[date, ...]:
    return tuple(each.day for each in journey.places)


def told(pair: Pair, journey: Journey) -> list[str]:
    return [each.code.value for each in notices_of(pair.hk, journey.application)]


def counts(pair: Pair, quota: str = "all-day") -> dict[tuple[date, str], tuple[int, int, int]]:
    """Taken, capacity and honoured of the quota's windows by day and direction."""
    with pair.hk.database.transaction() as transaction:
        held = transaction.ledger.held_windows(assumed().scheme, date(2021, 1, 4))
    return {
        (each.count.window.starts, dict(each.count.window.dimensions)["direction"]): (
            each.count.taken,
            each.count.capacity,
            each.count.honoured,
        )
        for each in held
        if each.count.window.quota == quota
    }


def state_of(pair: Pair) -> list[tuple[Any, ...]]:
    """Everything that a transition may write, to see whether anything changed."""
    tables = ("journey", "place", "quota_window", "pass", "notice", "transition")
    with pair.hk.database.transaction() as transaction:
        return [
            row
            for table in (*tables, "application", "scheme_version", "scheme_act", "audit_entry")
            for row in transaction.connection.execute(  # type: ignore[attr-defined]
                f"SELECT '{table}', t::text FROM tongguan.{table} AS t ORDER BY 2"  # noqa: S608
            ).fetchall()
        ]


def test_raise__in_the_rush__opens_the_places_at_once(active: Pair) -> None:
    first = next_text(limit_of("all-day", 2))
    take_place(active, first)
    kept = [book(active, number) for number in (1, 2)]
    late = granted(active.hk, person(3))
    assert isinstance(ask(active, late.application.id), PlacesRefused)

    report = take_place(active, next_text(limit_of("all-day", 3), after=first))

    assert report is not None
    assert report.journeys == {Fate.KEPT: 2}
    assert report.windows["all-day"] == {WindowFate.RAISED: 2}
    assert report.told == ()
    assert isinstance(ask(active, late.application.id), PlacesTaken)
    assert counts(active)[DAY, OUT] == (3, 3, 0)
    for journey in kept:
        assert now(active, journey).places == journey.places
        assert told(active, journey) == []


def test_cut__with_honour__keeps_everyone_and_sells_no_more(active: Pair) -> None:
    journeys = [book(active, number) for number in (1, 2, 3)]
    report = take_place(active, next_text(limit_of("all-day", 2), holders=rule(HONOUR)))

    assert report is not None
    assert report.journeys == {Fate.KEPT: 2, Fate.HONOURED: 1}
    assert [told(active, each) for each in journeys] == [[], [], ["place_honoured"]]
    assert counts(active)[DAY, OUT] == (3, 2, 1)
    for journey in journeys:
        assert now(active, journey) == journey
        assert len(show_passes(active.hk, journey.id)) == 2
    late = granted(active.hk, person(4))
    assert isinstance(ask(active, late.application.id), PlacesRefused)


def test_cut__with_move__moves_the_last_booked_to_the_nearest_day(active: Pair) -> None:
    journeys = [book(active, number) for number in (1, 2, 3)]
    old = show_passes(active.hk, journeys[2].id)
    report = take_place(active, next_text(limit_of("all-day", 2), holders=rule(MOVE, REVOKE)))

    assert report is not None
    assert report.journeys == {Fate.KEPT: 2, Fate.MOVED: 1}
    moved = now(active, journeys[2])
    assert days(moved) == (DAY + timedelta(days=1), BACK + timedelta(days=1))
    assert [now(active, each) for each in journeys[:2]] == journeys[:2]
    (notice,) = notices_of(active.hk, moved.application)
    assert notice.code == "journey_moved"
    assert notice.facts == {"moves": "2021-12-14 → 2021-12-15, 2021-12-16 → 2021-12-17"}
    assert counts(active)[DAY, OUT] == (2, 2, 0)
    assert counts(active)[DAY + timedelta(days=1), OUT] == (1, 2, 0)

    new = show_passes(active.hk, moved.id)
    assert {each.claims.service_day for each in new} == set(days(moved))
    assert not {each.record.id for each in new} & {each.record.id for each in old}
    with active.hk.database.transaction() as transaction:
        revoked = transaction.passes.revoked_indexes(unexpired_at=transaction.now)
    assert set(revoked) == {each.record.status_index for each in old}


def test_cut__with_move__leaves_the_way_home_where_it_can(active: Pair) -> None:
    journeys = [book(active, 1), book(active, 2, back=DAY + timedelta(days=5))]
    take_place(active, next_text(limit_of("all-day", 1), holders=rule(MOVE, HONOUR)))
    assert days(now(active, journeys[1])) == (DAY + timedelta(days=1), DAY + timedelta(days=5))


def test_cut__with_revoke__cancels_the_last_booked_and_keeps_the_grant(active: Pair) -> None:
    journeys = [book(active, number) for number in (1, 2, 3)]
    report = take_place(active, next_text(limit_of("all-day", 2), holders=rule(REVOKE)))

    assert report is not None
    assert report.journeys == {Fate.KEPT: 2, Fate.REVOKED: 1}
    lost = now(active, journeys[2])
    assert lost.state is JourneyState.CANCELLED
    assert show_passes(active.hk, lost.id) == ()
    assert told(active, lost) == ["journey_revoked"]
    assert counts(active)[DAY, OUT] == (2, 2, 0)
    again = ask(active, lost.application, day=DAY + timedelta(days=1))
    assert isinstance(again, PlacesTaken), "the application is still granted"


def test_move__without_room_in_time__falls_to_the_next_remedy(active: Pair) -> None:
    journeys = [book(active, number) for number in (1, 2)]
    for day in (1, 2):
        book(active, 10 + day, day=DAY + timedelta(days=day))
    take_place(active, next_text(limit_of("all-day", 1), holders=rule(MOVE, REVOKE, days=2)))
    assert now(active, journeys[0]) == journeys[0]
    assert now(active, journeys[1]).state is JourneyState.CANCELLED


def test_unchanged_text__touches__nobody(active: Pair) -> None:
    """Places that were honoured before are not asked for again by a text that cuts nothing."""
    journeys = [book(active, number) for number in (1, 2, 3)]
    cut = next_text(limit_of("all-day", 2), holders=rule(HONOUR))
    take_place(active, cut)
    report = take_place(active, next_text(after=cut, holders=rule(REVOKE)))

    assert report is not None
    assert report.journeys == {Fate.KEPT: 3}
    assert report.windows == {}
    assert report.told == ()
    assert counts(active)[DAY, OUT] == (3, 2, 1)
    assert [now(active, each) for each in journeys] == journeys


def test_someone_gone_out__keeps_the_way_home__whatever_the_cut(active: Pair) -> None:
    gone = book(active, 1)
    stays = [book(active, number, day=DAY + timedelta(days=1), back=BACK) for number in (2, 3)]
    active.set_time(at(DAY, 11))
    report = take_place(active, next_text(limit_of("all-day", 1), holders=rule(REVOKE)))

    assert report is not None
    assert now(active, gone) == gone
    assert len(show_passes(active.hk, gone.id)) == 2
    assert [now(active, each).state for each in stays] == [JourneyState.CANCELLED] * 2
    assert counts(active)[BACK, HOME] == (1, 1, 0)


def test_someone_across__is_honoured__where_the_way_home_is_beyond_the_limit(active: Pair) -> None:
    gone = [book(active, number) for number in (1, 2)]
    active.set_time(at(DAY, 11))
    take_place(active, next_text(limit_of("all-day", 1), holders=rule(REVOKE)))
    assert [now(active, each) for each in gone] == gone
    assert counts(active)[BACK, HOME] == (2, 1, 1)
    assert [told(active, each) for each in gone] == [[], ["way_home_honoured"]]


def test_transition__again__does_nothing(active: Pair) -> None:
    book(active, 1)
    take_place(active, next_text(limit_of("all-day", 2)))
    before = state_of(active)
    assert apply_what_holds(active.hk) is None
    assert apply_what_holds(active.gd) is None
    assert state_of(active) == before


def test_preview__changes__nothing_and_says_whom_it_touches(active: Pair) -> None:
    journeys = [book(active, number) for number in (1, 2, 3)]
    text = next_text(limit_of("all-day", 2), holders=rule(MOVE, HONOUR))
    before = state_of(active)

    report = preview_transition(active.hk, text, digest(text), text.phases[0])

    assert state_of(active) == before
    assert report.journeys == {Fate.KEPT: 2, Fate.MOVED: 1}
    assert report.places == {Fate.KEPT: 4, Fate.MOVED: 2}
    assert report.windows["all-day"] == {WindowFate.CUT: 2}
    assert report.notices == {"journey_moved": 1}
    assert len(report.told) == 1
    assert [now(active, each) for each in journeys] == journeys
    done = take_place(active, text)
    assert done is not None
    assert replace(done, at=report.at) == report


def test_booking__under_a_text_not_applied__applies_it_first(
    active: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    journeys = [book(active, number) for number in (1, 2)]
    with monkeypatch.context() as patch:
        patch.setattr("tongguan.app.acts.apply_what_holds", lambda _: None)
        take_place(active, next_text(limit_of("all-day", 1), holders=rule(REVOKE)))
    assert now(active, journeys[1]).state is JourneyState.BOOKED

    late = granted(active.hk, person(3))
    refused = ask(active, late.application.id)

    assert isinstance(refused, PlacesRefused)
    assert now(active, journeys[1]).state is JourneyState.CANCELLED
