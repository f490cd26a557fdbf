"""Conversion: facts stated for a person to carry, and facts that a person carried here.

The two authorities never talk about anybody. One signs a text and gives it to the person; the
other reads it from the person's hand, and asks whether it recognises the key that signed it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import NoHealthRulesError
from tongguan.app.evidence.entry import enter
from tongguan.app.holder_keys import holder_key_of
from tongguan.app.ports import Transaction
from tongguan.app.recognition import recognised_keys
from tongguan.app.registration.store import Registration, RegistrationState
from tongguan.app.schemes import CLOCK_TOLERANCE, Holding, holding_or_raise, trusted_keys
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import end_of_day, local_day, whole_second
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.holder import holder_period, holder_tag
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.evidence.certified import as_trusted
from tongguan.core.evidence.conversion import Facts, evidence_of, facts_of
from tongguan.core.evidence.statement import (
    FactsStatement,
    encode_statement,
    read_statement,
)
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import AuthorityId
from tongguan.core.people import Document
from tongguan.core.recognition.references import RecognisedUse

_ONE_SECOND: Final = timedelta(seconds=1)
_LAST_MINUTE: Final = timedelta(seconds=59)


class StatementRefusal(StrEnum):
    """Why a statement is not taken in; the words stand in ``texts/recognition.yaml``."""

    ASSURANCE_TOO_LOW = "assurance_too_low"
    """Who is registered is less sure than a code asks: what others say is not theirs to carry."""
    DATED_AHEAD = "dated_ahead"
    EXPIRED = "expired"
    HOLDER_KEY_MISSING = "holder_key_missing"
    """The tag is of a month for which the two sides share no key."""
    NOT_RECOGNISED = "not_recognised"
    """Sound, under a key that this authority does not recognise for conversion now."""
    OTHER_HOLDER = "other_holder"
    OWN = "own"
    """This authority's own: there is nothing in it that is not known here."""
    REGISTRATION_CLOSED = "registration_closed"
    UNREADABLE = "unreadable"
    """No statement of facts, or one whose signature nobody known here vouches for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementRefused:
    """A statement that was not taken in; nothing was changed."""

    code: StatementRefusal


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedFacts:
    """A statement with the text that its holder carries; kept by nobody else."""

    statement: FactsStatement
    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenIn:
    """A statement whose facts are evidence here now."""

    statement: FactsStatement
    entered: int
    """Facts that were not known here before."""
    replayed: bool
    """Whether this very statement was taken in before."""


def facts_to_state(authority: Authority, registration: Registration) -> Facts | StatementRefused:
    """What a statement would hold now: shown to the person before anything is signed."""
    with authority.database.transaction() as transaction:
        present = _sure(authority, transaction, registration)
        if isinstance(present, StatementRefused):
            return present
        return _facts(authority, transaction, registration, whole_second(transaction.now))


def state_facts(authority: Authority, registration: Registration) -> StatedFacts | StatementRefused:
    """What this authority knows of the registered person, signed for them to carry until midnight.

    Raises ``NothingHoldsError`` before any phase was activated.
    """
    with authority.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        present = _sure(authority, transaction, registration)
        if isinstance(present, StatementRefused):
            return present
        now = whole_second(transaction.now)
        # In the last second of a day it is the next one's: a text must not end as it begins.
        today = local_day(now + _ONE_SECOND, holding.version.zone)
        period = holder_period(today)
        tag = _tag(authority, transaction, holding, present.holder.document, period)
        if tag is None:
            return StatementRefused(code=StatementRefusal.HOLDER_KEY_MISSING)
        facts = _facts(authority, transaction, present, now)
        statement = FactsStatement(
            statement_id=uuid4().bytes,
            issuer=authority.id,
            holder_tag=tag,
            holder_period=period,
            issued_at=now,
            valid_until=end_of_day(today, holding.version.zone) + _LAST_MINUTE,
            tests=facts.tests,
            doses=facts.doses,
            grounds=facts.grounds,
        )
        key = authority.keys.signing_key(KeyUse.FACTS, now)
        text = encode_statement(statement, key)
        _note(transaction, "conversion.state", registration, "signed")
        return StatedFacts(statement=statement, text=text)


def read_carried(
    authority: Authority, registration: Registration, text: str
) -> FactsStatement | StatementRefused:
    """What a text states, if it may be taken in for this registration: shown before it is."""
    with authority.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        return _read(authority, transaction, holding, registration, text)


def take_in_statement(
    authority: Authority, registration: Registration, text: str
) -> TakenIn | StatementRefused:
    """Make each fact of a text that the registered person brought evidence of theirs, once.

    The facts are judged by this authority's own rules, as all evidence; the same text again changes
    nothing. Raises ``NoHealthRulesError`` where there are none, ``NothingHoldsError`` before any
    phase was activated.
    """
    rules = _rules(authority)
    with authority.database.transaction() as transaction:
        holding = holding_or_raise(transaction)
        transaction.evidence.hold_person(registration.person)
        statement = _read(authority, transaction, holding, registration, text)
        if isinstance(statement, StatementRefused):
            return statement
        now = transaction.now
        if not _use(transaction, holding, statement, now):
            return TakenIn(statement=statement, entered=0, replayed=True)
        entered = 0
        for evidence in evidence_of(
            statement,
            person=registration.person,
            registration=registration.id,
            zone=rules.colours.zone,
            days_max=rules.controls.finding_days_max,
            now=now,
        ):
            # The id stands for the registration and the fact, so that only the same can have it.
            request_hash = authority.index.request(evidence.id.encode())
            entered += enter(authority, transaction, evidence, request_hash=request_hash).is_new
        _note(transaction, "conversion.take_in", registration, statement.issuer)
        return TakenIn(statement=statement, entered=entered, replayed=False)


def _read(
    authority: Authority,
    transaction: Transaction,
    holding: Holding,
    registration: Registration,
    text: str,
) -> FactsStatement | StatementRefused:
    now = transaction.now
    present = _open(transaction, registration)
    if present is None:
        return StatementRefused(code=StatementRefusal.REGISTRATION_CLOSED)
    statement = _vouched(authority, transaction, text, now)
    if isinstance(statement, StatementRefused):
        return statement
    if now >= statement.valid_until:
        return StatementRefused(code=StatementRefusal.EXPIRED)
    if statement.issued_at > now + CLOCK_TOLERANCE:
        return StatementRefused(code=StatementRefusal.DATED_AHEAD)
    document, period = present.holder.document, statement.holder_period
    tag = _tag(authority, transaction, holding, document, period)
    if tag is None:
        return StatementRefused(code=StatementRefusal.HOLDER_KEY_MISSING)
    if tag != statement.holder_tag:
        return StatementRefused(code=StatementRefusal.OTHER_HOLDER)
    return statement


def _vouched(
    authority: Authority, transaction: Transaction, text: str, now: datetime
) -> FactsStatement | StatementRefused:
    """The statement in a text under a key that is recognised for conversion."""
    recognised = recognised_keys(authority, transaction, RecognisedUse.CONVERSION, now)
    read = read_statement(text, recognised)
    if isinstance(read, FactsStatement):
        return read
    if read.code is ReadFault.UNKNOWN_KEY:
        known = read_statement(text, trusted_keys(authority, transaction))
        if not isinstance(known, Unreadable):
            is_own = known.issuer == authority.id
            code = StatementRefusal.OWN if is_own else StatementRefusal.NOT_RECOGNISED
            return StatementRefused(code=code)
    return StatementRefused(code=StatementRefusal.UNREADABLE)


def _open(transaction: Transaction, registration: Registration) -> Registration | None:
    """The registration as it is now; ``None`` when the number is found to be another's."""
    present = transaction.registrations.get(registration.id)
    return present if present is not None and present.state is RegistrationState.OPEN else None


