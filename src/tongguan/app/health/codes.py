"""Health codes: evidence in, a signed colour out, the newest code live for each person.

What a person declares is evidence of their own route and counts for their registration alone;
what others said of them counts beside it. The colour follows from both, and nobody sets it.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import rfc8785

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority, KeyUnavailableError
from tongguan.app.evidence.consequences import NoHealthRulesError, moment
from tongguan.app.evidence.entry import become, enter
from tongguan.app.health.code_store import HealthCodeRecord
from tongguan.app.health.typed_registrations import ring_where_typed_turn
from tongguan.app.holder_keys import holder_key_of
from tongguan.app.ports import Transaction
from tongguan.app.registration.claim_decisions import uphold_due_claims
from tongguan.app.registration.registering import hold_number
from tongguan.app.registration.store import Registration
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.app.status_places import status_place
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.holder import holder_period, holder_tag
from tongguan.core.credentials.keys import KeyUse, SigningKey
from tongguan.core.evidence.certified import as_trusted
from tongguan.core.evidence.declared import (
    declared_evidence,
    is_declared_on,
    standing_declarations,
)
from tongguan.core.evidence.records import EventKind, EvidenceEvent, KeptEvidence
from tongguan.core.health.code import HealthCodeClaims, encode_health_code
from tongguan.core.health.declaration import HealthDeclaration
from tongguan.core.health.judgement import Judgement, judge
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import RegistrationId

STATUS_LIST = "health-code"
"""The kind of code, as the names of its status lists begin."""
_ONE_SECOND: Final = timedelta(seconds=1)


class HealthCodeRevokedError(RequestIdReusedError):
    """The code under this id was revoked since; only a new id gives a new code."""


class RegistrationClosedError(LookupError):
    """No such registration is open: whoever asked for it looked no longer at what holds."""


class HealthRefusal(StrEnum):
    """Why there is no code: a stable code; its words stand in ``texts/registration.yaml``."""

    ASSURANCE_TOO_LOW = "assurance_too_low"
    """It is not sure enough who is registered: an officer has to see the document."""
    DECLARATION_MISSING = "declaration_missing"
    """Nothing was declared on this day yet."""
    REGISTRATION_CLOSED = "registration_closed"
    """The registration is not open: the number was given to who claimed it, or it was deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthRefused:
    """An expected "no"; nothing was kept."""

    code: HealthRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthRequest:
    """What a registered person declares for a code; the id is a UUID chosen by the client."""

    id: str
    registration: RegistrationId
    declaration: HealthDeclaration | None = field(repr=False)
    """``None``: a new code on what was declared today already and on what others say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthAnswer:
    """The colour with its findings, and the code as text for a QR."""

    judgement: Judgement = field(repr=False)
    claims: HealthCodeClaims = field(repr=False)
    text: str = field(repr=False)
    replayed: bool


def declare_health(authority: Authority, request: HealthRequest) -> HealthAnswer | HealthRefused:
    """Keep what is declared as evidence, judge all that is kept, and sign the colour, once for an
    id.

    The person's earlier codes are revoked. Raises ``RequestIdReusedError`` for another request
    under a known id, ``HealthCodeRevokedError`` for a known request whose code is void by now,
    ``NothingHoldsError`` before any phase was activated.
    """
    uphold_due_claims(authority)
    sent = _as_sent(request)
    request_hash = authority.index.request(rfc8785.dumps(sent))
    with authority.database.transaction() as transaction:
        window = _Window.of(authority, transaction, request.registration)
        if window is None:
            return HealthRefused(code=HealthRefusal.REGISTRATION_CLOSED)
        latest = transaction.health_codes.hold_person(window.registration.person)
        kept = transaction.health_codes.get(UUID(request.id).bytes)
        if kept is not None:
            return window.answer_again(_same_request(kept, request_hash))
        # Who waited for another declaration of this person may have begun before it was made;
        # the code that counts is never dated before the one it replaces.
        now = max(whole_second(transaction.now), latest or datetime.min.replace(tzinfo=UTC))
        code = window.take(request, request_hash, now)
        if code is not None:
            return HealthRefused(code=code)
        judgement = window.judged(now)
        record = window.record(request, judgement, now)
        delete_after = window.holding.delete_after(window.day(now))
        if not transaction.health_codes.add(record, request_hash, sent, delete_after):
            raise RequestIdReusedError  # the same id in two requests at the same moment
        transaction.registrations.keep_until(request.registration, delete_after)
        transaction.health_codes.revoke_earlier(record.person, than=record.id, at=now)
        transaction.audit.record(
            AuditEntry(
                at=now,
                actor="traveller",
                action="health_code.declare",
                subject=request.id,
                outcome="issued",
            )
        )
        ring_where_typed_turn(authority, transaction, window.rules, window.registration, now=now)
        return window.answer(record, judgement, replayed=False)


def explain(authority: Authority, registration: RegistrationId) -> Judgement:
    """The colour that an open registration has now, with every finding that gives it.

    Raises ``RegistrationClosedError`` for any other: what is said of the number is said of whoever
    holds it.
    """
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        window = _Window.of(authority, transaction, registration)
        if window is None:
            raise RegistrationClosedError(registration)
        return window.judged(transaction.now)


def live_code(authority: Authority, registration: RegistrationId) -> HealthAnswer | None:
    """The code of an open registration that counts now, signed again; ``None`` without one."""
    uphold_due_claims(authority)
    with authority.database.transaction() as transaction:
        window = _Window.of(authority, transaction, registration)
        if window is None:
            return None
        live = transaction.health_codes.live(window.registration.person)
        own = [each for each in live if each.registration == registration]
        return window.answer_again(own[-1]) if own else None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Window:
    """One registered person before the authority, held until the transaction ends."""

    authority: Authority
    transaction: Transaction
    holding: Holding
    rules: HealthRules
    registration: Registration

    @classmethod
    def of(
        cls, authority: Authority, transaction: Transaction, registration: RegistrationId
    ) -> "_Window | None":
        """``None`` where no such registration is open."""
        if authority.health_rules is None:
            raise NoHealthRulesError(authority.id)
        found = transaction.registrations.get(registration)
        if found is None:
            return None
        present = hold_number(transaction, found.person)
        if present is None or present.id != registration:
            return None
        return cls(
            authority=authority,
            transaction=transaction,
            holding=holding_or_raise(transaction),
            rules=authority.health_rules,
            registration=present,
        )

    def day(self, now: datetime) -> date:
        """The day of a code in the scheme's zone."""
        return local_day(now, self.holding.version.zone)

    def take(
        self, request: HealthRequest, request_hash: bytes, now: datetime
    ) -> HealthRefusal | None:
        """Keep what is declared in the place of what was declared before; why not, if not."""
        if not self._is_sure_enough():
            return HealthRefusal.ASSURANCE_TOO_LOW
        store, registration = self.transaction.evidence, self.registration
        before = store.of_registration(registration.id)
        # As the colour does: in the last second of a day it is the next.
        today = local_day(now + _ONE_SECOND, self.rules.colours.zone)
        if request.declaration is None:
            is_declared = is_declared_on(before, registration.id, today)
            return None if is_declared else HealthRefusal.DECLARATION_MISSING
        declared = declared_evidence(
            request.declaration,
            request=request.id,
            person=registration.person,
            registration=registration.id,
            on=today,
            now=now,
        )
        # The new before the old is over: what was declared twice is not found anew.
        for each in declared:
            enter(self.authority, self.transaction, each, request_hash=request_hash)
        for kept in standing_declarations(before, registration.id):
            superseded = EvidenceEvent(
                evidence=kept.evidence.id,
                kind=EventKind.SUPERSEDED,
                at=now,
                by=(registration.id,),
            )
            become(self.authority, self.transaction, superseded, causers=())
        return None

    def judged(self, now: datetime) -> Judgement:
        """The colour by all that is kept, what was kept in this transaction among it.

        Below the level that a code takes, nobody is shown what others say of the number.
        """
        store = self.transaction.evidence
        if self._is_sure_enough():
            kept = store.of_person(self.registration.person)
        else:
            kept = store.of_registration(self.registration.id)
        return self._judge(kept, max(now, moment(self.transaction, kept)))

    def record(
        self, request: HealthRequest, judgement: Judgement, now: datetime
    ) -> HealthCodeRecord:
        """The code as it is kept."""
        return HealthCodeRecord(
            id=UUID(request.id).bytes,
            registration=self.registration.id,
            person=self.registration.person,
            colour=judgement.colour,
            reasons=tuple(each.value for each in judgement.reasons),
            rule_version=judgement.rule_version,
            issued_at=now,
            valid_until=judgement.until,
            status_index=self.transaction.health_codes.next_status_index(),
            revoked_at=None,
        )

    def answer_again(self, record: HealthCodeRecord) -> HealthAnswer:
        """The same code; its findings are those of then, as far as they are still kept."""
        until = record.issued_at + _ONE_SECOND - timedelta.resolution
        every = self.transaction.evidence.of_person(self.registration.person)
        kept = tuple(each for each in every if each.evidence.received_at <= until)
        judgement = replace(
            self._judge(kept, until),
            colour=record.colour,
            until=record.valid_until,
            rule_version=record.rule_version,
        )
        return self.answer(record, judgement, replayed=True)

    def answer(
        self, record: HealthCodeRecord, judgement: Judgement, *, replayed: bool
    ) -> HealthAnswer:
        """Sign a code."""
        key, signed_at = _key(self.authority, self.transaction, record)
        period = holder_period(self.day(record.issued_at))
        document = self.registration.holder.document
        status = status_place(STATUS_LIST, record.status_index)
        claims = HealthCodeClaims(
            issuer=self.authority.id,
            code_id=record.id,
            colour=record.colour,
            holder_tag=holder_tag(
                holder_key_of(self.authority, self.transaction, self.holding.version, period),
                document_type=document.type,
                document_number=document.number,
                issuing_country=document.issuer,
            ),
            holder_period=period,
            issued_at=signed_at,
            valid_until=record.valid_until,
            status_list=status.list_id,
            status_index=status.index,
            rule_version=record.rule_version,
        )
        text = encode_health_code(claims, key)
        return HealthAnswer(judgement=judgement, claims=claims, text=text, replayed=replayed)

    def _is_sure_enough(self) -> bool:
        return self.registration.assurance.reaches(self.rules.assurance_min)

    def _judge(self, kept: tuple[KeptEvidence, ...], now: datetime) -> Judgement:
        return judge(
            as_trusted(kept, self.authority.certificate_issuers),
            registration=self.registration.id,
            risk_places=self.transaction.evidence_sources.risk_places(),
            rules=self.rules.colours,
            now=now,
        )


