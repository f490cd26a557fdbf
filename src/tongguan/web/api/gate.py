"""The gate: what it needs to work cut off, decisions, and crossings kept once each."""

from datetime import datetime
from typing import Annotated, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.gates import (
    CrossingAnswer,
    CrossingRequest,
    GateRequest,
    cross,
    decide_at_gate,
    gate_bundle,
)
from tongguan.app.schemes import Holding
from tongguan.core.gate.bundle import bundle_text
from tongguan.core.gate.plain import DOSES_MAX
from tongguan.core.health.papers import PresentedPapers
from tongguan.core.health.requirements import Dose, MedicalExemption, Recovery
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import DirectionId
from tongguan.web.api.applications import the_holding
from tongguan.web.api.routing import gate_of, operation
from tongguan.web.api.shapes import (
    Code,
    Day,
    DecisionOut,
    DocumentIn,
    Identifier,
    Instant,
    Strict,
    Uuid,
    decision_out,
)
from tongguan.web.permissions import Permission
from tongguan.web.service import current_authority

router = Router(tags=["gate"])
BATCH_MAX = 100
CODES_MAX = 8
TESTS_MAX = 8
PAPERS_MAX = 8
"""Of each kind."""


class TestIn(Strict):
    """A negative test on a paper in this person's name, as an officer at the gate read it."""

    sampled_at: Instant
    reported_at: Instant | None = None
    specimen: Identifier
    read_by: Identifier

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.reported_at is not None and self.reported_at < self.sampled_at:
            raise PydanticCustomError("reported_before_sampled", "reported before it was sampled")
        return self

    def presented(self) -> PresentedTest:
        """The value the use cases take."""
        return PresentedTest(
            sampled_at=self.sampled_at,
            reported_at=self.reported_at,
            specimen=self.specimen,
            read_by=self.read_by,
        )


class DoseIn(Strict):
    """A dose of a vaccine: which of the person's it was, when, and of what."""

    number: Annotated[int, Field(strict=True, ge=1, le=DOSES_MAX)]
    given_on: Day
    product: Identifier


class RecoveryIn(Strict):
    """A disease that was survived, by the day of the first positive test."""

    first_positive_on: Day


class MedicalExemptionIn(Strict):
    """What a doctor certifies; the last day counts, and without one it has no end."""

    ground: Identifier
    first_day: Day
    last_day: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise PydanticCustomError("days_out_of_order", "ends before it begins")
        return self


class PapersIn(Strict):
    """Health papers other than tests, in this person's name, and the date of birth.

    An officer at the gate read them; they are judged and never kept.
    """

    doses: list[DoseIn] = Field(default_factory=list, max_length=PAPERS_MAX)
    recoveries: list[RecoveryIn] = Field(default_factory=list, max_length=PAPERS_MAX)
    medical_exemptions: list[MedicalExemptionIn] = Field(
        default_factory=list, max_length=PAPERS_MAX
    )
    born_on: Day | None = None
    read_by: Identifier

    def presented(self) -> PresentedPapers:
        """The value the use cases take."""
        return PresentedPapers(
            doses=tuple(Dose(**each.dict()) for each in self.doses),
            recoveries=tuple(Recovery(**each.dict()) for each in self.recoveries),
            medical_exemptions=tuple(
                MedicalExemption(**each.dict()) for each in self.medical_exemptions
            ),
            born_on=self.born_on,
            read_by=self.read_by,
        )


class GateRequestIn(Strict):
    """One person before the gate; without a pass where none is needed."""

    direction: Identifier
    pass_text: Code | None = None
    code_texts: list[Code] = Field(default_factory=list, max_length=CODES_MAX)
    document: DocumentIn
    tests: list[TestIn] = Field(default_factory=list, max_length=TESTS_MAX)
    papers: PapersIn | None = None

    def gate_request(self) -> GateRequest:
        """The value the use cases take."""
        return GateRequest(
            direction=DirectionId(self.direction),
            pass_text=self.pass_text,
            code_texts=tuple(self.code_texts),
            document=self.document.document(),
            tests=tuple(each.presented() for each in self.tests),
            papers=None if self.papers is None else self.papers.presented(),
        )


class CrossingIn(GateRequestIn):
    """A crossing under an id of the gate's."""

    id: Uuid
    let_through: StrictBool = False


class CrossingsIn(Strict):
    """A batch; each crossing stands on its own."""

    crossings: Annotated[list[CrossingIn], Field(min_length=1, max_length=BATCH_MAX)]


class CrossingOut(Schema):
    """What became of one crossing; ``kept`` is false when its id belongs to another request."""

    id: str
    kept: bool
    replayed: bool
    crossed: bool
    at: datetime | None
    decision: DecisionOut | None


class CrossingsOut(Schema):
    """The batch's answers, in its order."""

    crossings: list[CrossingOut]


@operation(router, "GET", "/gate/bundle", permission=Permission.GATE, answer=dict)
def show_bundle(request: HttpRequest) -> HttpResponse:
    """Everything the gate needs to decide while it is cut off; for this gate alone."""
    bundle = gate_bundle(current_authority(), gate_of(request))
    response = HttpResponse(bundle_text(bundle), content_type="application/json")
    response["Cache-Control"] = "no-store, private"
    return response


@operation(router, "POST", "/gate/decide", permission=Permission.GATE, answer=DecisionOut)
def post_decide(request: HttpRequest, payload: GateRequestIn) -> DecisionOut:
    """What to do with this person; nothing is recorded."""
    holding = the_holding()
    decision = decide_at_gate(current_authority(), gate_of(request), payload.gate_request())
    return decision_out(decision, holding.version, holding.phase)


@operation(router, "POST", "/gate/crossings", permission=Permission.GATE, answer=CrossingsOut)
def post_crossings(request: HttpRequest, payload: CrossingsIn) -> CrossingsOut:
    """Decide and keep crossings, each once for its id however often it is sent."""
    holding = the_holding()
    return CrossingsOut(crossings=[_crossed(request, each, holding) for each in payload.crossings])


def _crossed(request: HttpRequest, crossing: CrossingIn, holding: Holding) -> CrossingOut:
    try:
        answer = cross(
            current_authority(),
            gate_of(request),
            CrossingRequest(
                id=crossing.id,
                request=crossing.gate_request(),
                let_through=crossing.let_through,
            ),
        )
    except RequestIdReusedError:
        return CrossingOut(
            id=crossing.id, kept=False, replayed=False, crossed=False, at=None, decision=None
        )
    return _crossing_out(answer, holding)


def _crossing_out(answer: CrossingAnswer, holding: Holding) -> CrossingOut:
    record = answer.record
    return CrossingOut(
        id=record.id,
        kept=True,
        replayed=answer.replayed,
        crossed=record.crossed,
        at=record.at,
        decision=decision_out(record.decision, holding.version, holding.phase),
    )
