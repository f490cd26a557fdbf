"""Health codes: declared facts in, a signed colour out, the newest one live for each person."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import rfc8785

from tongguan.app.applications import RequestIdReusedError
from tongguan.app.authorities import Authority, KeyUnavailableError
from tongguan.app.holder_keys import holder_key_of
from tongguan.app.ports import Transaction
from tongguan.app.schemes import Holding, holding_or_raise
from tongguan.app.status_places import status_place
from tongguan.app.stores import AuditEntry, HealthCodeRecord
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.holder import holder_period, holder_tag
from tongguan.core.credentials.keys import KeyUse, SigningKey
from tongguan.core.health.code import HealthCodeClaims, encode_health_code
from tongguan.core.health.colour import ColourDecision, HealthDeclaration, colour_of
from tongguan.core.health.grounds import HealthReason
from tongguan.core.health.rules import RULES
from tongguan.core.people import Document

STATUS_LIST = "health-code"
"""The kind of code, as the names of its status lists begin."""


class HealthCodeRevokedError(RequestIdReusedError):
    """The code under this id was revoked by a later declaration; only a new id gives a new code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthRequest:
    """What a person declares for a code; the id is a UUID chosen by the client."""

    id: str
    document: Document = field(repr=False)
    declaration: HealthDeclaration = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthAnswer:
    """The colour with its grounds, and the code as text for a QR."""

    decision: ColourDecision = field(repr=False)
    claims: HealthCodeClaims = field(repr=False)
    text: str = field(repr=False)
    replayed: bool


def declare_health(authority: Authority, request: HealthRequest) -> HealthAnswer:
    """Colour what is declared by the authority's rules and sign it, at most once for an id.

    The person's earlier codes are revoked. Raises ``RequestIdReusedError`` for another request
    under a known id, ``HealthCodeRevokedError`` for a known request whose code is void by now,
    ``NothingHoldsError`` before any phase was activated.
    """
    code_id = UUID(request.id).bytes
    declared = _declared(request)
    request_hash = authority.index.request(rfc8785.dumps(declared))
    with authority.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        person = authority.index.person(request.document)
        latest = transaction.health_codes.hold_person(person)
        kept = transaction.health_codes.get(code_id)
        if kept is not None:
            record = _same_request(kept, request_hash)
            return _answer(authority, transaction, holding, request, record, replayed=True)
        # Who waited for another declaration of this person may have begun before it was made;
        # the code that counts is never dated before the one it replaces.
        now = max(whole_second(transaction.now), latest or datetime.min.replace(tzinfo=UTC))
        decision = colour_of(request.declaration, RULES[authority.id], on=now)
        record = HealthCodeRecord(
            id=code_id,
            person=person,
            colour=decision.colour,
            reasons=tuple(each.value for each in decision.reasons),
            rule_version=RULES[authority.id].id,
            issued_at=now,
            valid_until=decision.until,
            status_index=transaction.health_codes.next_status_index(),
            revoked_at=None,
        )
        delete_after = holding.delete_after(local_day(now, holding.version.zone))
        if not transaction.health_codes.add(record, request_hash, declared, delete_after):
            raise RequestIdReusedError  # the same id in two requests at the same moment
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
        return _answer(authority, transaction, holding, request, record, replayed=False)


def _same_request(kept: tuple[HealthCodeRecord, bytes], request_hash: bytes) -> HealthCodeRecord:
    record, kept_hash = kept
    if kept_hash != request_hash:
        raise RequestIdReusedError
    if record.revoked_at is not None:
        raise HealthCodeRevokedError
    return record


def _answer(
    authority: Authority,
    transaction: Transaction,
    holding: Holding,
    request: HealthRequest,
    record: HealthCodeRecord,
    *,
    replayed: bool,
) -> HealthAnswer:
    key, signed_at = _key(authority, transaction, record)
    period = holder_period(local_day(record.issued_at, holding.version.zone))
    document = request.document
    status = status_place(STATUS_LIST, record.status_index)
    claims = HealthCodeClaims(
        issuer=authority.id,
        code_id=record.id,
        colour=record.colour,
        holder_tag=holder_tag(
            holder_key_of(authority, transaction, holding.version, period),
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
    return HealthAnswer(
        decision=ColourDecision(
            colour=record.colour,
            reasons=tuple(HealthReason(each) for each in record.reasons),
            until=record.valid_until,
        ),
        claims=claims,
        text=encode_health_code(claims, key),
        replayed=replayed,
    )


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


def _declared(request: HealthRequest) -> dict[str, Any]:
    """The request as plain data: what is kept sealed, and what its keyed hash is taken of."""
    facts = request.declaration
    document = request.document
    return {
        "document": [document.type.value, document.number, document.issuer],
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
        "arrivals": [[each.arrived_on.isoformat(), each.scheme] for each in facts.arrivals],
    }
