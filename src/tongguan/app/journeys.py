"""Journeys: a granted party takes its places on every leg at once, changes or gives them back."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Final

from tongguan.app.authorities import Authority
from tongguan.app.ledger_port import (
    STANDING,
    Journey,
    JourneyState,
    Place,
    PlaceRequest,
    PlacesAnswer,
    PlacesRefused,
    PlacesTaken,
)
from tongguan.app.ledger_refusals import LedgerRefusals, record_refusals
from tongguan.app.place_requests import JourneyRequest, PlaceRequests
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, text_by_digest
from tongguan.app.stores import AuditEntry
from tongguan.app.whats_due import with_nothing_due
from tongguan.core.booking.holds import hold_expired, journey_over
from tongguan.core.booking.rules import LegWanted, decide_cancel
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import ApplicationId, JourneyId
from tongguan.core.scheme.model import Phase, Version

__all__ = [
    "JourneyAnswer",
    "JourneyRecord",
    "JourneyRequest",
    "book_journey",
    "book_journeys",
    "cancel_journey",
    "confirm_journey",
    "journey_records",
    "journeys_of",
    "rebook_journey",
]

_ACTOR: Final = "traveller"
_BOOK, _REBOOK = "journey.book", "journey.rebook"


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyAnswer:
    """Whether what was asked of a journey was done, with the journey as it now stands."""

    decision: Decision
    journey: Journey | None
    """``None`` when the application has no such journey."""


def book_journey(authority: Authority, request: JourneyRequest) -> PlacesAnswer:
    """Take every place of the party on every leg, or none; at most once for an id."""
    return book_journeys(authority, (request,))[0]


def book_journeys(
    authority: Authority,
    requests: Sequence[JourneyRequest],
    *,
    turn: AbstractContextManager[object] | None = None,
) -> tuple[PlacesAnswer, ...]:
    """The answer to each request, in the order of arrival, as if one were asked after another.

    One transaction: everything that is taken is kept, or nothing is. Where several calls are made
    ready side by side, places are asked for within ``turn``.
    """
    if not requests:
        return ()
    return with_nothing_due(
        authority,
        lambda transaction, holding: _booked(
            PlaceRequests(authority=authority, transaction=transaction, holding=holding),
            requests,
            nullcontext() if turn is None else turn,
        ),
    )


def rebook_journey(
    authority: Authority, old: JourneyId, request: JourneyRequest
) -> PlacesAnswer | None:
    """Take the places of a new journey for those of an old one, which stays where it is refused.

    One step: there is no moment without either. The old one must be one that may still be given
    back, the new one must be one that may be booked; what comes of it is booked, never held.
    ``None`` when the application has no such old journey.
    """
    return with_nothing_due(
        authority,
        lambda transaction, holding: _rebooked(
            PlaceRequests(authority=authority, transaction=transaction, holding=holding),
            old,
            replace(request, hold=False),
        ),
    )


def confirm_journey(
    authority: Authority, journey: JourneyId, application: ApplicationId
) -> JourneyAnswer:
    """Book what is held, before its hour; again is harmless.

    Nothing else is asked: what a hold promised stands, whatever was suspended meanwhile.
    """
    return with_nothing_due(
        authority,
        lambda transaction, _: _confirmed(transaction, journey, application),
    )


def cancel_journey(
    authority: Authority, journey: JourneyId, application: ApplicationId
) -> JourneyAnswer:
    """Give all places of a journey back and revoke its passes; again is harmless."""
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text()
        kept = _own(transaction, journey, application)
        if kept is not None and kept.state in STANDING:
            kept = transaction.ledger.lock_places(journey)
        if kept is None:
            return JourneyAnswer(decision=Decision(outcome=Outcome.REFUSE), journey=None)
        if kept.state not in STANDING:
            return JourneyAnswer(decision=Decision(outcome=Outcome.GRANT), journey=kept)
        reasons = _against_giving_back(transaction, kept)
        if reasons:
            refusal = Decision(outcome=Outcome.REFUSE, reasons=reasons)
            codes = tuple(each.value for each in refusal.codes)
            transaction.audit.record(
                _entry(transaction, "journey.cancel", journey, "refused", codes=codes)
            )
            return JourneyAnswer(decision=refusal, journey=kept)
        cancelled = transaction.ledger.cancel(journey, transaction.now)
        transaction.passes.revoke_journeys([journey], transaction.now)
        transaction.audit.record(_entry(transaction, "journey.cancel", journey, "cancelled"))
        return JourneyAnswer(decision=Decision(outcome=Outcome.GRANT), journey=cancelled)


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


def _booked(
    asking: PlaceRequests,
    requests: Sequence[JourneyRequest],
    turn: AbstractContextManager[object],
) -> tuple[PlacesAnswer, ...]:
    transaction = asking.transaction
    parties = asking.parties(each.application for each in requests)
    asked = [
        asking.of(each, parties.get(each.application), asking.request_hash(each))
        for each in requests
    ]
    wanted = [each for each in asked if isinstance(each, PlaceRequest)]
    with turn:
        decided = transaction.ledger.take_many(wanted, transaction.now, recorded_as=(_ACTOR, _BOOK))
    answers = _in_order(asking, requests, asked, decided)
    record_refusals(
        transaction.audit,
        transaction.now,
        by=_ACTOR,
        action=_BOOK,
        decided=zip([each.id for each in requests], answers, strict=True),
    )
    return answers


def _in_order(
    asking: PlaceRequests,
    requests: Sequence[JourneyRequest],
    asked: Sequence[PlaceRequest | PlacesRefused],
    decided: Sequence[PlacesAnswer],
) -> tuple[PlacesAnswer, ...]:
    """An answer to each request: of the ledger, or the refusal of the rules.

    An id that was decided before is known, though the rules would refuse it by now.
    """
    ledger = asking.transaction.ledger
    said = LedgerRefusals(holding=asking.holding, now=asking.transaction.now)
    if len(decided) == len(requests):  # the rules refused nobody, as nearly always
        return tuple(said.of(each) if isinstance(each, PlacesRefused) else each for each in decided)
    by_ledger = iter(decided)
    found = [each if isinstance(each, PlacesRefused) else next(by_ledger) for each in asked]
    not_yet = {each.id for each, answer in zip(requests, found, strict=True) if _is_new(answer)}
    by_rules = [
        request.id
        for request, each in zip(requests, asked, strict=True)
        if isinstance(each, PlacesRefused)
    ]
    kept = ledger.kept(by_rules) if by_rules else frozenset()
    answers: list[PlacesAnswer] = []
    for request, each, answer in zip(requests, asked, found, strict=True):
        if isinstance(each, PlaceRequest):
            not_yet.discard(request.id)
            answers.append(said.of(answer) if isinstance(answer, PlacesRefused) else answer)
        elif request.id in kept and request.id not in not_yet:
            answers.append(ledger.known(request.id, asking.request_hash(request)) or each)
        else:
            answers.append(each)
    return tuple(answers)


def _is_new(answer: PlacesAnswer) -> bool:
    """Whether places were taken just now."""
    return isinstance(answer, PlacesTaken) and not answer.replayed


def _rebooked(
    asking: PlaceRequests, old: JourneyId, request: JourneyRequest
) -> PlacesAnswer | None:
    transaction = asking.transaction
    kept = _own(transaction, old, request.application)
    if kept is None:
        return None
    request_hash = asking.request_hash(request, replaces=old)
    known = transaction.ledger.known(request.id, request_hash)
    if known is not None:
        return known
    answer = _exchanged(asking, kept, request, request_hash)
    if _is_new(answer):
        transaction.passes.revoke_journeys([old], transaction.now)
        transaction.audit.record(_entry(transaction, _REBOOK, request.id, "booked"))
    record_refusals(
        transaction.audit,
        transaction.now,
        by=_ACTOR,
        action=_REBOOK,
        decided=[(request.id, answer)],
    )
    return answer


def _exchanged(
    asking: PlaceRequests, old: Journey, request: JourneyRequest, request_hash: bytes
) -> PlacesAnswer:
    """The new journey for the old one, or why not: both rules and the ledger are asked."""
    transaction, holding = asking.transaction, asking.holding
    if old.state not in STANDING:
        return _over(holding, old)
    reasons = _against_giving_back(transaction, old)
    party = asking.parties([request.application]).get(request.application)
    asked = asking.of(request, party, request_hash)
    if isinstance(asked, PlacesRefused) or reasons:
        refused = asked.reasons if isinstance(asked, PlacesRefused) else ()
        return PlacesRefused(reasons=(*reasons, *refused))
    answer = transaction.ledger.rebook(old.id, asked, transaction.now)
    if answer is None:
        # Another ended it before it was locked.
        return _over(holding, transaction.ledger.journey(old.id) or old)
    if isinstance(answer, PlacesRefused):
        return LedgerRefusals(holding=holding, now=transaction.now).of(answer)
    return answer


def _over(holding: Holding, journey: Journey) -> PlacesRefused:
    return PlacesRefused(reasons=(journey_over(holding.phase, journey.state.value),))


def _confirmed(
    transaction: Transaction, journey: JourneyId, application: ApplicationId
) -> JourneyAnswer:
    kept = _own(transaction, journey, application)
    if kept is None:
        return JourneyAnswer(decision=Decision(outcome=Outcome.REFUSE), journey=None)
    if kept.state is JourneyState.HELD:
        # Of two who confirm at once only one has decided it.
        kept = transaction.ledger.lock(journey) or kept
    if kept.state is JourneyState.BOOKED:
        return JourneyAnswer(decision=Decision(outcome=Outcome.GRANT), journey=kept)
    if kept.state is JourneyState.HELD:
        kept = transaction.ledger.confirm(journey, transaction.now) or kept
    is_booked = kept.state is JourneyState.BOOKED
    decision = Decision(outcome=Outcome.GRANT) if is_booked else _not_standing(transaction, kept)
    outcome = "booked" if is_booked else "refused"
    codes = tuple(each.value for each in decision.codes)
    transaction.audit.record(_entry(transaction, "journey.confirm", journey, outcome, codes=codes))
    return JourneyAnswer(decision=decision, journey=kept)


def _not_standing(transaction: Transaction, journey: Journey) -> Decision:
    """Why a journey cannot be confirmed any more."""
    _, phase = text_by_digest(transaction, journey.version, journey.phase)
    ended_by_itself = journey.state in (JourneyState.EXPIRED, JourneyState.HELD)
    if ended_by_itself and journey.held_until is not None:
        named = {place.direction for place in journey.places}
        reason = hold_expired(phase, named, journey.held_until)
    else:
        reason = journey_over(phase, journey.state.value)
    return Decision(outcome=Outcome.REFUSE, reasons=(reason,))


def _own(
    transaction: Transaction, journey: JourneyId, application: ApplicationId
) -> Journey | None:
    """The journey, where it is one of the application's."""
    kept = transaction.ledger.journey(journey)
    return kept if kept is not None and kept.application == application else None


def _against_giving_back(transaction: Transaction, journey: Journey) -> tuple[Reason, ...]:
    """Why its places may not be given back any more; what is only held always may be."""
    if journey.state is JourneyState.HELD:
        return ()
    version, phase = text_by_digest(transaction, journey.version, journey.phase)
    legs = tuple(dict.fromkeys(_leg_of(place) for place in journey.places))
    return decide_cancel(version, phase, legs=legs, now=transaction.now).reasons


def _entry(
    transaction: Transaction,
    action: str,
    journey: JourneyId,
    outcome: str,
    *,
    codes: tuple[str, ...] = (),
) -> AuditEntry:
    return AuditEntry(
        at=transaction.now,
        actor=_ACTOR,
        action=action,
        subject=journey,
        outcome=outcome,
        codes=codes,
    )


def _leg_of(place: Place) -> LegWanted:
    return LegWanted(
        direction=place.direction,
        day=place.day,
        slot=place.slot,
        control_point=place.control_point,
    )
