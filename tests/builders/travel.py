"""A traveller's way in tests: places on both legs, codes of the day, a gate to come to."""

from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.builders.authorities import Pair, granted
from tongguan.app.authorities import Authority
from tongguan.app.gates import GateRequest, enrol_gate
from tongguan.app.health_codes import HealthRequest, declare_health
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesTaken
from tongguan.app.passes import ShownPass, show_passes
from tongguan.app.stores import Gate
from tongguan.core.booking.rules import LegWanted
from tongguan.core.health.colour import HealthDeclaration
from tongguan.core.identifiers import ApplicationId, ControlPointId, DirectionId, JourneyId, SlotId
from tongguan.core.people import Person
from tongguan.core.scheme.model import Leg

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
DAY = date(2021, 12, 14)
BACK = date(2021, 12, 16)
SZB = ControlPointId("SZB")


def leg(direction: str, day: date, slot: str = "morning") -> LegWanted:
    return LegWanted(
        direction=DirectionId(direction), day=day, slot=SlotId(slot), control_point=SZB
    )


def booked(pair: Pair, *people: Person) -> tuple[JourneyId, ApplicationId, list[ShownPass]]:
    answer = granted(pair.hk, *people)
    request = JourneyRequest(
        id=JourneyId(str(uuid4())),
        application=answer.application.id,
        legs=(leg("HK-GD", DAY), leg("GD-HK", BACK)),
    )
    taken = book_journey(pair.hk, request)
    assert isinstance(taken, PlacesTaken), taken
    passes = show_passes(pair.hk, request.id)
    return request.id, answer.application.id, list(passes)


def code(authority: Authority, who: Person, declaration: HealthDeclaration | None = None) -> str:
    request = HealthRequest(
        id=str(uuid4()), document=who.document, declaration=declaration or HealthDeclaration()
    )
    return declare_health(authority, request).text


def gate(authority: Authority) -> Gate:
    token = uuid4().hex
    return enrol_gate(authority, name="Lane 1", control_point=SZB, token=token).gate


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HONG_KONG)


MORNING = at(DAY, 10, 30)


def presented(pair: Pair, who: Person, shown: ShownPass) -> GateRequest:
    return GateRequest(
        direction=shown.claims.direction,
        pass_text=shown.text,
        code_texts=(code(pair.hk, who), code(pair.gd, who)),
        document=who.document,
    )


def pass_of(passes: list[ShownPass], way: Leg) -> ShownPass:
    return next(each for each in passes if each.record.leg is way)
