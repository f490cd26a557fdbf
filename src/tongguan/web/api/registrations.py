"""Registrations for health codes, claims of a number, and what a code rests on.

A secret comes in a body, never in an address. No operation looks a person up by document number:
who registers a number that is taken is told so, for they could not go on otherwise, and is told
nothing of whom it belongs to; the same request would register a number that is free.
"""

from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from tongguan.adapters.words import texts
from tongguan.app.authorities import Authority
from tongguan.app.evidence.shown import EvidenceShown, evidence_shown
from tongguan.app.health.codes import explain
from tongguan.app.registration.registrations import (
    NumberClaimed,
    Registered,
    RegistrationRefusal,
    RegistrationRefused,
    RegistrationRequest,
    ask_verification,
    claim_number,
    claim_of,
    open_claims_against,
    open_registration,
    register,
    replaced_registration,
)
from tongguan.app.registration.store import NumberClaim, Registration, RegistrationState
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import normalised_reference
from tongguan.core.health.judgement import Finding
from tongguan.core.identifiers import CaseId, RegistrationId
from tongguan.core.people import Assurance, Person
from tongguan.web.api.problems import FieldFault, ProblemCode, ProblemError
from tongguan.web.api.routing import operation
from tongguan.web.api.shapes import (
    NAME_CHARACTERS_MAX,
    Day,
    DocumentIn,
    Line,
    Strict,
    Uuid,
    said,
)
from tongguan.web.context import domain_time
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority
from tongguan.web.throttle import FAILURES_MAX, Throttle

router = Router(tags=["registrations"])

THROTTLE = "registration"
"""The same as the pages count by: five wrong secrets anywhere close a reference everywhere."""
_CLAIM_THROTTLE = "claim"
_Slip = Annotated[Line, StringConstraints(max_length=40)]
_Phone = Annotated[
    str, StringConstraints(strict=True, pattern=r"^[0-9+][0-9 ()-]*$", max_length=24)
]
_Address = Annotated[Line, StringConstraints(max_length=200)]


class RegistrationSlipIn(Strict):
    """Reference and secret of a registration."""

    reference: _Slip
    secret: _Slip


class SecretIn(Strict):
    """The secret alone, where the address says of what."""

    secret: _Slip


class RegistrationIn(Strict):
    """Who registers."""

    name: Annotated[Line, StringConstraints(max_length=NAME_CHARACTERS_MAX)]
    document: DocumentIn
    document_issued_on: Day
    """As it stands on the document."""
    born: Day | None = None
    phone: _Phone | None = None
    address: _Address | None = None


class ClaimIn(RegistrationIn):
    """Who claims a number, and the id of the registration that is to be theirs."""

    registration_id: Uuid


class RegistrationSlipOut(Schema):
    """What opens the registration."""

    reference: str
    secret: str


class RegistrationOut(Schema):
    """A registration without its holder's data."""

    id: str
    reference: str
    assurance: str
    route: str
    registered_at: datetime
    verified_at: datetime | None


class RefusedOut(Schema):
    """Why not: a stable code, and words in the language asked for."""

    code: str
    message: str


class RegisteredOut(Schema):
    """The answer to a registration: registration and slip, or why there is none."""

    registration: RegistrationOut | None = None
    slip: RegistrationSlipOut | None = None
    refused: RefusedOut | None = None
    replayed: bool = False


class ClaimOut(Schema):
    """A claim of a number."""

    id: str
    state: str
    opened_at: datetime
    decide_by: datetime
    decided_at: datetime | None


class ClaimedOut(RegisteredOut):
    """The answer to a claim; where the number was free, it is registered at once.

    The slip opens the claimant's registration from when the claim is upheld.
    """

    claim: ClaimOut | None = None


class FindingOut(Schema):
    """One thing that counts, with who says it, until when, and who can lift it."""

    evidence: str
    code: str
    title: str
    remedy: str
    colour: str
    on: date
    until: datetime | None
    route: str
    said_by: list[str]
    """Names of sources, authorities or units; empty for a person's own word."""
    lifted_by: str
    lifted_by_words: str
    is_relieved: bool
    contested_until: datetime | None


