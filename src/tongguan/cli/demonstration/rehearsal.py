"""A rehearsal on the day before, under a text of its own: the gate meets every state of a phase."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Final
from uuid import UUID, uuid5

from tongguan.adapters.scheme_files import LoadedScheme
from tongguan.app.acts import end_phase
from tongguan.app.applications import ApplicationRequest
from tongguan.app.gates import GateRequest, gate_bundle
from tongguan.app.health.codes import HealthRequest
from tongguan.app.registration.registrations import RegistrationRequest
from tongguan.cli.demonstration.cut_off import CutOffGate
from tongguan.cli.demonstration.in_process import InProcessServices
from tongguan.cli.demonstration.observations import Observations
from tongguan.cli.demonstration.opening import activate, send_acts
from tongguan.cli.demonstration.services import GatePost, LegChosen
from tongguan.cli.pair import Pair
from tongguan.core.calendar import instant_of
from tongguan.core.decisions import Decision
from tongguan.core.gate.bundle import bundle_text
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.identifiers import (
    ApplicationId,
    AuthorityId,
    RegistrationId,
    SchemeId,
    VersionId,
)
from tongguan.core.people import Assurance, Document, DocumentType, Person
from tongguan.core.scheme.canonical import canonical_text, digest_of
from tongguan.core.scheme.model import AllocationMethod, DateInterval, Direction, Leg, Phase
from tongguan.core.texts import Text

_AT: Final = time(11)
_NAME: Final = "rehearsal"
_OVER: Final = Text(zh_hant="演練完畢。", zh_hans="演练结束。", en="The rehearsal is over.")
_ONE_DAY: Final = timedelta(days=1)
_SLOW: Final = timedelta(minutes=10)
_ISSUED_ON: Final = date(2019, 6, 1)
"""Of the guest's card."""
_GUEST: Final = Person(
    name="演練",
    # No card was ever replaced 99 times, as its last two digits say; and the population is smaller.
    document=Document(type=DocumentType.HOME_RETURN_PERMIT, number="H9999999999", issuer="CHN"),
    assurance=Assurance.ASSERTED,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """Somebody who kept a pass of the rehearsal: of another scheme, with no way home."""

    services: InProcessServices
    post: GatePost
    direction: Direction
    pass_text: str | None = None
    code_texts: tuple[str, ...] = ()

    @property
    def request(self) -> GateRequest:
        """The way out with the pass, if there is one."""
        return GateRequest(
            direction=self.direction.id,
            pass_text=self.pass_text,
            code_texts=self.code_texts,
            document=_GUEST.document,
        )

    def step_up(self, occasion: str) -> None:
        """Show the pass at the gate of the way out."""
        self.services.cross(self.post, _id("crossing", occasion), self.request, let_through=False)


def rehearse(
    pair: Pair,
    loaded: LoadedScheme,
    phase: Phase,
    *,
    first_day: date,
    services: InProcessServices,
    post: GatePost,
    observations: Observations,
) -> Guest:
    """Play the rehearsal; the guest is left with a pass for the first real day."""
    rehearsal = _rehearsal(loaded, phase, first_day - _ONE_DAY)
    direction = next(each for each in phase.directions if each.leg is Leg.OUT)
    guest = Guest(services=services, post=post, direction=direction)
    activate(pair, rehearsal, phase.id, instant_of(first_day - _ONE_DAY, _AT, loaded.version.zone))
    pair.recognise()
    codes = (_code(guest, pair.other.id),)
    observations.decide_cut_off(_at_slow_gate(pair, replace(guest, code_texts=codes)))
    guest = replace(guest, pass_text=_pass(guest, phase, first_day))
    end_phase(pair.booking, rehearsal.digest, phase.id, first_day - 2 * _ONE_DAY, _OVER)
    send_acts(pair.booking, to=pair.other)
    guest.step_up("ended")
    return guest


def _at_slow_gate(pair: Pair, guest: Guest) -> Decision:
    """What a gate decides whose clock is slow: for it the phase has not begun.

    Nor has it heard that the other side's codes are recognised.
    """
    slow = CutOffGate(control_point=guest.post.control_point, now=lambda: pair.now() - _SLOW)
    slow.learn(bundle_text(gate_bundle(pair.booking, guest.services.gates[guest.post])))
    return slow.decide(guest.request)


def _rehearsal(loaded: LoadedScheme, phase: Phase, day: date) -> LoadedScheme:
    """The same text under another name: it may begin a day earlier and asks for no way home."""
    duty = phase.return_ and replace(phase.return_, place_required=False)
    rehearsed = replace(phase, not_before=DateInterval(first=day, last=day), return_=duty)
    version = replace(
        loaded.version,
        id=VersionId(_NAME),
        scheme=SchemeId(_NAME),
        follows=None,
        phases=tuple(rehearsed if each.id == phase.id else each for each in loaded.version.phases),
    )
    canonical = canonical_text(version)
    return LoadedScheme(version=version, canonical=canonical, digest=digest_of(canonical))


def _pass(guest: Guest, phase: Phase, first_day: date) -> str:
    """The guest's pass for the way out on the first real day."""
    category = next(
        each for each in phase.categories if each.allocation is AllocationMethod.FIRST_COME
    )
    application, journey = _id("application"), _id("journey")
    guest.services.apply(
        ApplicationRequest(
            id=ApplicationId(str(application)),
            category=category.id,
            people=(_GUEST,),
            evidence={each.id: _NAME for each in category.evidence or ()},
            itinerary=(),
        )
    )
    leg = LegChosen(
        direction=guest.direction.id,
        day=first_day.isoformat(),
        slot=(guest.direction.slots or ())[0].id,
        control_point=guest.post.control_point,
    )
    answer = guest.services.book(journey, application, (leg,))
    if not answer.booked:
        raise RuntimeError(f"the rehearsal gives no place: {answer.reasons}")
    return guest.services.passes(journey, application)[0, Leg.OUT]


def _code(guest: Guest, issuer: AuthorityId) -> str:
    """The guest's code of the other authority on the day of the rehearsal."""
    registration = RegistrationId(str(_id("registration", issuer)))
    guest.services.register(
        issuer,
        RegistrationRequest(id=registration, holder=_GUEST, document_issued_on=_ISSUED_ON),
    )
    return guest.services.declare(
        issuer,
        HealthRequest(
            id=str(_id("health", issuer)),
            registration=registration,
            declaration=HealthDeclaration(),
        ),
    )


def _id(*what: str) -> UUID:
    return uuid5(_NAMESPACE, ":".join(what))


_NAMESPACE: Final = UUID("7f6b2f0e-7a9b-4a3e-9d5e-0c8a1f2b3c4d")
