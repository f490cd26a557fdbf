"""17 January 2022: at 23:22 one port is closed from midnight, 38 minutes later.

On that evening travellers who came to Hong Kong over the Hong Kong–Zhuhai–Macao Bridge lost their
exempt lane from 18 January 00:00. Nobody was refused entry: residents went to the ordinary lane.
"""

import threading
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest

from tests.builders.authorities import Pair, granted, person
from tests.builders.schemes import control_point, slot
from tests.builders.travel import at, presented
from tongguan.adapters.scheme_files import load_bundled
from tongguan.app.acts import (
    SuspensionOrder,
    activate_phase,
    resume_phase,
    sign_version,
    suspend_phase,
)
from tongguan.app.gates import decide_at_gate, enrol_gate, gate_bundle
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.app.notices import notices_of
from tongguan.app.passes import ShownPass, show_passes
from tongguan.app.schemes import adopt_version, holding_now
from tongguan.app.stores import Gate
from tongguan.app.suspensions import SuspensionRecord, Touch, suspension_record, tell_of_suspensions
from tongguan.core.booking.rules import LegWanted
from tongguan.core.decisions import Decision, Outcome
from tongguan.core.gate.bundle import knowledge_of
from tongguan.core.gate.decide import decide
from tongguan.core.gate.knowledge import GateKnowledge
from tongguan.core.identifiers import (
    ApplicationId,
    ControlPointId,
    DirectionId,
    JourneyId,
    PhaseId,
    SlotId,
    VersionDigest,
    VersionId,
)
from tongguan.core.people import Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.canonical import canonical_text
from tongguan.core.scheme.model import Basis, Booking, Credentials, DateInterval, Leg, Version
from tongguan.core.scheme.state import PhaseState
from tongguan.core.texts import Text

PILOT = PhaseId("pilot")
IN, BACK = DirectionId("GD-HK"), DirectionId("HK-GD")
HZB, SZB = ControlPointId("HZB"), ControlPointId("SZB")
MONDAY, TUESDAY = date(2022, 1, 17), date(2022, 1, 18)
ANNOUNCED, EFFECTIVE = at(MONDAY, 23, 22), at(TUESDAY, 0)
WHY = Text(zh_hant="珠海出現個案", zh_hans="珠海出现病例", en="Cases in Zhuhai")
ORDER = SuspensionOrder(why=WHY, control_points=(HZB,), directions=(IN,), effective_at=EFFECTIVE)


def two_ports() -> Version:
    """Into Hong Kong by two ports, round the clock, under an order known within the hour."""
    bundled = load_bundled(VersionId("hk-gd-2021-assumed")).version
    pilot = bundled.phases[0]
    assert pilot.entry is not None
    assert pilot.return_ is not None
    slots = (
        slot("morning", "10:00", "13:00"),
        slot("evening", "17:00", "21:00"),
        slot("night", "22:00", "02:00"),
    )
    cited = Basis(claims=pilot.basis.claims)
    points = tuple(
        replace(control_point(each, opens=None, closes=None), basis=cited) for each in (SZB, HZB)
    )
    phase = replace(
        pilot,
        not_before=DateInterval(first=date(2022, 1, 15), last=date(2022, 1, 15)),
        entry=replace(pilot.entry, control_points=points, divisions=("440300", "440400")),
        directions=tuple(
            replace(
                each,
                slots=slots,
                leg=Leg.OUT if each.id == IN else Leg.HOME,
                booking=each.booking and never_given_back(each.booking),
            )
            for each in pilot.directions
        ),
        quotas=tuple(each for each in pilot.quotas if each.id in ("all-day", "port-day")),
        return_=replace(pilot.return_, place_required=False),
        credentials=Credentials(status_list_age_minutes_max=60, basis=cited),
    )
    return replace(bundled, phases=(phase, *bundled.phases[1:]))


def never_given_back(booking: Booking) -> Booking:
    """What the text says of who never came on its own way out fits neither of these ways."""
    assumed = {name: why for name, why in booking.basis.assumed.items() if name != "no_show_hours"}
    return replace(booking, no_show_hours=None, basis=replace(booking.basis, assumed=assumed))


@pytest.fixture
def january(pair: Pair) -> Pair:
    """The two-port text active since 15 January, seen on the 16th at 09:00."""
    pair.set_time(at(date(2022, 1, 15), 9))
    canonical = canonical_text(two_ports())
    for authority in (pair.hk, pair.gd):
        sign_version(authority, adopt_version(authority, canonical))
    pair.sync()
    pair.set_time(at(date(2022, 1, 15), 9, 1))
    activation = activate_phase(pair.hk, adopt_version(pair.hk, canonical), PILOT)
    assert activation.act is not None, activation.obstacles
    pair.sync()
    pair.set_time(at(date(2022, 1, 16), 9))
    return pair


@dataclass(frozen=True, kw_only=True)
class Traveller:
    who: Person
    application: ApplicationId
    journey: JourneyId
    shown: ShownPass


