"""Health codes: a declaration of a registered person in, a signed colour with its grounds out."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from tongguan.adapters.words import words
from tongguan.app.health.codes import HealthRefusal, HealthRefused, HealthRequest, declare_health
from tongguan.core.area.divisions import is_division
from tongguan.core.calendar import local_day
from tongguan.core.health.declaration import (
    Arrival,
    DeclaredStay,
    HealthDeclaration,
    HighRiskStay,
)
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import DivisionCode
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.registrations import (
    FindingOut,
    RefusedOut,
    RegistrationSlipIn,
    authority_with_codes,
    findings_out,
    registration_by_slip,
)
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import Day, Identifier, Strict, Uuid, said
from tongguan.web.context import domain_time
from tongguan.web.languages import current_language
from tongguan.web.permissions import Permission

router = Router(tags=["health-codes"])
ENTRIES_MAX = 30


class HealthStayIn(Strict):
    """A stay, at the latest on a day."""

    division: Annotated[str, StringConstraints(strict=True, pattern=r"^([0-9]{2}){1,3}$")]
    last_on: Day


class ArrivalIn(Strict):
    """An arrival from outside, and the travel scheme it was made under."""

    arrived_on: Day
    scheme: Identifier | None = None


class DeclarationIn(Strict):
    """What a person declares of their own health; what is left out did not happen."""

    confirmed: StrictBool = False
    suspected: StrictBool = False
    close_contact: StrictBool = False
    household_of_close_contact: StrictBool = False
    under_compulsory_quarantine: StrictBool = False
    discharged_on: Day | None = None
    symptoms_last_on: Day | None = None
    high_risk_stays: list[HealthStayIn] = Field(default_factory=list, max_length=ENTRIES_MAX)
    stays: list[HealthStayIn] = Field(default_factory=list, max_length=ENTRIES_MAX)
    arrivals: list[ArrivalIn] = Field(default_factory=list, max_length=ENTRIES_MAX)


class HealthCodeIn(Strict):
    """Whose code, and what they declare; ``null``: on what they declared today already."""

    registration: RegistrationSlipIn
    declaration: DeclarationIn | None


class GroundOut(Schema):
    """One ground of a colour."""

    code: str
    title: str
    remedy: str


class HealthCodeOut(Schema):
    """The colour, why, until when, and the text of the QR code; or why there is none."""

    issuer: str
    refused: RefusedOut | None = None
    colour: str | None = None
    reasons: list[GroundOut] = Field(default_factory=list)
    findings: list[FindingOut] = Field(default_factory=list)
    valid_until: datetime | None = None
    rule_version: str | None = None
    rules_assumed: str | None = None
    text: str | None = None
    replayed: bool = False


@operation(
    router,
    "PUT",
    "/health-codes/{code_id}",
    permission=Permission.ANYONE,
    answer=HealthCodeOut,
)
def put_health_code(request: HttpRequest, code_id: Uuid, payload: HealthCodeIn) -> HealthCodeOut:
    """Declare and get a code; the same declaration under the same id gives the same code."""
    authority = authority_with_codes()
    rules = authority.health_rules
    assert rules is not None  # noqa: S101 - an authority with codes
    declared = payload.declaration
    if declared is not None:
        _check(declared, today=local_day(domain_time(), rules.colours.zone))
    answer = declare_health(
        authority,
        HealthRequest(
            id=code_id,
            registration=registration_by_slip(payload.registration).id,
            declaration=None if declared is None else _declared(declared),
        ),
    )
    if isinstance(answer, HealthRefused):
        return HealthCodeOut(issuer=authority.id, refused=_refused_out(answer.code, rules))
    assumed = rules.colours.assumed
    return HealthCodeOut(
        issuer=authority.id,
        colour=answer.judgement.colour.value,
        reasons=[
            GroundOut(
                code=each.value,
                title=said(f"health.reasons.{each}.title"),
                remedy=said(f"health.reasons.{each}.remedy"),
            )
            for each in answer.judgement.reasons
        ],
        findings=findings_out(authority, answer.judgement.findings),
        valid_until=answer.judgement.until,
        rule_version=answer.claims.rule_version,
        rules_assumed=None if assumed is None else assumed.in_language(current_language()),
        text=answer.text,
        replayed=answer.replayed,
    )


def _refused_out(code: HealthRefusal, rules: HealthRules) -> RefusedOut:
    level = said(f"health_pages.assurance.{rules.assurance_min}")
    message = words(f"health_pages.refusals.{code}", current_language(), level=level)
    return RefusedOut(code=code.value, message=message)


def _check(payload: DeclarationIn, *, today: date) -> None:
    """Refuse divisions of no table, and days that have not come."""
    faults = [
        FieldFault(
            path=f"/declaration/{name}/{number}/division",
            message_key="problems.fields.unknown_division",
        )
        for name, number, each in _stays(payload)
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
    yield "/declaration/discharged_on", payload.discharged_on
    yield "/declaration/symptoms_last_on", payload.symptoms_last_on
    for name, number, stay in _stays(payload):
        yield f"/declaration/{name}/{number}/last_on", stay.last_on
    for number, arrival in enumerate(payload.arrivals):
        yield f"/declaration/arrivals/{number}/arrived_on", arrival.arrived_on


def _stays(payload: DeclarationIn) -> Iterator[tuple[str, int, HealthStayIn]]:
    """Every stay, with the name of its list and its number there."""
    for name in ("high_risk_stays", "stays"):
        for number, stay in enumerate(getattr(payload, name)):
            yield name, number, stay


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
        stays=tuple(
            DeclaredStay(division=DivisionCode(each.division), last_on=each.last_on)
            for each in payload.stays
        ),
        arrivals=tuple(
            Arrival(arrived_on=each.arrived_on, scheme=each.scheme) for each in payload.arrivals
        ),
    )
