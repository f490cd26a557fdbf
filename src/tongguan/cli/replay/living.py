"""Every version of a series signed by both, activated and lived under, in one process."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final
from uuid import uuid4

from tongguan.app.acts import activate_phase, sign_version
from tongguan.app.applications import (
    ApplicationRequest,
    OfficerDecision,
    application_by_id,
    decide_as_officer,
    submit_application,
)
from tongguan.app.authorities import Authority
from tongguan.app.gates import CrossingRequest, GateRequest, cross, enrol_gate
from tongguan.app.health.codes import HealthAnswer, HealthRequest, declare_health
from tongguan.app.journeys import JourneyRequest, book_journey
from tongguan.app.ledger_port import PlacesRefused, PlacesTaken
from tongguan.app.notices import notices_of
from tongguan.app.passes import show_passes
from tongguan.app.registration.registrations import Registered, RegistrationRequest, register
from tongguan.app.schemes import adopt_version
from tongguan.app.sponsors import nominate
from tongguan.app.stores import ApplicationState, Gate
from tongguan.cli.demonstration.opening import ActivationRefusedError
from tongguan.cli.pair import Pair
from tongguan.cli.replay.holders import Holder, people_of
from tongguan.cli.replay.running_code import running_code
from tongguan.cli.replay.series import Lived
from tongguan.core.booking.rules import LegWanted
from tongguan.core.calendar import instant_of
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.tests import PresentedTest
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    ControlPointId,
    DivisionCode,
    JourneyId,
    RegistrationId,
    SponsorId,
)
from tongguan.core.scheme.model import AllocationMethod, Category, Direction, Leg, Slot
from tongguan.core.texts import Text

OFFICER: Final = "replay-officer"
_SIGNING: Final = time(7)
_APPLYING: Final = time(8)
_BOOKING: Final = time(9)
_SAMPLED_HOURS_BEFORE: Final = 12
_ISSUED_ON: Final = date(2019, 6, 1)
"""Of everyone's document."""
_INTO_THE_SLOT: Final = timedelta(minutes=5)
_ALTHOUGH: Final = Text(
    zh_hant="重演沒有每日數字。", zh_hans="重演没有每日数字。", en="A replay has no daily figures."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What came of activating one version."""

    lived: Lived
    code: Mapping[str, str]
    """Digests of the code that ran at that moment."""
    told: int
    """Notices that the change from the text before gave."""


@dataclass(slots=True)
class Living:
    """The replay's course of events at two authorities."""

    pair: Pair
    series: Sequence[Lived]
    holders: tuple[Holder, ...] = ()
    turns: list[Turn] = field(default_factory=list)
    gates: dict[tuple[AuthorityId, ControlPointId], Gate] = field(default_factory=dict)
    synchronised_on: date | None = None

    def live(self, advance: Callable[[], None] = lambda: None) -> None:
        """Everything, in the order of its time."""
        self.pair.exchange_keys()
        self.holders = people_of(self.series)
        for _, act in sorted(self._events(), key=lambda event: event[0]):
            act()
            advance()
        for holder in self.holders:
            application = ApplicationId(str(holder.id_of("application")))
            holder.told = len(notices_of(self.pair.booking, application))

    def _events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        for index, each in enumerate(self.series):
            signing = self._instant(each.day, _SIGNING)
            yield signing, partial(self._take_effect, signing, each)
            applying = self._instant(each.day, _APPLYING)
            people = [holder for holder in self.holders if holder.lived == index]
            yield applying, partial(self._apply, applying, people)
        for holder in self.holders:
            booking = self._instant(holder.books_on, _BOOKING)
            yield booking, partial(self._book, booking, holder)
            for leg, day in ((Leg.OUT, holder.out_on), (Leg.HOME, holder.home_on)):
                at = self._instant(day, self._slot(holder, leg).starts) + _INTO_THE_SLOT
                yield at, partial(self._cross, at, holder, leg)

    def _take_effect(self, at: datetime, each: Lived) -> None:
        """Both sign, and the version takes the place of the one before."""
        self.pair.set_time(at)
        for authority in (self.pair.booking, self.pair.other):
            sign_version(authority, adopt_version(authority, each.loaded.canonical))
        self.pair.synchronise()
        # Two clocks never agree to the millisecond: the activation comes a minute later.
        self.pair.set_time(at + timedelta(minutes=1))
        activation = activate_phase(
            self.pair.booking, each.loaded.digest, each.phase, although=_ALTHOUGH
        )
        if activation.act is None:
            raise ActivationRefusedError("; ".join(o.what.en for o in activation.obstacles))
        self.pair.synchronise()
        report = activation.transition
        told = 0 if report is None else sum(report.notices.values())
        self.turns.append(Turn(lived=each, code=running_code(), told=told))

    def _apply(self, at: datetime, people: Sequence[Holder]) -> None:
        self.pair.set_time(at)
        for holder in people:
            category = self._category(holder)
            sponsor = self._sponsor(holder, category)
            request = ApplicationRequest(
                id=ApplicationId(str(holder.id_of("application"))),
                category=category.id,
                people=(holder.person,),
                evidence={
                    each.id: "as the replay has it"
                    for each in category.evidence or ()
                    if each.required
                },
                itinerary=(DivisionCode("440300"),),
                sponsor=sponsor,
            )
            submit_application(self.pair.booking, request)
            decision = OfficerDecision(application=request.id, grant=True, officer=OFFICER)
            decide_as_officer(self.pair.booking, decision)
            found = application_by_id(self.pair.booking, request.id)
            holder.granted = found is not None and found.state is ApplicationState.GRANTED
            if found is not None and not holder.granted and found.decision is not None:
                holder.refusals.extend(code.value for code in found.decision.codes)

    def _sponsor(self, holder: Holder, category: Category) -> SponsorId | None:
        """A ground that only a sponsor's list opens: the first sponsor puts the person on it."""
        if category.allocation is not AllocationMethod.SPONSOR_LIST:
            return None
        sponsor = self.series[holder.lived].text.sponsors[0].id
        nominate(self.pair.booking, sponsor, [holder.person.document], officer=OFFICER)
        return sponsor

    def _book(self, at: datetime, holder: Holder) -> None:
        if not holder.granted:
            return
        self.pair.set_time(at)
        days = {Leg.OUT: holder.out_on, Leg.HOME: holder.home_on}
        request = JourneyRequest(
            id=JourneyId(str(holder.id_of("journey"))),
            application=ApplicationId(str(holder.id_of("application"))),
            legs=tuple(
                LegWanted(
                    direction=self._direction(holder, leg).id,
                    day=day,
                    slot=holder.slot,
                    control_point=holder.control_point,
                )
                for leg, day in days.items()
            ),
        )
        answer = book_journey(self.pair.booking, request)
        holder.booked = isinstance(answer, PlacesTaken)
        if isinstance(answer, PlacesRefused):
            holder.refusals.extend(reason.code.value for reason in answer.reasons)

    def _cross(self, at: datetime, holder: Holder, leg: Leg) -> None:
        if not holder.booked or (leg is Leg.HOME and not holder.out):
            return
        self.pair.set_time(at)
        self._synchronise_once(at.date())
        shown = show_passes(self.pair.booking, JourneyId(str(holder.id_of("journey"))))
        pass_text = next((each.text for each in shown if each.record.leg is leg), None)
        direction = self._direction(holder, leg)
        request = GateRequest(
            direction=direction.id,
            pass_text=pass_text,
            code_texts=tuple(self._code(each, holder) for each in self.pair.by_id.values()),
            document=holder.person.document,
            tests=(self._test(at),),
        )
        authority = self.pair.by_id[direction.destination]
        gate = self._gate(authority, holder.control_point)
        answer = cross(authority, gate, CrossingRequest(id=str(uuid4()), request=request))
        if leg is Leg.OUT:
            holder.out = answer.record.crossed
        else:
            holder.home = answer.record.crossed
        if not answer.record.crossed:
            holder.refusals.extend(code.value for code in answer.record.decision.codes)

    def _synchronise_once(self, day: date) -> None:
        """Each side fetches what the other published, before the first crossing of a day."""
        if self.synchronised_on != day:
            self.pair.synchronise()
            self.synchronised_on = day

    def _code(self, authority: Authority, holder: Holder) -> str:
        request = HealthRequest(
            id=str(uuid4()),
            registration=self._registration(authority, holder),
            declaration=HealthDeclaration(),
        )
        answer = declare_health(authority, request)
        if not isinstance(answer, HealthAnswer):
            raise LookupError(f"a person of the replay has no code: {answer.code}")  # noqa: TRY004 - a refusal
        return answer.text

    def _registration(self, authority: Authority, holder: Holder) -> RegistrationId:
        """The person's registration; asked for again, it is the same."""
        request = RegistrationRequest(
            id=RegistrationId(str(holder.id_of("registration"))),
            holder=holder.person,
            document_issued_on=_ISSUED_ON,
        )
        answer = register(authority, request)
        if not isinstance(answer, Registered):
            raise LookupError(f"a person of the replay was not registered: {answer.code}")  # noqa: TRY004 - a refusal
        return answer.registration.id

    def _test(self, at: datetime) -> PresentedTest:
        sampled = at - timedelta(hours=_SAMPLED_HOURS_BEFORE)
        return PresentedTest(
            sampled_at=sampled, reported_at=sampled, specimen="nasopharyngeal", read_by=OFFICER
        )

    def _gate(self, authority: Authority, point: ControlPointId) -> Gate:
        key = (authority.id, point)
        if key not in self.gates:
            token = secrets.token_urlsafe(32)
            enrolled = enrol_gate(authority, name="replay", control_point=point, token=token)
            self.gates[key] = enrolled.gate
        return self.gates[key]

    def _category(self, holder: Holder) -> Category:
        categories = self.series[holder.lived].text.categories
        return next(each for each in categories if each.id == holder.category)

    def _direction(self, holder: Holder, leg: Leg) -> Direction:
        directions = self.series[holder.lived].text.directions
        return next(each for each in directions if each.leg is leg)

    def _slot(self, holder: Holder, leg: Leg) -> Slot:
        slots = self._direction(holder, leg).slots or ()
        return next(each for each in slots if each.id == holder.slot)

    def _instant(self, day: date, at: time) -> datetime:
        return instant_of(day, at, self.series[0].loaded.version.zone)