def wanted(way: DirectionId, day: date, slot_id: str, point: ControlPointId) -> LegWanted:
    return LegWanted(direction=way, day=day, slot=SlotId(slot_id), control_point=point)


def traveller(pair: Pair, number: int, leg: LegWanted) -> Traveller:
    who = person(number)
    answer = granted(pair.hk, who)
    request = JourneyRequest(
        id=JourneyId(str(uuid4())), application=answer.application.id, legs=(leg,)
    )
    taken = book_journey(pair.hk, request)
    assert isinstance(taken, PlacesTaken), taken
    return Traveller(
        who=who,
        application=answer.application.id,
        journey=request.id,
        shown=show_passes(pair.hk, request.id)[0],
    )


def gate_at(pair: Pair, point: ControlPointId, *, of: str = "hk") -> Gate:
    authority = pair.hk if of == "hk" else pair.gd
    return enrol_gate(authority, name="Lane 1", control_point=point, token=uuid4().hex).gate


def step_up(pair: Pair, gate: Gate, who: Traveller, *, of: str = "hk") -> Decision:
    authority = pair.hk if of == "hk" else pair.gd
    return decide_at_gate(authority, gate, presented(pair, who.who, who.shown))


def suspend(pair: Pair, order: SuspensionOrder = ORDER) -> VersionDigest:
    holding = holding_now(pair.hk)
    assert holding is not None
    pair.set_time(ANNOUNCED)
    suspend_phase(pair.hk, holding.digest, PILOT, order)
    return holding.digest


def test_suspension__stops__one_port_from_midnight_and_nobody_else(january: Pair) -> None:
    stopped = traveller(january, 1, wanted(IN, TUESDAY, "morning", HZB))
    elsewhere = traveller(january, 2, wanted(IN, TUESDAY, "morning", SZB))
    homeward = traveller(january, 3, wanted(BACK, TUESDAY, "morning", HZB))
    in_time = traveller(january, 4, wanted(IN, MONDAY, "night", HZB))
    too_late = traveller(january, 5, wanted(IN, MONDAY, "night", HZB))
    bridge, bay = gate_at(january, HZB), gate_at(january, SZB)
    suspend(january)
    january.sync()

    january.set_time(at(MONDAY, 23, 50))
    assert step_up(january, bridge, in_time).outcome is Outcome.ADMIT
    january.set_time(at(TUESDAY, 0, 5))
    assert step_up(january, bridge, too_late).codes == (
        ReasonCode.RIGHT_OF_ENTRY,
        ReasonCode.PHASE_SUSPENDED,
    )

    january.set_time(at(TUESDAY, 10, 30))
    january.sync()
    at_the_bridge = step_up(january, bridge, stopped)
    assert at_the_bridge.outcome is Outcome.REFER, "a resident is never refused entry"
    assert at_the_bridge.codes == (ReasonCode.RIGHT_OF_ENTRY, ReasonCode.PHASE_SUSPENDED)
    assert at_the_bridge.reasons[1].facts == {
        "ordered_by": "HK",
        "breaker": "",
        "announced_at": "2022-01-17T23:22+08:00",
        "effective_at": "2022-01-18T00:00+08:00",
        "age_minutes": "668",
    }
    assert step_up(january, bay, elsewhere).outcome is Outcome.ADMIT
    assert step_up(january, bridge, homeward).outcome is Outcome.ADMIT
    holding = holding_now(january.hk)
    assert holding is not None
    assert holding.state is PhaseState.ACTIVE, "one port is closed, not the phase"


def test_booking__refuses__what_the_order_closes(january: Pair) -> None:
    suspend(january)
    january.set_time(at(TUESDAY, 0, 10))

    def answer(number: int, leg: LegWanted) -> object:
        granted_ = granted(january.hk, person(number))
        request = JourneyRequest(
            id=JourneyId(str(uuid4())), application=granted_.application.id, legs=(leg,)
        )
        return book_journey(january.hk, request)

    refused = answer(1, wanted(IN, TUESDAY, "evening", HZB))
    assert isinstance(refused, PlacesRefused)
    assert [each.code for each in refused.reasons] == [ReasonCode.PHASE_SUSPENDED]
    assert refused.reasons[0].facts["age_minutes"] == "48"
    assert isinstance(answer(2, wanted(IN, TUESDAY, "evening", SZB)), PlacesTaken)
    assert isinstance(answer(3, wanted(BACK, TUESDAY, "evening", HZB)), PlacesTaken)


