"""The place home of who never set out is given back; of who may have set out, never."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import rfc8785

from tests.app.test_journeys import left, wish
from tests.app.test_journeys_in_groups import entries
from tests.builders.authorities import START, Pair, person
from tests.builders.travel import BACK, DAY, at, booked, gate, pass_of, presented
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.gates import CrossingRequest, cross
from tongguan.app.journeys import book_journey, cancel_journey, journeys_of
from tongguan.app.ledger_port import PlacesTaken
from tongguan.app.no_shows import release_no_shows
from tongguan.app.notices import notices_of
from tongguan.app.passes import show_passes
from tongguan.app.retention import delete_expired
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import ApplicationId, JourneyId, VersionId
from tongguan.core.notices import NoticeCode
from tongguan.core.people import Person
from tongguan.core.scheme.model import Leg

SLOT_OVER = at(DAY, 13)
WAITED = SLOT_OVER + timedelta(hours=24)

Party = tuple[JourneyId, ApplicationId, dict[int, Person]]


def party(pair: Pair, *numbers: int) -> tuple[Party, dict[int, object]]:
    people = [person(number) for number in numbers]
    journey, application, passes = booked(pair, *people)
    out = {each.record.person_number: each for each in passes if each.record.leg is Leg.OUT}
    return (journey, application, dict(enumerate(people))), dict(out)


def go_out(pair: Pair, found: Party, passes: dict[int, object], *numbers: int) -> None:
    """These of a party cross at a gate of Hong Kong, which keeps their places."""
    lane = gate(pair.hk)
    pair.sync()
    for number in numbers:
        who = found[2][number]
        request = presented(pair, who, passes[number])  # type: ignore[arg-type]
        pair.sync()
        answer = cross(pair.hk, lane, CrossingRequest(id=str(uuid4()), request=request))
        assert answer.record.decision.outcome is Outcome.ADMIT, answer.record.decision


def legs_of(pair: Pair, found: Party) -> list[tuple[int, Leg]]:
    (journey,) = journeys_of(pair.hk, found[1])
    return sorted((each.person_number, each.leg) for each in journey.places)


@pytest.fixture
def half_gone(active: Pair) -> tuple[Pair, Party, Party]:
    """A party of two of whom one crosses, and a traveller alone who crosses."""
    two, passes = party(active, 1, 2)
    alone, own = party(active, 3)
    active.set_time(at(DAY, 10, 30))
    go_out(active, two, passes, 0)
    go_out(active, alone, own, 0)
    return active, two, alone


def test_no_show__loses_the_place_home__and_is_told(
    half_gone: tuple[Pair, Party, Party],
) -> None:
    pair, two, alone = half_gone
    before = left(pair, "GD-HK", BACK)
    pair.set_time(WAITED)
    assert release_no_shows(pair.hk) == 1
    assert release_no_shows(pair.hk) == 0
    assert legs_of(pair, two) == [(0, Leg.HOME), (0, Leg.OUT), (1, Leg.OUT)]
    assert legs_of(pair, alone) == [(0, Leg.HOME), (0, Leg.OUT)]
    assert left(pair, "GD-HK", BACK) == before + 1
    (notice,) = notices_of(pair.hk, two[1])
    assert notice.code is NoticeCode.PLACE_HOME_GIVEN_BACK
    assert notice.facts == {"days": BACK.isoformat(), "persons": "1"}
    assert notices_of(pair.hk, alone[1]) == ()
    found = [each for each in entries(pair.hk, two[0]) if each.action == "journey.release"]
    assert [(each.actor, each.outcome) for each in found] == [("authority HK", "no_show")]


def test_no_show__has_no_pass_home__and_the_others_keep_theirs(
    half_gone: tuple[Pair, Party, Party],
) -> None:
    pair, two, _ = half_gone
    pair.set_time(WAITED)
    release_no_shows(pair.hk)
    homeward = [each for each in show_passes(pair.hk, two[0]) if each.record.leg is Leg.HOME]
    assert [each.record.person_number for each in homeward] == [0]
    with pair.hk.database.transaction() as transaction:
        kept = transaction.passes.of_journey(two[0])
    revoked = [each for each in kept if each.revoked_at is not None]
    assert [(each.person_number, each.leg) for each in revoked] == [(1, Leg.HOME)]
    assert pass_of(list(homeward), Leg.HOME).place.day == BACK


def test_no_show__may_book_again__at_once(half_gone: tuple[Pair, Party, Party]) -> None:
    """The next week: in this one the person has used up the way out."""
    pair, _, _ = half_gone
    pair.set_time(WAITED)
    week_after = DAY + timedelta(days=7)
    request = wish(pair, 2, out=week_after, home=week_after)
    assert not isinstance(book_journey(pair.hk, request), PlacesTaken)
    release_no_shows(pair.hk)
    assert isinstance(book_journey(pair.hk, request), PlacesTaken)


def test_no_show__is_nobody__before_the_hours_are_over(
    half_gone: tuple[Pair, Party, Party],
) -> None:
    pair, two, _ = half_gone
    pair.set_time(WAITED - timedelta(minutes=1))
    assert release_no_shows(pair.hk) == 0
    assert len(legs_of(pair, two)) == 4


def test_no_show__is_nobody__where_gates_have_told_of_too_few(active: Pair) -> None:
    """Whoever crosses at the other side's gates is not known here: nobody is left stranded."""
    three, passes = party(active, 1, 2, 3)
    active.set_time(at(DAY, 10, 30))
    go_out(active, three, passes, 0)
    active.set_time(WAITED)
    assert release_no_shows(active.hk) == 0
    assert len(legs_of(active, three)) == 6
    assert notices_of(active.hk, three[1]) == ()


