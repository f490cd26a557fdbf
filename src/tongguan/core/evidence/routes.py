"""Every route by which evidence enters, with its rule: whose hand, what it may say, which limit.

There is no other. The door (``app/evidence/entry.py``) asks this table of everything that comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tongguan.core.evidence.controls import Controls
from tongguan.core.evidence.limits import (
    CONSOLE,
    causers_of_two,
    is_nobodys_hand,
    uninvolved,
)
from tongguan.core.evidence.records import (
    EventKind,
    Evidence,
    EvidenceEvent,
    EvidenceKind,
    Route,
)
from tongguan.core.evidence.sources import MAY_SAY, SourceKind
from tongguan.core.evidence.two_officers import BY_HAND
from tongguan.core.identifiers import UnitId


class Hand(StrEnum):
    """Whose hand enters it, and with that what it takes."""

    OWN = "own"
    """The person's, with the secret of an open registration: nobody else answers for it."""
    SIGNED_SOURCE = "signed_source"
    """A source's that the authority enrolled at its console: the key is within its dates."""
    TWO_OFFICERS = "two_officers"
    """Two officers' of different units: one proposes, the other confirms."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteRule:
    """What holds for everything that enters by a route."""

    hand: Hand
    kinds: frozenset[EvidenceKind]
    """What it may say."""
    source: SourceKind | None = None
    """What signs it, where a source does."""
    of_registration: bool = False
    """It counts for the registration alone under which it was said or brought."""

    @property
    def is_limited(self) -> bool:
        """Whether adverse acts by it count against somebody, and beyond a limit are held."""
        return self.hand is not Hand.OWN


def _signed(source: SourceKind) -> RouteRule:
    return RouteRule(hand=Hand.SIGNED_SOURCE, kinds=MAY_SAY[source], source=source)


ROUTE_RULES: Final[Mapping[Route, RouteRule]] = MappingProxyType(
    {
        Route.ARRIVAL_FEED: _signed(SourceKind.BORDER),
        Route.CERTIFICATE: RouteRule(
            hand=Hand.OWN,
            kinds=frozenset({EvidenceKind.DOSE, EvidenceKind.TEST_RESULT}),
            of_registration=True,
        ),
        Route.CONVERSION: RouteRule(
            hand=Hand.OWN,
            kinds=frozenset(
                {
                    EvidenceKind.ARRIVAL,
                    EvidenceKind.CASE_ORDER,
                    EvidenceKind.CONTACT_ORDER,
                    EvidenceKind.DISCHARGE,
                    EvidenceKind.DOSE,
                    EvidenceKind.QUARANTINE_ORDER,
                    EvidenceKind.STAY,
                    EvidenceKind.SYMPTOMS,
                    EvidenceKind.TEST_RESULT,
                }
            ),
            of_registration=True,
        ),
        Route.DECLARATION: RouteRule(
            hand=Hand.OWN,
            kinds=frozenset(
                {
                    EvidenceKind.ARRIVAL,
                    EvidenceKind.DECLARED_STATE,
                    EvidenceKind.DISCHARGE,
                    EvidenceKind.STAY,
                    EvidenceKind.SYMPTOMS,
                }
            ),
            of_registration=True,
        ),
        Route.LABORATORY: _signed(SourceKind.LABORATORY),
        Route.OFFICERS: RouteRule(hand=Hand.TWO_OFFICERS, kinds=frozenset(BY_HAND)),
        Route.ORDER_OFFICE: _signed(SourceKind.ORDER_OFFICE),
    }
)
"""The rule of each route."""


class OutOfRoute(StrEnum):
    """Why evidence, or what would become of it, does not go by the rule of its route."""

    CAUSERS = "causers"
    """Not those who have to answer for it."""
    END = "end"
    """Evidence by officers ends by itself, and not too late."""
    INVOLVED = "involved"
    """Who caused it, or whose unit did, does not judge it."""
    KIND = "kind"
    """The route does not say such things."""
    NOT_ITS_SOURCE = "not_its_source"
    """Nobody takes back what another said."""
    NOT_TWO_UNITS = "not_two_units"
    """It takes two officers of different units."""
    NOT_VOUCHED = "not_vouched"
    """No enrolled source, no proposal of two officers, no open registration stands behind it."""
    REGISTRATION = "registration"
    """What comes by a person's own hand has its registration, and nothing else has one."""


