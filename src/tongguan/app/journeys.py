"""Journeys: a granted party takes its places on every leg at once, or gives them all back."""

from dataclasses import dataclass
from datetime import datetime

import rfc8785

from tongguan.app.authorities import Authority
from tongguan.app.ledger_port import (
    AskedAlike,
    AskedLeg,
    Journey,
    JourneyState,
    Place,
    PlaceRequest,
    PlacesRefused,
    PlacesTaken,
    RequestIdReused,
)
from tongguan.app.ports import Transaction
from tongguan.app.reckoning import reckoning_of
from tongguan.app.schemes import Holding, holding_or_raise, text_by_digest
from tongguan.app.stores import Application, ApplicationState, AuditEntry
from tongguan.app.transitions import (
    TransitionPendingError,
    apply_what_holds,
    require_applied,
)
from tongguan.core.booking.citations import cited
from tongguan.core.booking.rules import LegWanted, decide_booking, decide_cancel
from tongguan.core.calendar import slot_interval
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.core.quota.demand import Demand, demand_of
from tongguan.core.quota.uncounted import uncounted_reasons
from tongguan.core.quota.windows import NOBODY, Crossing, cell_week
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Direction, Phase, Version


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyRequest:
    """What a party asks for; the id is a UUID chosen by the client."""

    id: JourneyId
    application: ApplicationId
    legs: tuple[LegWanted, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CancelAnswer:
    """Whether a journey was given back, with the journey as it now stands."""

    decision: Decision
    journey: Journey | None
    """``None`` when the application has no such journey."""


def book_journey(
    authority: Authority, request: JourneyRequest
) -> PlacesTaken | PlacesRefused | RequestIdReused:
    """Take every place of the party on every leg, or none; at most once for an id."""
    try:
        return _book(authority, request)
    except TransitionPendingError:
        apply_what_holds(authority)
        return _book(authority, request)


def _book(
    authority: Authority, request: JourneyRequest
) -> PlacesTaken | PlacesRefused | RequestIdReused:
    request_hash = authority.index.request(_as_sent(request))
    with authority.database.transaction() as transaction:
        # No text may take the place of the one that is read here before this is decided.
        transaction.ledger.hold_text()
        known = transaction.ledger.known(request.id, request_hash)
        if known is not None:
            return known
        holding = holding_or_raise(transaction)
        require_applied(authority, transaction, holding)
        application = transaction.applications.get(request.application)
        if application is None or application.state is not ApplicationState.GRANTED:
            return _not_granted(holding, application)
        refused = _refused(authority, application, holding, request, transaction.now)
        if refused is not None:
            return refused
        legs = _asked_legs(holding, request)
        crossings = [_crossing(application, leg) for leg in legs]
        uncounted = uncounted_reasons(holding.phase, crossings)
        if uncounted:
            return PlacesRefused(reasons=uncounted)
        demand = demand_of(reckoning_of(transaction, holding, crossings), crossings)
        answer = transaction.ledger.take(
            PlaceRequest(
                journey=request.id,
                application=request.application,
                request_hash=request_hash,
                persons=application.person_keys,
                asked=_asked(holding, application, request, legs, demand),
            ),
            transaction.now,
        )
        if isinstance(answer, PlacesTaken) and not answer.replayed:
            _acknowledge(transaction, holding, application, answer.journey)
        if isinstance(answer, PlacesRefused):
            return PlacesRefused(reasons=cited(holding.phase, answer.reasons))
        return answer


def cancel_journey(
    authority: Authority, journey: JourneyId, application: ApplicationId
) -> CancelAnswer:
    """Give all places of a journey back and revoke its passes; again is harmless."""
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text()
        kept = transaction.ledger.journey(journey)
        owner = transaction.applications.get(application)
        if kept is None or owner is None or kept.application != application:
            return CancelAnswer(decision=Decision(outcome=Outcome.REFUSE), journey=None)
        if kept.state is JourneyState.CANCELLED:
            return CancelAnswer(decision=Decision(outcome=Outcome.GRANT), journey=kept)
        version, phase = text_by_digest(transaction, kept.version, kept.phase)
        legs = tuple(dict.fromkeys(_leg_of(place) for place in kept.places))
        decision = decide_cancel(version, phase, legs=legs, now=transaction.now)
        if decision.outcome is not Outcome.GRANT:
            return CancelAnswer(decision=decision, journey=kept)
        cancelled = transaction.ledger.cancel(journey, transaction.now)
        transaction.passes.revoke_journeys([journey], transaction.now)
        _record(transaction, "journey.cancel", journey, "cancelled")
        return CancelAnswer(decision=decision, journey=cancelled)


def journeys_of(authority: Authority, application: ApplicationId) -> tuple[Journey, ...]:
    """An application's journeys, the newest first."""
    with authority.database.transaction() as transaction:
        return transaction.ledger.journeys_of(application)


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyRecord:
    """A journey with the text and phase that name its control points and slots."""

    journey: Journey
    version: Version
    phase: Phase


def journey_records(authority: Authority, application: ApplicationId) -> tuple[JourneyRecord, ...]:
    """An application's journeys, the newest first, each under the text it was taken under last."""
    with authority.database.transaction() as transaction:
        owner = transaction.applications.get(application)
        if owner is None:
            return ()
        records = []
        for each in transaction.ledger.journeys_of(application):
            version, phase = text_by_digest(transaction, each.version, each.phase)
            records.append(JourneyRecord(journey=each, version=version, phase=phase))
        return tuple(records)


def _refused(
    authority: Authority,
    application: Application,
    holding: Holding,
    request: JourneyRequest,
    now: datetime,
) -> PlacesRefused | None:
    if application.lapsed_at is not None:
        holders = holding.phase.holders
        reason = Reason(
            code=ReasonCode.GRANT_LAPSED,
            clause=f"phases/{holding.phase.id}/holders",
            claims=(holding.phase.basis if holders is None else holders.basis).claims,
            facts={"lapsed_at": application.lapsed_at.isoformat(timespec="minutes")},
        )
        return PlacesRefused(reasons=(reason,))
    decision = decide_booking(
        holding.version,
        holding.phase,
        persons=len(application.people),
        legs=request.legs,
        head_born=application.people[0].born,
        phase_state=holding.state,
        suspensions=holding.suspensions,
        now=now,
        authority=authority.id,
    )
    return None if decision.outcome is Outcome.GRANT else PlacesRefused(reasons=decision.reasons)


def _not_granted(holding: Holding, application: Application | None) -> PlacesRefused:
    reason = Reason(
        code=ReasonCode.APPLICATION_NOT_GRANTED,
        clause=f"phases/{holding.phase.id}/categories",
        claims=holding.phase.basis.claims,
        facts={} if application is None else {"state": application.state.value},
    )
    return PlacesRefused(reasons=(reason,))


def _asked_legs(holding: Holding, request: JourneyRequest) -> tuple[AskedLeg, ...]:
    return tuple(
        AskedLeg(
            leg=_direction(holding, leg).leg,
            direction=leg.direction,
            control_point=leg.control_point,
            slot=leg.slot,
            day=leg.day,
            cell_week=cell_week(holding.version, leg.day),
        )
        for leg in request.legs
    )


def _crossing(application: Application, leg: AskedLeg) -> Crossing:
    """The leg as each of the party crosses."""
    return Crossing(
        direction=leg.direction,
        category=application.category,
        control_point=leg.control_point,
        slot=leg.slot,
        day=leg.day,
        person=NOBODY,
        sponsor=application.sponsor,
    )


def _asked(
    holding: Holding,
    application: Application,
    request: JourneyRequest,
    legs: tuple[AskedLeg, ...],
    demand: Demand,
) -> AskedAlike:
    rules = [way.booking for way in holding.phase.directions if way.booking is not None]
    return AskedAlike(
        scheme=holding.version.scheme,
        version=holding.digest,
        phase=holding.phase.id,
        category=application.category,
        sponsor=application.sponsor,
        legs=legs,
        windows=demand.windows,
        choices=demand.choices,
        live_until=_live_until(holding, request),
        live_journeys_per_person_max=min(
            (each.live_journeys_per_person_max for each in rules), default=1
        ),
    )


def _live_until(holding: Holding, request: JourneyRequest) -> datetime:
    """The end of the last slot of the journey, whose legs the rules have found good."""
    return max(
        slot_interval(leg.day, slot, holding.version.zone).end
        for leg in request.legs
        for way in holding.phase.directions
        if way.id == leg.direction
        for slot in way.slots or ()
        if slot.id == leg.slot
    )


def _acknowledge(
    transaction: Transaction, holding: Holding, application: Application, journey: Journey
) -> None:
    """Keep the application as long as its journey needs it."""
    delete_after = holding.delete_after(max(place.day for place in journey.places))
    transaction.applications.keep_until(application.id, delete_after)
    _record(transaction, "journey.book", journey.id, "booked")


def _direction(holding: Holding, leg: LegWanted) -> Direction:
    return next(each for each in holding.phase.directions if each.id == leg.direction)


def _leg_of(place: Place) -> LegWanted:
    return LegWanted(
        direction=place.direction,
        day=place.day,
        slot=place.slot,
        control_point=place.control_point,
    )


def _as_sent(request: JourneyRequest) -> bytes:
    """The canonical bytes of a request, of which only a keyed hash is kept."""
    return rfc8785.dumps(
        {
            "application": request.application,
            "legs": [
                [each.direction, each.day.isoformat(), each.slot, each.control_point]
                for each in request.legs
            ],
        }
    )


def _record(transaction: Transaction, action: str, journey: JourneyId, outcome: str) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor="traveller",
            action=action,
            subject=journey,
            outcome=outcome,
        )
    )