def test_no_show__is_nobody__who_has_cancelled(half_gone: tuple[Pair, Party, Party]) -> None:
    pair, _, _ = half_gone
    pair.set_time(at(DAY, 7))
    journey, application, _ = booked(pair, person(9))
    cancel_journey(pair.hk, journey, application)
    pair.set_time(WAITED)
    assert release_no_shows(pair.hk) == 1
    assert notices_of(pair.hk, application) == ()


def with_a_slot_over_midnight(*, retention_days: int) -> bytes:
    """The assumed pilot, whose morning slot out is from 22:00 to 02:00."""
    text = json.loads(load_bundled(VersionId("hk-gd-2021-assumed")).canonical)
    text["data"]["retention_days"] = retention_days
    phase = text["phases"][0]
    for point in phase["entry"]["control_points"]:
        point |= {"opens": "00:00", "closes": "00:00"}
    way_out = next(each for each in phase["directions"] if each["leg"] == "out")
    way_out["slots"][0] |= {"starts": "22:00", "ends": "02:00"}
    return rfc8785.dumps(text)


@pytest.mark.parametrize(("retention_days", "released"), [(1, 0), (2, 1)])
def test_no_show__is_nobody__once_a_crossing_of_the_slot_may_be_deleted(
    pair: Pair, retention_days: int, released: int
) -> None:
    """One crossed before midnight and two after it; the day after, only these are on record."""
    pair.set_time(START - timedelta(minutes=1))
    pair.activate_text(with_a_slot_over_midnight(retention_days=retention_days))
    pair.set_time(START)
    before, after, never = (party(pair, *numbers) for numbers in ((1,), (2, 3), (4,)))
    pair.set_time(at(DAY, 23))
    go_out(pair, *before, 0)
    pair.set_time(at(BACK, 0, 30) - timedelta(days=1))
    go_out(pair, *after, 0, 1)
    pair.set_time(at(BACK, 2))
    assert delete_expired(pair.hk)["crossing"] == (1 if retention_days == 1 else 0)
    assert release_no_shows(pair.hk) == released
    assert len(legs_of(pair, before[0])) == 2
    assert len(legs_of(pair, never[0])) == 2 - released