def _sure(
    authority: Authority, transaction: Transaction, registration: Registration
) -> Registration | StatementRefused:
    """The open registration, where it is as sure who it is of as it is for a code."""
    present = _open(transaction, registration)
    if present is None:
        return StatementRefused(code=StatementRefusal.REGISTRATION_CLOSED)
    rules = authority.health_rules
    if rules is not None and not present.assurance.reaches(rules.assurance_min):
        return StatementRefused(code=StatementRefusal.ASSURANCE_TOO_LOW)
    return present


def _facts(
    authority: Authority, transaction: Transaction, registration: Registration, now: datetime
) -> Facts:
    kept = transaction.evidence.of_person(registration.person)
    rules = authority.health_rules
    return facts_of(
        as_trusted(kept, authority.certificate_issuers),
        registration=registration.id,
        risk_places=transaction.evidence_sources.risk_places(),
        rules=None if rules is None else rules.colours,
        now=now,
    )


def _tag(
    authority: Authority,
    transaction: Transaction,
    holding: Holding,
    document: Document,
    period: str,
) -> bytes | None:
    """The document's tag; ``None`` for a month in which one side has no key."""
    try:
        key = holder_key_of(authority, transaction, holding.version, period)
    except LookupError:  # ``KeyUnavailableError``, ``PeerNotTrustedError``
        return None
    return holder_tag(
        key,
        document_type=document.type,
        document_number=document.number,
        issuing_country=document.issuer,
    )


def _use(
    transaction: Transaction, holding: Holding, statement: FactsStatement, now: datetime
) -> bool:
    """Note that this statement was taken in; ``False`` when it was before."""
    name = _name(statement.issuer, statement.statement_id)
    last_day = local_day(statement.valid_until, holding.version.zone)
    return transaction.recognitions.use_statement(name, now, last_day)


def _name(issuer: AuthorityId, statement_id: bytes) -> bytes:
    """What stands for a statement: one signature may be written in two ways, its id in one."""
    return issuer.encode() + b"\0" + statement_id


def _rules(authority: Authority) -> HealthRules:
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    return authority.health_rules


def _note(transaction: Transaction, action: str, registration: Registration, outcome: str) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor="traveller",
            action=action,
            subject=str(UUID(registration.id)),
            outcome=outcome,
        )
    )