def _same_request(kept: tuple[HealthCodeRecord, bytes], request_hash: bytes) -> HealthCodeRecord:
    record, kept_hash = kept
    if kept_hash != request_hash:
        raise RequestIdReusedError
    if record.revoked_at is not None:
        raise HealthCodeRevokedError
    return record


def _key(
    authority: Authority, transaction: Transaction, record: HealthCodeRecord
) -> tuple[SigningKey, datetime]:
    """The key that signs a code, and the instant of issue that it signs.

    That of the declaration, or a gate would take a code asked for again for a newer one; the
    present only where the key of that instant is gone and another has been made since.
    """
    try:
        return (
            authority.keys.signing_key(KeyUse.HEALTH_CODE, record.issued_at),
            record.issued_at,
        )
    except KeyUnavailableError:
        signed_at = min(whole_second(transaction.now), record.valid_until - timedelta(seconds=1))
        return authority.keys.signing_key(KeyUse.HEALTH_CODE, signed_at), signed_at


def _as_sent(request: HealthRequest) -> dict[str, Any]:
    """The request as plain data: what is kept sealed, and what its keyed hash is taken of."""
    facts = request.declaration
    if facts is None:
        return {"registration": request.registration, "declaration": None}
    return {
        "registration": request.registration,
        "declaration": {
            "confirmed": facts.confirmed,
            "suspected": facts.suspected,
            "close_contact": facts.close_contact,
            "household_of_close_contact": facts.household_of_close_contact,
            "under_compulsory_quarantine": facts.under_compulsory_quarantine,
            "discharged_on": facts.discharged_on and facts.discharged_on.isoformat(),
            "symptoms_last_on": facts.symptoms_last_on and facts.symptoms_last_on.isoformat(),
            "high_risk_stays": [
                [each.division, each.last_on.isoformat()] for each in facts.high_risk_stays
            ],
            "stays": [[each.division, each.last_on.isoformat()] for each in facts.stays],
            "arrivals": [[each.arrived_on.isoformat(), each.scheme] for each in facts.arrivals],
        },
    }
