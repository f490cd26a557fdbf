"""The services as use cases of two authorities in this process."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from tongguan.app.applications import (
    ApplicationRequest,
    OfficerDecision,
    application_by_id,
    decide_as_officer,
    submit_application,
    waiting_applications,
)
from tongguan.app.authorities import Authority
from tongguan.app.evidence.batches import receive_batch
from tongguan.app.gates import CrossingRequest, GateRequest, cross, enrol_gate
from tongguan.app.health.codes import HealthAnswer, HealthRequest, declare_health
from tongguan.app.journeys import JourneyRequest, book_journey, cancel_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.app.passes import show_passes
from tongguan.app.registration.registrations import Registered, RegistrationRequest, register
from tongguan.app.stores import ApplicationState, Gate
from tongguan.cli.demonstration.population import WEAK_EVIDENCE
from tongguan.cli.demonstration.services import (
    BookingAnswer,
    GateAnswer,
    GatePost,
    LegChosen,
    PassTexts,
)
from tongguan.cli.pair import until_answered
from tongguan.core.booking.rules import LegWanted
from tongguan.core.decisions import Outcome
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    ControlPointId,
    DirectionId,
    JourneyId,
    SlotId,
)

OFFICER: Final = "demonstration-officer"
_QUEUE_LENGTH: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class InProcessServices:
    """Calls the use cases as the web does; asks again when the database did not answer."""

    booking: Authority
    """The authority that takes applications and keeps the ledger."""
    authorities: Mapping[AuthorityId, Authority]
    gates: dict[GatePost, Gate] = field(default_factory=dict)

    def enrol(self, post: GatePost) -> Gate:
        """Set up a gate."""
        enrolled = enrol_gate(
            self.authorities[post.authority],
            name=f"demonstration {post.control_point}",
            control_point=post.control_point,
            token=secrets.token_urlsafe(32),
        )
        self.gates[post] = enrolled.gate
        return enrolled.gate

    def apply(self, request: ApplicationRequest) -> ApplicationState:
        """Hand in an application; the state it has now."""
        answer = until_answered(lambda: submit_application(self.booking, request))
        return answer.application.state

    def state_of(self, application: UUID) -> ApplicationState:
        """The state of an application that was handed in."""
        found = until_answered(
            lambda: application_by_id(self.booking, ApplicationId(str(application)))
        )
        if found is None:
            raise LookupError("an application that was acknowledged is gone")
        return found.state

    def decide_waiting(self) -> int:
        """Let the officer decide every application that waits; how many there were."""
        decided = 0
        while True:
            waiting = until_answered(
                lambda: waiting_applications(self.booking, officer=OFFICER, limit=_QUEUE_LENGTH)
            )
            for each in waiting:
                decision = OfficerDecision(
                    application=each.id,
                    grant=WEAK_EVIDENCE not in each.evidence.values(),
                    officer=OFFICER,
                )
                until_answered(partial(decide_as_officer, self.booking, decision))
            decided += len(waiting)
            if not waiting:
                return decided

    def book(self, journey: UUID, application: UUID, legs: tuple[LegChosen, ...]) -> BookingAnswer:
        """Take a party's places on every leg, all or none."""
        request = JourneyRequest(
            id=JourneyId(str(journey)),
            application=ApplicationId(str(application)),
            legs=tuple(_leg(each) for each in legs),
        )
        answer = until_answered(lambda: book_journey(self.booking, request))
        match answer:
            case PlacesTaken():
                return BookingAnswer(booked=True)
            case PlacesRefused():
                reasons = tuple((each.code, each.facts) for each in answer.reasons)
                return BookingAnswer(booked=False, reasons=reasons)
            case _:
                raise LookupError("an id of the demonstration was used for something else")

    def cancel(self, journey: UUID, application: UUID) -> bool:
        """Give a journey's places back; whether that was still possible."""
        decision = until_answered(
            lambda: cancel_journey(
                self.booking, JourneyId(str(journey)), ApplicationId(str(application))
            )
        ).decision
        return decision.outcome is Outcome.GRANT

    def passes(self, journey: UUID, application: UUID) -> PassTexts:  # noqa: ARG002 - see Services
        """The passes of a journey."""
        shown = until_answered(lambda: show_passes(self.booking, JourneyId(str(journey))))
        return {(each.place.person_number, each.place.leg): each.text for each in shown}

    def register(self, authority: AuthorityId, request: RegistrationRequest) -> None:
        """Register somebody for an authority's health codes."""
        answer = until_answered(lambda: register(self.authorities[authority], request))
        if not isinstance(answer, Registered):
            raise LookupError(f"a person of the demonstration was not registered: {answer.code}")  # noqa: TRY004 - a refusal

    def declare(self, authority: AuthorityId, request: HealthRequest) -> str:
        """Declare one's health to an authority; the text of the code."""
        answer = until_answered(lambda: declare_health(self.authorities[authority], request))
        if not isinstance(answer, HealthAnswer):
            raise LookupError(f"a person of the demonstration has no code: {answer.code}")  # noqa: TRY004 - a refusal
        return answer.text

    def send_evidence(self, authority: AuthorityId, message: bytes) -> None:
        """Hand a signed batch of evidence to an authority."""
        receipt = until_answered(lambda: receive_batch(self.authorities[authority], message))
        if receipt.refused is not None:
            raise LookupError(f"a batch of the demonstration was refused: {receipt.refused.code}")

    def cross(
        self, post: GatePost, crossing: UUID, request: GateRequest, *, let_through: bool
    ) -> GateAnswer:
        """Step up to a gate: decided and recorded once."""
        sent = CrossingRequest(id=str(crossing), request=request, let_through=let_through)
        authority, gate = self.authorities[post.authority], self.gates[post]
        answer = until_answered(lambda: cross(authority, gate, sent))
        return GateAnswer(
            decision=answer.record.decision,
            crossed=answer.record.crossed,
            replayed=answer.replayed,
        )


def _leg(chosen: LegChosen) -> LegWanted:
    return LegWanted(
        direction=DirectionId(chosen.direction),
        day=date.fromisoformat(chosen.day),
        slot=SlotId(chosen.slot),
        control_point=ControlPointId(chosen.control_point),
    )
