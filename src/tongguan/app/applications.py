"""Applications: made by a party, decided by the rule or by an officer, opened by its holder."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import rfc8785

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, holding_or_raise, version_by_digest, what_holds
from tongguan.app.stores import Application, ApplicationState, AuditEntry
from tongguan.core.booking.keepers import keeps_places
from tongguan.core.calendar import local_day
from tongguan.core.credentials.index import Slip, normalised_reference
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.eligibility.decide import ApplicationFacts, category_of, decide_application
from tongguan.core.eligibility.stays import Stay
from tongguan.core.identifiers import (
    ApplicationId,
    CategoryId,
    DivisionCode,
    PersonKey,
    SponsorId,
)
from tongguan.core.people import Person
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import GrantRule, Phase
from tongguan.core.scheme.state import find_phase

_STATES = {
    Outcome.GRANT: ApplicationState.GRANTED,
    Outcome.REFER: ApplicationState.WAITING,
    Outcome.REFUSE: ApplicationState.REFUSED,
}
DECIDED_BY_RULE = "rule"


class RequestIdReusedError(Exception):
    """The id belongs to a different request; the sender's fault, nothing was changed."""


class BookedElsewhereError(Exception):
    """The scheme gives applications and places to the other authority; nothing was kept here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationRequest:
    """What a party sends; the id is chosen by the client so that it can be sent again."""

    id: ApplicationId
    category: CategoryId
    people: tuple[Person, ...] = field(repr=False)
    evidence: Mapping[str, str] = field(repr=False)
    itinerary: tuple[DivisionCode, ...] = field(repr=False)
    stays: tuple[Stay, ...] | None = field(repr=False, default=None)
    """Where the party was on the days before; ``None`` = not stated."""
    sponsor: SponsorId | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationAnswer:
    """The application as it now stands, and the slip that opens it."""

    application: Application
    slip: Slip
    replayed: bool


def submit_application(authority: Authority, request: ApplicationRequest) -> ApplicationAnswer:
    """Decide and keep an application, at most once for an id."""
    request_hash = authority.index.request(_as_sent(request))
    with authority.database.transaction() as transaction:
        # What is granted here must be there when a transition asks which grants it keeps.
        transaction.ledger.hold_text()
        holding = holding_or_raise(transaction)
        if not keeps_places(holding.version, holding.phase, authority.id):
            raise BookedElsewhereError
        application = _decided(authority, transaction, holding, request)
        delete_after = holding.delete_after(local_day(transaction.now, holding.version.zone))
        if not transaction.applications.add(application, request_hash, delete_after):
            return _replayed(authority, transaction, request, request_hash)
        _record(transaction, "traveller", "application.submit", application)
    slip = authority.index.slip(application.id)
    return ApplicationAnswer(application=application, slip=slip, replayed=False)


def open_application(authority: Authority, reference: str, secret: str) -> Application | None:
    """The application, to whoever holds its reference and secret; ``None`` to anyone else."""
    with authority.database.transaction() as transaction:
        found = transaction.applications.by_reference(normalised_reference(reference))
    if found is None or not authority.index.opens(found.id, secret):
        return None
    return found


def application_by_id(authority: Authority, application: ApplicationId) -> Application | None:
    """An application already opened in this session."""
    with authority.database.transaction() as transaction:
        return transaction.applications.get(application)


def waiting_applications(
    authority: Authority, *, officer: str, limit: int = 50
) -> tuple[Application, ...]:
    """The desk's queue, the oldest first; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        waiting = transaction.applications.waiting(limit=limit)
        for application in waiting:
            _record(transaction, officer, "application.look", application)
        return waiting


def look_at_application(
    authority: Authority, application: ApplicationId, *, officer: str
) -> Application | None:
    """One application for an officer; the look is recorded before it is shown."""
    with authority.database.transaction() as transaction:
        found = transaction.applications.get(application)
        if found is not None:
            _record(transaction, officer, "application.look", found)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficerDecision:
    """What an officer decides on a waiting application."""

    application: ApplicationId
    grant: bool
    officer: str
    fallback: CategoryId | None = None
    """Grant under another category that the category names as its fallback."""


def decide_as_officer(authority: Authority, decision: OfficerDecision) -> Application | None:
    """Record an officer's decision on a waiting application; one already decided stays as it is."""
    with authority.database.transaction() as transaction:
        transaction.ledger.hold_text()
        found = transaction.applications.get(decision.application, lock=True)
        holding = what_holds(transaction)
        if found is None or holding is None or found.state is not ApplicationState.WAITING:
            return found
        phase = _deciding_phase(transaction, holding, found)
        if phase is None:
            return _closed(transaction, holding, found)
        category = category_of(phase, decision.fallback or found.category)
        own = category_of(phase, found.category)
        if category is None or own is None:
            return found
        if decision.fallback is not None and decision.fallback not in own.fallback:
            raise ValueError("not a fallback of the application's category")
        code = ReasonCode.EVIDENCE_ACCEPTED if decision.grant else ReasonCode.EVIDENCE_INSUFFICIENT
        reason = Reason(
            code=code,
            clause=f"phases/{phase.id}/categories/{category.id}/evidence",
            claims=category.basis.claims,
            facts={"category": category.id},
        )
        outcome = Outcome.GRANT if decision.grant else Outcome.REFUSE
        decided = replace(
            found,
            category=category.id,
            decision=Decision(outcome=outcome, reasons=(reason,)),
            state=_STATES[outcome],
            decided_at=transaction.now,
            decided_by=decision.officer,
        )
        transaction.applications.decide(decided)
        _record(transaction, decision.officer, "application.decide", decided)
        return decided


