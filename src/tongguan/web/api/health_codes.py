"""Health codes: declared facts in, a signed colour with its grounds out."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from tongguan.app.health_codes import HealthRequest, declare_health
from tongguan.core.area.divisions import is_division
from tongguan.core.calendar import local_day
from tongguan.core.health.declaration import Arrival, HealthDeclaration, HighRiskStay
from tongguan.core.identifiers import DivisionCode
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Day, DocumentIn, Identifier, Strict, Uuid, said
from tongguan.web.context import domain_time
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["health-codes"])
ENTRIES_MAX = 30


class StayIn(Strict):
    """A stay in an at-risk place."""

    division: Annotated[str, StringConstraints(strict=True, pattern=r"^([0-9]{2}){1,3}$")]
    last_on: Day


class ArrivalIn(Strict):
    """An arrival from outside, and the travel scheme it was made under."""

    arrived_on: Day
    scheme: Identifier | None = None


class DeclarationIn(Strict):
    """What a person declares of their own health; what is left out did not happen."""

    document: DocumentIn
    confirmed: StrictBool = False
    suspected: StrictBool = False
    close_contact: StrictBool = False
    household_of_close_contact: StrictBool = False
    under_compulsory_quarantine: StrictBool = False
    discharged_on: Day | None = None
    symptoms_last_on: Day | None = None
    high_risk_stays: list[StayIn] = Field(default_factory=list, max_length=ENTRIES_MAX)
    arrivals: list[ArrivalIn] = Field(default_factory=list, max_length=ENTRIES_MAX)


class GroundOut(Schema):
    """One ground of a colour."""

    code: str
    title: str
    remedy: str


class HealthCodeOut(Schema):
    """The colour, why, until when, and the text of the QR code."""

    issuer: str
    colour: str
    reasons: list[GroundOut]
    valid_until: datetime
    rule_version: str
    rules_assumed: str | None
    text: str
    replayed: bool


@operation(
    router,
    "PUT",
    "/health-codes/{code_id}",
    permission=Permission.ANYONE,
    answer=HealthCodeOut,
)
def put_health_code(request: HttpRequest, code_id: Uuid, payload: DeclarationIn) -> HealthCodeOut:
    """Declare and get a code; the same declaration under the same id gives the same code."""
    authority = current_authority()
    if authority.health_rules is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    rules = authority.health_rules.colours
    _check(payload, today=local_day(domain_time(), rules.zone))
    answer = declare_health(
        authority,
        HealthRequest(
            id=code_id, document=payload.document.document(), declaration=_declared(payload)
        ),
    )
    assumed = rules.assumed
    return HealthCodeOut(
        issuer=authority.id,
        colour=answer.decision.colour.value,
        reasons=[
            GroundOut(
                code=each.value,
                title=said(f"health.reasons.{each}.title"),
                remedy=said(f"health.reasons.{each}.remedy"),
            )
            for each in answer.decision.reasons
        ],
        valid_until=answer.decision.until,
        rule_version=answer.claims.rule_version,
        rules_assumed=None if assumed is None else assumed.in_language(current_language()),
        text=answer.text,
        replayed=answer.replayed,
    )


def _check(payload: DeclarationIn, *, today: date) -> None:
    """Refuse divisions of no table, and days that have not come."""
    faults = [
        FieldFault(
            path=f"/high_risk_stays/{number}/division",
            message_key="problems.fields.unknown_division",
        )
        for number, each in enumerate(payload.high_risk_stays)
        if not is_division(each.division)
    ]
    faults += [
        FieldFault(path=path, message_key="problems.fields.day_ahead")
        for path, day in _days(payload)
        if day is not None and day > today
    ]
    if faults:
        raise ProblemError(ProblemCode.REQUEST_INVALID, *faults)


def _days(payload: DeclarationIn) -> Iterator[tuple[str, date | None]]:
    """Every day that is declared, with its place."""
    yield "/discharged_on", payload.discharged_on
    yield "/symptoms_last_on", payload.symptoms_last_on
    for number, stay in enumerate(payload.high_risk_stays):
        yield f"/high_risk_stays/{number}/last_on", stay.last_on
    for number, arrival in enumerate(payload.arrivals):
        yield f"/arrivals/{number}/arrived_on", arrival.arrived_on


def _declared(payload: DeclarationIn) -> HealthDeclaration:
    return HealthDeclaration(
        confirmed=payload.confirmed,
        suspected=payload.suspected,
        close_contact=payload.close_contact,
        household_of_close_contact=payload.household_of_close_contact,
        under_compulsory_quarantine=payload.under_compulsory_quarantine,
        discharged_on=payload.discharged_on,
        symptoms_last_on=payload.symptoms_last_on,
        high_risk_stays=tuple(
            HighRiskStay(division=DivisionCode(each.division), last_on=each.last_on)
            for each in payload.high_risk_stays
        ),
        arrivals=tuple(
            Arrival(arrived_on=each.arrived_on, scheme=each.scheme) for each in payload.arrivals
        ),
    )