class FindingsOut(Schema):
    """The colour as it would be now, what it rests on, and claims of the number that wait."""

    refused: RefusedOut | None = None
    assurance: str | None = None
    colour: str | None = None
    until: datetime | None = None
    rule_version: str | None = None
    findings: list[FindingOut] = Field(default_factory=list)
    claims: list[ClaimOut] = Field(default_factory=list)


class AnsweredOut(Schema):
    """How many claims have their clock started anew."""

    delayed: int


# Fixed addresses come first: the first pattern that fits is asked, whatever the method.


@operation(
    router, "POST", "/registrations/findings", permission=Permission.ANYONE, answer=FindingsOut
)
def show_findings(request: HttpRequest, payload: RegistrationSlipIn) -> FindingsOut:
    """What a code would rest on now, to whoever holds reference and secret."""
    authority = authority_with_codes()
    registration = registration_by_slip(payload)
    if registration.state is not RegistrationState.OPEN:
        return FindingsOut(refused=refused_out(RegistrationRefusal.REPLACED))
    judgement = explain(authority, registration.id)
    return FindingsOut(
        assurance=registration.assurance.value,
        colour=judgement.colour.value,
        until=judgement.until,
        rule_version=judgement.rule_version,
        findings=findings_out(authority, judgement.findings),
        claims=[_claim_out(each) for each in open_claims_against(authority, registration.id)],
    )


@operation(
    router,
    "POST",
    "/registrations/answer-claims",
    permission=Permission.ANYONE,
    answer=AnsweredOut,
)
def post_answer_claims(request: HttpRequest, payload: RegistrationSlipIn) -> AnsweredOut:
    """Say that the holder will show the document: the clock of each claim starts anew, once."""
    authority = authority_with_codes()
    registration = registration_by_slip(payload)
    return AnsweredOut(delayed=ask_verification(authority, registration.id))


@operation(
    router,
    "PUT",
    "/registrations/{registration_id}",
    permission=Permission.ANYONE,
    answer=RegisteredOut,
)
def put_registration(
    request: HttpRequest, registration_id: Uuid, payload: RegistrationIn
) -> RegisteredOut:
    """Register under an id; the same request again gives the same slip."""
    authority = authority_with_codes()
    _check(authority, payload)
    answer = register(authority, _request(registration_id, payload))
    if isinstance(answer, RegistrationRefused):
        return RegisteredOut(refused=refused_out(answer.code))
    return _registered(answer)


@operation(router, "PUT", "/claims/{claim_id}", permission=Permission.ANYONE, answer=ClaimedOut)
def put_claim(request: HttpRequest, claim_id: Uuid, payload: ClaimIn) -> ClaimedOut:
    """Claim a number under an id; its holder is told, and officers decide by a set time."""
    authority = authority_with_codes()
    _check(authority, payload)
    answer = claim_number(authority, CaseId(claim_id), _request(payload.registration_id, payload))
    match answer:
        case RegistrationRefused():
            return ClaimedOut(refused=refused_out(answer.code))
        case Registered():
            return ClaimedOut(**_registered(answer).dict())
        case NumberClaimed():
            slip = RegistrationSlipOut(reference=answer.slip.reference, secret=answer.slip.secret)
            return ClaimedOut(claim=_claim_out(answer.claim), slip=slip, replayed=answer.replayed)


@operation(router, "POST", "/claims/{claim_id}/show", permission=Permission.ANYONE, answer=ClaimOut)
def show_claim(request: HttpRequest, claim_id: Uuid, payload: SecretIn) -> ClaimOut:
    """Where a claim stands, to whoever holds its secret."""
    authority = authority_with_codes()
    throttle = Throttle(kind=_CLAIM_THROTTLE, name=claim_id)
    _failures(throttle)
    found = claim_of(authority, CaseId(claim_id), payload.secret)
    if found is None:
        throttle.failed()
        raise ProblemError(ProblemCode.CREDENTIALS_WRONG)
    return _claim_out(found)


def authority_with_codes() -> Authority:
    """This authority, where it runs a health code; elsewhere there is nothing at the address."""
    authority = current_authority()
    if authority.health_rules is None:
        raise ProblemError(ProblemCode.NOT_FOUND)
    return authority