def _deciding_phase(
    transaction: Transaction, holding: Holding, application: Application
) -> Phase | None:
    """The phase by which a case is decided: what holds, where it has its category still.

    Else the phase of its own text, where grants of that text are kept; ``None`` where they lapse.
    """
    if category_of(holding.phase, application.category) is not None:
        return holding.phase
    holders = holding.phase.holders
    if holders is None or holders.grants is not GrantRule.KEEP:
        return None
    return find_phase(version_by_digest(transaction, application.version), application.phase)


def _closed(transaction: Transaction, holding: Holding, found: Application) -> Application:
    """Refused because what holds has no such category and keeps no grants of the text before."""
    reason = Reason(
        code=ReasonCode.CATEGORY_UNKNOWN,
        clause=f"phases/{holding.phase.id}/categories",
        claims=holding.phase.basis.claims,
        facts={"category": found.category},
    )
    closed = replace(
        found,
        decision=Decision(outcome=Outcome.REFUSE, reasons=(reason,)),
        state=ApplicationState.REFUSED,
        decided_at=transaction.now,
        decided_by=DECIDED_BY_RULE,
    )
    transaction.applications.decide(closed)
    _record(transaction, DECIDED_BY_RULE, "application.decide", closed)
    return closed


def _decided(
    authority: Authority, transaction: Transaction, holding: Holding, request: ApplicationRequest
) -> Application:
    people = tuple(authority.index.person(each.document) for each in request.people)
    facts = ApplicationFacts(
        category=request.category,
        people=request.people,
        evidence=request.evidence,
        itinerary=request.itinerary,
        stays=request.stays,
        sponsor=request.sponsor,
        not_on_list=_not_on_list(transaction, holding, request.sponsor, people),
    )
    decision = holding.takes_applications()
    if decision is None:
        today = local_day(transaction.now, holding.version.zone)
        decision = decide_application(holding.phase, facts, today)
    state = _STATES[decision.outcome]
    waiting = state is ApplicationState.WAITING
    return Application(
        id=request.id,
        reference=authority.index.slip(request.id).reference,
        version=holding.digest,
        phase=holding.phase.id,
        category=request.category,
        people=request.people,
        person_keys=people,
        evidence=dict(request.evidence),
        itinerary=request.itinerary,
        state=state,
        decision=decision,
        submitted_at=transaction.now,
        decided_at=None if waiting else transaction.now,
        decided_by=None if waiting else DECIDED_BY_RULE,
        sponsor=request.sponsor,
        stays=request.stays,
        decide_by=_decide_by(holding, request.category, transaction.now) if waiting else None,
    )


def _not_on_list(
    transaction: Transaction,
    holding: Holding,
    sponsor: SponsorId | None,
    people: tuple[PersonKey, ...],
) -> tuple[int, ...]:
    """The numbers of the people whom the sponsor has not named."""
    if sponsor is None:
        return ()
    named = transaction.sponsors.named(holding.version.scheme, sponsor, people)
    return tuple(number for number, key in enumerate(people) if key not in named)


def _decide_by(holding: Holding, category: CategoryId, now: datetime) -> datetime | None:
    found = category_of(holding.phase, category)
    minutes = None if found is None else found.decide_within_minutes
    return None if minutes is None else now + timedelta(minutes=minutes)


def _replayed(
    authority: Authority, transaction: Transaction, request: ApplicationRequest, request_hash: bytes
) -> ApplicationAnswer:
    if transaction.applications.request_hash(request.id) != request_hash:
        raise RequestIdReusedError
    kept = transaction.applications.get(request.id)
    if kept is None:  # deleted by retention between the two statements
        raise RequestIdReusedError
    return ApplicationAnswer(application=kept, slip=authority.index.slip(kept.id), replayed=True)


def _as_sent(request: ApplicationRequest) -> bytes:
    """The canonical bytes of a request, of which only a keyed hash is kept."""
    return rfc8785.dumps(
        {
            "sponsor": request.sponsor,
            "stays": None
            if request.stays is None
            else [[each.division, each.last_on.isoformat()] for each in request.stays],
            "category": request.category,
            "evidence": dict(request.evidence),
            "itinerary": list(request.itinerary),
            "people": [
                {
                    "name": each.name,
                    "document": [each.document.type, each.document.number, each.document.issuer],
                    "assurance": each.assurance,
                    "born": None if each.born is None else each.born.isoformat(),
                }
                for each in request.people
            ],
        }
    )


def _record(transaction: Transaction, actor: str, action: str, application: Application) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=actor,
            action=action,
            subject=application.id,
            outcome=application.decision.outcome.value,
            codes=tuple(application.decision.codes),
        )
    )