def test_suspension__is_told__to_each_it_touches_once_and_when_lifted(january: Pair) -> None:
    stopped = traveller(january, 1, wanted(IN, TUESDAY, "evening", HZB))
    cut_short = traveller(january, 2, wanted(IN, MONDAY, "night", HZB))
    others = (
        traveller(january, 3, wanted(IN, TUESDAY, "evening", SZB)),
        traveller(january, 4, wanted(BACK, TUESDAY, "evening", HZB)),
        traveller(january, 5, wanted(IN, MONDAY, "evening", HZB)),
    )
    digest = suspend(january)
    january.sync()
    january.sync()
    assert tell_of_suspensions(january.hk) == 0, "everybody has been told"

    for each in (stopped, cut_short):
        (told,) = notices_of(january.hk, each.application)
        assert (told.code, told.journey) == ("phase_suspended", each.journey)
        assert ANNOUNCED <= told.at < ANNOUNCED + timedelta(minutes=1)
        assert told.facts["effective_at"] == "2022-01-18T00:00+08:00"
    assert [notices_of(january.hk, each.application) for each in others] == [(), (), ()]

    january.set_time(at(TUESDAY, 12))
    resume_phase(january.hk, digest, PILOT)
    assert [each.code for each in notices_of(january.hk, stopped.application)] == [
        "phase_resumed",
        "phase_suspended",
    ]
    assert len(notices_of(january.hk, cut_short.application)) == 1, "its slot is over"
    january.set_time(at(TUESDAY, 18))
    january.sync()
    assert step_up(january, gate_at(january, HZB), stopped).outcome is Outcome.ADMIT


def test_suspension__waits__for_whoever_is_booking_and_tells_them_too(january: Pair) -> None:
    holding = holding_now(january.hk)
    assert holding is not None
    with january.hk.database.transaction() as booking:
        booking.ledger.hold_text()
        ordering = threading.Thread(
            target=suspend_phase, args=(january.hk, holding.digest, PILOT, ORDER)
        )
        ordering.start()
        ordering.join(timeout=0.5)
        assert ordering.is_alive(), "a booking that has not ended could still take a place"
    ordering.join(timeout=10)
    assert not ordering.is_alive()
    assert len(suspension_record(january.hk)) == 1


def test_order_of_the_other_side__is_told__when_it_is_received(january: Pair) -> None:
    stopped = traveller(january, 1, wanted(IN, TUESDAY, "morning", HZB))
    holding = holding_now(january.gd)
    assert holding is not None
    january.set_time(ANNOUNCED)
    suspend_phase(january.gd, holding.digest, PILOT, ORDER)
    assert notices_of(january.hk, stopped.application) == ()
    january.set_time(at(MONDAY, 23, 24))
    january.sync()
    (told,) = notices_of(january.hk, stopped.application)
    assert told.facts["ordered_by"] == "GD"


def test_record__answers__who_was_stopped_who_was_not_and_who_was_told(january: Pair) -> None:
    traveller(january, 1, wanted(IN, TUESDAY, "morning", HZB))
    traveller(january, 2, wanted(IN, TUESDAY, "evening", HZB))
    traveller(january, 3, wanted(IN, MONDAY, "night", HZB))
    traveller(january, 4, wanted(IN, MONDAY, "evening", HZB))
    traveller(january, 5, wanted(IN, TUESDAY, "morning", SZB))
    traveller(january, 6, wanted(BACK, TUESDAY, "morning", HZB))
    digest = suspend(january)

    def record() -> SuspensionRecord:
        (only,) = suspension_record(january.hk)
        return only

    assert record().counts() == {
        Touch.STOPPED: 2,
        Touch.CUT_SHORT: 1,
        Touch.WAY_HOME: 1,
        Touch.OUT_OF_SCOPE: 1,
        Touch.OVER_BEFORE: 1,
    }
    assert len(record().told) == 3
    assert record().over_at is None

    january.set_time(at(TUESDAY, 14))
    resume_phase(january.hk, digest, PILOT)
    assert record().over_at is not None
    assert record().counts()[Touch.STOPPED] == 1, "the morning's"
    assert record().counts()[Touch.AFTER_IT] == 1, "the evening's"
    assert len(record().told_of_the_end) == 1


def test_gate_that_has_not_heard__refers__once_its_lists_are_old(january: Pair) -> None:
    """What it carries is as old as its lists; what is too old admits nobody."""
    stopped = traveller(january, 1, wanted(IN, TUESDAY, "morning", HZB))
    far = gate_at(january, HZB, of="gd")
    january.set_time(at(MONDAY, 23))
    january.sync()
    carried = knowledge_of(gate_bundle(january.gd, far))
    assert isinstance(carried, GateKnowledge)
    suspend(january)

    january.set_time(at(TUESDAY, 10, 30))
    unheard = step_up(january, far, stopped, of="gd")
    assert unheard.outcome is Outcome.REFER
    stale = [each for each in unheard.reasons if each.code is ReasonCode.STATUS_LIST_STALE]
    assert {each.facts["age_minutes"] for each in stale} == {"690"}
    assert ReasonCode.PHASE_SUSPENDED not in unheard.codes

    situation = carried.situation(
        presented(january, stopped.who, stopped.shown).presented,
        direction=IN,
        control_point=HZB,
        now=datetime.combine(TUESDAY, time(10, 30), EFFECTIVE.tzinfo),
    )
    assert decide(situation).outcome is Outcome.REFER

    january.sync()
    assert ReasonCode.PHASE_SUSPENDED in step_up(january, far, stopped, of="gd").codes