_TWO: Final = 2


def evidence_fault(evidence: Evidence, controls: Controls) -> OutOfRoute | None:
    """Why this may not enter by the route it names, as far as it can be seen in it."""
    rule = ROUTE_RULES[evidence.route]
    if evidence.kind not in rule.kinds:
        return OutOfRoute.KIND
    if (evidence.registration is not None) is not rule.of_registration:
        return OutOfRoute.REGISTRATION
    if not _answers(evidence, rule):
        return OutOfRoute.CAUSERS
    if rule.hand is Hand.TWO_OFFICERS:
        latest = evidence.received_at + timedelta(days=controls.finding_days_max)
        if evidence.ends_at is None or evidence.ends_at > latest:
            return OutOfRoute.END
    return None


def _answers(evidence: Evidence, rule: RouteRule) -> bool:
    """Whether those stand as its causers who have to answer for it."""
    causers = set(evidence.causers)
    match rule.hand:
        case Hand.OWN:
            return not causers
        case Hand.SIGNED_SOURCE:
            units = {each for each in causers if each.startswith("unit:")}
            return causers - units == {f"source:{evidence.source}"} and len(units) <= 1
        case Hand.TWO_OFFICERS:
            units = {each for each in causers if each.startswith("unit:")}
            officers = {each for each in causers if each.startswith("officer:")}
            return causers == units | officers and len(units) == len(officers) == _TWO


def event_fault(evidence: Evidence, event: EvidenceEvent) -> OutOfRoute | None:
    """Why this may not become of the evidence, as far as it can be seen in both.

    What a source signed, it takes back itself; or the authority does at its console, where the
    source was withdrawn as not to be believed since an earlier time (``vouching.py`` looks it up).
    """
    hand = ROUTE_RULES[evidence.route].hand
    match event.kind:
        case EventKind.WITHDRAWN:
            is_signed = hand is Hand.SIGNED_SOURCE
            is_its_source = is_signed and event.by in ((evidence.source,), (CONSOLE,))
            return None if is_its_source else OutOfRoute.NOT_ITS_SOURCE
        case EventKind.SUPERSEDED:
            is_declared = evidence.route is Route.DECLARATION
            is_own = is_declared and event.by == (evidence.registration,)
            return None if is_own else OutOfRoute.NOT_ITS_SOURCE
        case EventKind.LIFTED | EventKind.RELEASED | EventKind.UPHELD:
            if len(set(event.by)) != _TWO or len(set(event.units)) != _TWO:
                return OutOfRoute.NOT_TWO_UNITS
            if event.kind is EventKind.LIFTED or _are_uninvolved(evidence, event):
                return None
            return OutOfRoute.INVOLVED
        case EventKind.HELD:
            return OutOfRoute.INVOLVED  # the door alone holds
        case EventKind.CONTESTED:
            return None


def answers_for(evidence: Evidence, event: EvidenceEvent, causers: tuple[str, ...]) -> bool:
    """Whether those stand as causers of an event who have to answer for it, should it be adverse.

    Who releases what officers entered answers for nothing: they looked, and caused none of it. What
    no officer's name stands behind has theirs from then on. What the console takes back is the
    console's doing, and not that of a source whose key was stolen.
    """
    match event.kind:
        case EventKind.WITHDRAWN:
            is_by_console = event.by == (CONSOLE,)
            return set(causers) == ({CONSOLE} if is_by_console else set(evidence.causers))
        case EventKind.LIFTED | EventKind.UPHELD:
            units = [UnitId(each) for each in event.units]
            return set(causers) == set(causers_of_two(event.by, units))
        case EventKind.RELEASED if is_nobodys_hand(evidence.causers):
            units = [UnitId(each) for each in event.units]
            return set(causers) == set(causers_of_two(event.by, units))
        case _:
            return not causers


def _are_uninvolved(evidence: Evidence, event: EvidenceEvent) -> bool:
    units = [UnitId(each) for each in event.units]
    return uninvolved(units, evidence.causers, officers=event.by)
