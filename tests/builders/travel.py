"""A traveller's way in tests: places on both legs, codes of the day, a gate to come to."""

from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5
from zoneinfo import ZoneInfo

from tests.builders.authorities import Pair, granted
from tongguan.app.authorities import Authority
from tongguan.app.gates import GateRequest, enrol_gate
from tongguan.app.health.codes import HealthAnswer, HealthRequest, declare_health
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesTaken
from tongguan.app.passes import ShownPass, show_passes
from tongguan.app.registration.registrations import Registered, RegistrationRequest, register
from tongguan.app.stores import Gate
from tongguan.core.booking.rules import LegWanted
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.identifiers import (
    ApplicationId,
    ControlPointId,
    DirectionId,
    JourneyId,
    RegistrationId,
    SlotId,
)
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


ISSUED_ON = date(2019, 6, 1)


def registration_request(who: Person, **changed: Any) -> RegistrationRequest:
    """What a person sends to be registered: for one document always under the same id."""
    known: dict[str, Any] = {
        "id": RegistrationId(str(uuid5(NAMESPACE_OID, who.document.number))),
        "holder": who,
        "document_issued_on": ISSUED_ON,
    }
    return RegistrationRequest(**(known | changed))


def registered(authority: Authority, who: Person) -> RegistrationId:
    """The person's own registration, made where there is none yet."""
    answer = register(authority, registration_request(who))
    assert isinstance(answer, Registered), answer
    return answer.registration.id


def health_request(
    authority: Authority, who: Person, declaration: HealthDeclaration | None = None
) -> HealthRequest:
    """A declaration under a new id; nothing adverse, unless it says otherwise."""
    return HealthRequest(
        id=str(uuid4()),
        registration=registered(authority, who),
        declaration=declaration or HealthDeclaration(),
    )


def declared(authority: Authority, request: HealthRequest) -> HealthAnswer:
    """The answer to a declaration that is taken."""
    answer = declare_health(authority, request)
    assert isinstance(answer, HealthAnswer), answer
    return answer


def code(authority: Authority, who: Person, declaration: HealthDeclaration | None = None) -> str:
    return declared(authority, health_request(authority, who, declaration)).text


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
