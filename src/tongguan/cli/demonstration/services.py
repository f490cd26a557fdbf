"""What the two authorities offer to the people of the demonstration, in process or over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tongguan.app.applications import ApplicationRequest
from tongguan.app.gates import GateRequest
from tongguan.app.health.codes import HealthRequest
from tongguan.app.registration.registrations import RegistrationRequest
from tongguan.app.stores import ApplicationState
from tongguan.core.decisions import Decision
from tongguan.core.identifiers import AuthorityId, ControlPointId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg


@dataclass(frozen=True, kw_only=True, slots=True)
class LegChosen:
    """One leg as a party asks for it."""

    direction: str
    day: str
    slot: str
    control_point: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BookingAnswer:
    """What became of a party's wish for places: theirs, or why not."""

    booked: bool
    reasons: tuple[tuple[ReasonCode, Mapping[str, str]], ...] = ()
    """Code and facts of each reason against it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GateAnswer:
    """What a gate decided on one person, and whether they went through."""

    decision: Decision
    crossed: bool
    replayed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GatePost:
    """A gate by where it stands and whose it is."""

    authority: AuthorityId
    control_point: ControlPointId


PassTexts = Mapping[tuple[int, Leg], str]
"""Text of each pass by the person's number and the leg."""


class Services(Protocol):
    """Every call may be repeated with the same id: what was done is answered, nothing doubled."""

    def apply(self, request: ApplicationRequest) -> ApplicationState:
        """Hand in an application; the state it has now."""

    def state_of(self, application: UUID) -> ApplicationState:
        """The state of an application that was handed in."""

    def decide_waiting(self) -> int:
        """Let the officer decide every application that waits; how many there were."""

    def book(self, journey: UUID, application: UUID, legs: tuple[LegChosen, ...]) -> BookingAnswer:
        """Take a party's places on every leg, all or none."""

    def cancel(self, journey: UUID, application: UUID) -> bool:
        """Give a journey's places back; whether that was still possible."""

    def passes(self, journey: UUID, application: UUID) -> PassTexts:
        """The passes of a journey."""

    def register(self, authority: AuthorityId, request: RegistrationRequest) -> None:
        """Register somebody for an authority's health codes."""

    def declare(self, authority: AuthorityId, request: HealthRequest) -> str:
        """Declare one's health to an authority; the text of the code."""

    def send_evidence(self, authority: AuthorityId, message: bytes) -> None:
        """Hand a signed batch of evidence to an authority."""

    def cross(
        self, post: GatePost, crossing: UUID, request: GateRequest, *, let_through: bool
    ) -> GateAnswer:
        """Step up to a gate: decided and recorded once."""