def registration_by_slip(slip: RegistrationSlipIn) -> Registration:
    """The registration that reference and secret open, replaced ones too, counted against
    guessing.
    """
    throttle = Throttle(kind=THROTTLE, name=normalised_reference(slip.reference))
    failures = _failures(throttle)
    authority = current_authority()
    found = open_registration(authority, slip.reference, slip.secret) or replaced_registration(
        authority, slip.reference, slip.secret
    )
    if found is None:
        throttle.failed()
        raise ProblemError(ProblemCode.CREDENTIALS_WRONG)
    if failures:
        throttle.succeeded()
    return found


def findings_out(authority: Authority, findings: tuple[Finding, ...]) -> list[FindingOut]:
    """Findings in the reader's language, with who said what they rest on."""
    shown = evidence_shown(authority, [each.evidence for each in findings])
    return [_finding_out(each, shown.get(each.evidence)) for each in findings]


def refused_out(code: RegistrationRefusal) -> RefusedOut:
    """Why not, in the reader's language."""
    return RefusedOut(code=code.value, message=said(f"registration.refusals.{code}"))


def _failures(throttle: Throttle) -> int:
    """How many tries failed lately; beyond the limit the next is not even looked at."""
    failures = throttle.failures()
    if failures >= FAILURES_MAX:
        raise ProblemError(ProblemCode.TOO_MANY_FAILURES)
    return failures


def _request(identifier: str, payload: RegistrationIn) -> RegistrationRequest:
    return RegistrationRequest(
        id=RegistrationId(identifier),
        holder=Person(
            name=payload.name,
            document=payload.document.document(),
            assurance=Assurance.ASSERTED,
            born=payload.born,
        ),
        document_issued_on=payload.document_issued_on,
        phone=payload.phone,
        address=payload.address,
    )


def _check(authority: Authority, payload: RegistrationIn) -> None:
    """Refuse days that have not come."""
    assert authority.health_rules is not None  # noqa: S101 - asked before
    today = local_day(domain_time(), authority.health_rules.colours.zone)
    days = (("/document_issued_on", payload.document_issued_on), ("/born", payload.born))
    faults = [
        FieldFault(path=path, message_key="problems.fields.day_ahead")
        for path, day in days
        if day is not None and day > today
    ]
    if faults:
        raise ProblemError(ProblemCode.REQUEST_INVALID, *faults)


def _registered(answer: Registered) -> RegisteredOut:
    registration = answer.registration
    return RegisteredOut(
        registration=RegistrationOut(
            id=registration.id,
            reference=registration.reference,
            assurance=registration.assurance.value,
            route=registration.route.value,
            registered_at=registration.registered_at,
            verified_at=registration.verified_at,
        ),
        slip=RegistrationSlipOut(reference=answer.slip.reference, secret=answer.slip.secret),
        replayed=answer.replayed,
    )


def _claim_out(claim: NumberClaim) -> ClaimOut:
    return ClaimOut(
        id=claim.id,
        state=claim.state.value,
        opened_at=claim.opened_at,
        decide_by=claim.decide_by,
        decided_at=claim.decided_at,
    )


def _finding_out(finding: Finding, shown: EvidenceShown | None) -> FindingOut:
    names = () if shown is None else shown.said_by
    return FindingOut(
        evidence=finding.evidence,
        code=finding.reason.value,
        title=said(f"health.reasons.{finding.reason}.title"),
        remedy=said(f"health.reasons.{finding.reason}.remedy"),
        colour=finding.colour.value,
        on=finding.on,
        until=finding.until,
        route=finding.route.value,
        said_by=[_authority_name(each) for each in names],
        lifted_by=finding.lifted_by.value,
        lifted_by_words=said(f"health_pages.lifted_by.{finding.lifted_by}"),
        is_relieved=finding.is_relieved,
        contested_until=finding.contested_until,
    )


def _authority_name(name: str) -> str:
    """What an authority is called here; any other name as it stands."""
    key = f"pages.authorities.{name}"
    return said(key) if key in texts() else name
