"""Certificates of other issuers that people bring: verified here, and evidence of theirs.

Which issuers count is enrolled in the deployment (``Authority.certificate_issuers``). Nothing of a
certificate is kept but its facts, whose key they rest on, and a keyed digest by which it is known
again, in other bytes and under its other signature too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tongguan.app.authorities import Authority
from tongguan.app.evidence.consequences import NoHealthRulesError
from tongguan.app.evidence.entry import enter
from tongguan.app.ports import Transaction
from tongguan.app.registration.store import Registration, RegistrationState
from tongguan.app.schemes import CLOCK_TOLERANCE, holding_or_raise
from tongguan.app.stores import AuditEntry
from tongguan.core.calendar import local_day
from tongguan.core.certificates.verdict import (
    CertificateFault,
    CertificateKind,
    Refused,
    Verified,
)
from tongguan.core.certificates.verify import verify_certificate
from tongguan.core.evidence.certified import (
    Likeness,
    as_trusted,
    certified_evidence,
    confirmed,
    is_adverse_fact,
    likeness,
)
from tongguan.core.evidence.certified_facts import (
    Certified,
    CertifiedFact,
    CertifiedName,
    read_certified,
)
from tongguan.core.evidence.records import Evidence, KeptEvidence, Route
from tongguan.core.evidence.statement import StatedTest
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import RegistrationId, UnitId


class CertificateRefusal(StrEnum):
    """Why a certificate is not taken in; the words stand in ``texts/brought.yaml``."""

    ALREADY_BROUGHT = "already_brought"
    """It counts for somebody else, whose registration is open."""
    DATED_AHEAD = "dated_ahead"
    """A test or a dose that has not been yet."""
    LOOK_NEEDED = "look_needed"
    """Whose it is, is not for a program to say: an officer looks at it and at the document."""
    NOTHING_KEPT = "nothing_kept"
    """It holds, but says nothing that is evidence here."""
    NOT_THIS_PERSON = "not_this_person"
    OFFICER_WITHOUT_UNIT = "officer_without_unit"
    POSITIVE_AT_COUNTER = "positive_at_counter"
    """A positive result in an officer's hand: it enters by the person's own, or not at all."""
    POSITIVE_UNMATCHED = "positive_unmatched"
    """A positive result, and no program can say whose: an officer confirms favourable ones only."""
    REGISTRATION_CLOSED = "registration_closed"
    UNVERIFIED = "unverified"
    """Nobody who is enrolled here vouches for it now; ``fault`` says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateRefused:
    """A certificate that was not taken in; nothing was changed."""

    code: CertificateRefusal
    fault: CertificateFault | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateRead:
    """What is in a certificate that may be taken in: shown to the person before it is."""

    kind: CertificateKind
    issuer: str
    name: CertifiedName = field(repr=False)
    facts: tuple[CertifiedFact, ...] = field(repr=False)
    needs_officer: bool
    """Whether it takes an officer who looks at the certificate and at the person's document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateTaken:
    """A certificate whose facts are evidence here now."""

    kind: CertificateKind
    issuer: str
    facts: tuple[CertifiedFact, ...] = field(repr=False)
    entered: int
    """Facts that were not known here before."""
    replayed: bool
    """Whether this very certificate was brought before, under this registration."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class _Shown:
    """A certificate that holds, before one registered person."""

    verified: Verified
    certified: Certified
    digest: bytes
    registration: Registration
    likeness: Likeness
    is_known: bool
    """Whether it was brought before, under this registration."""
    made: tuple[Evidence, ...]
    """Its facts, as they would be kept where nobody had to look."""
    is_new: bool
    """Whether any of them is not kept."""

    @property
    def needs_officer(self) -> bool:
        """Whether nobody has said yet that it is this person's.

        Its identifier is not enough: others may carry the same one, and say something else.
        """
        return self.likeness is Likeness.UNSURE and (self.is_new or not self.is_known)


def read_certificate(
    authority: Authority, registration: Registration, text: str, *, officer: str | None = None
) -> CertificateRead | CertificateRefused:
    """What a text says, if it may be taken in for this registration; ``officer``: in whose hand.

    Raises ``NoHealthRulesError`` where the authority runs no health code.
    """
    _rules(authority)
    with authority.database.transaction() as transaction:
        shown = _shown(authority, transaction, registration, text, officer)
        if isinstance(shown, CertificateRefused):
            return shown
        return CertificateRead(
            kind=shown.verified.kind,
            issuer=shown.verified.issuer,
            name=shown.certified.name,
            facts=shown.certified.facts,
            needs_officer=shown.needs_officer,
        )


def bring_certificate(
    authority: Authority, registration: Registration, text: str, *, officer: str | None = None
) -> CertificateTaken | CertificateRefused:
    """Make each fact of a certificate that the registered person brought evidence of theirs, once.

    The codes of a card that is spread over several stand in ``text`` with spaces between. The same
    certificate again changes nothing, however often and in whatever bytes it is sent. ``officer``:
    they looked at the certificate and at the person's document, and say that both are of one
    person; one suffices, for nothing enters by their hand that counts against anybody.

    Raises ``NoHealthRulesError`` where there are none, ``NothingHoldsError`` before any phase was
    activated.
    """
    _rules(authority)
    with authority.database.transaction() as transaction:
        holding_or_raise(transaction)
        transaction.evidence.hold_person(registration.person)
        shown = _shown(authority, transaction, registration, text, officer)
        if isinstance(shown, CertificateRefused):
            return shown
        unit = None
        if shown.needs_officer:
            looked = _looked_at(transaction, officer)
            if isinstance(looked, CertificateRefused):
                return looked
            unit = looked
        is_known = shown.is_known
        if not is_known and not _claimed(transaction, shown):
            return CertificateRefused(code=CertificateRefusal.ALREADY_BROUGHT)
        entered = _entered(authority, transaction, shown, unit)
        if entered or not is_known:
            _note(transaction, shown, officer, is_confirmed=unit is not None)
        return CertificateTaken(
            kind=shown.verified.kind,
            issuer=shown.verified.issuer,
            facts=shown.certified.facts,
            entered=entered,
            replayed=is_known,
        )


def brought_certificates(
    authority: Authority, registration: Registration
) -> tuple[KeptEvidence, ...]:
    """What was taken in of certificates under an open registration, the newest first.

    What rests on a key that is no longer enrolled stands there as taken back.
    """
    with authority.database.transaction() as transaction:
        present = transaction.registrations.get(registration.id)
        if present is None or present.state is not RegistrationState.OPEN:
            return ()
        kept = transaction.evidence.of_registration(registration.id)
    certified = [each for each in kept if each.evidence.route is Route.CERTIFICATE]
    return as_trusted(reversed(certified), authority.certificate_issuers)


def _shown(
    authority: Authority,
    transaction: Transaction,
    registration: Registration,
    text: str,
    officer: str | None,
) -> _Shown | CertificateRefused:
    """The certificate, if it holds now, says something and could be this person's alone."""
    now = transaction.now
    present = transaction.registrations.get(registration.id)
    if present is None or present.state is not RegistrationState.OPEN:
        return CertificateRefused(code=CertificateRefusal.REGISTRATION_CLOSED)
    trusted = authority.certificate_issuers
    verdict = verify_certificate(text, trust=trusted.trust, issuers=trusted.issuers, now=now)
    if isinstance(verdict, Refused):
        return CertificateRefused(code=CertificateRefusal.UNVERIFIED, fault=verdict.code)
    certified = read_certified(verdict)
    digest = authority.index.certificate(certified.identity)
    made = certified_evidence(
        certified,
        verdict,
        person=present.person,
        registration=present.id,
        certificate=digest.hex(),
        zone=_rules(authority).colours.zone,
        now=now,
    )
    shown = _Shown(
        verified=verdict,
        certified=certified,
        digest=digest,
        registration=present,
        likeness=likeness(certified.name, present.holder),
        is_known=transaction.certificates.registration_of(digest) == present.id,
        made=made,
        is_new=any(transaction.evidence.get(each.id) is None for each in made),
    )
    refusal = _refusal(authority, transaction, shown, officer)
    return shown if refusal is None else CertificateRefused(code=refusal)


def _refusal(
    authority: Authority, transaction: Transaction, shown: _Shown, officer: str | None
) -> CertificateRefusal | None:
    facts, now = shown.certified.facts, transaction.now
    if not facts:
        return CertificateRefusal.NOTHING_KEPT
    if any(_is_ahead(each, _rules(authority), now) for each in facts):
        return CertificateRefusal.DATED_AHEAD
    if shown.likeness is Likeness.ANOTHER:
        return CertificateRefusal.NOT_THIS_PERSON
    if any(map(is_adverse_fact, facts)):
        if shown.likeness is Likeness.UNSURE:
            return CertificateRefusal.POSITIVE_UNMATCHED
        if officer is not None:
            return CertificateRefusal.POSITIVE_AT_COUNTER
    if _is_anothers(transaction, shown):
        return CertificateRefusal.ALREADY_BROUGHT
    return None


def _is_ahead(fact: CertifiedFact, rules: HealthRules, now: datetime) -> bool:
    if isinstance(fact, StatedTest):
        return fact.sampled_at > now + CLOCK_TOLERANCE
    return fact.on > local_day(now, rules.colours.zone)


def _is_anothers(transaction: Transaction, shown: _Shown) -> bool:
    """Whether it counts for another registration that is open."""
    owner = transaction.certificates.registration_of(shown.digest)
    return owner is not None and _is_open_other(transaction, owner, shown)


def _is_open_other(transaction: Transaction, owner: RegistrationId, shown: _Shown) -> bool:
    if owner == shown.registration.id:
        return False
    other = transaction.registrations.get(owner)
    return other is not None and other.state is RegistrationState.OPEN


def _looked_at(transaction: Transaction, officer: str | None) -> UnitId | CertificateRefused:
    """The unit of the officer who looked; why it cannot be taken in, without one."""
    if officer is None:
        return CertificateRefused(code=CertificateRefusal.LOOK_NEEDED)
    unit = transaction.controls.unit_of(officer)
    if unit is None:
        return CertificateRefused(code=CertificateRefusal.OFFICER_WITHOUT_UNIT)
    return unit


def _claimed(transaction: Transaction, shown: _Shown) -> bool:
    """Let the certificate count for this registration; ``False`` where it counts for another.

    The registration of somebody who lost the number keeps nothing from anybody.
    """
    store, registration = transaction.certificates, shown.registration.id
    kept = (shown.digest, registration, shown.verified.trusted_key_id, transaction.now)
    owner = store.keep(*kept)
    if owner == registration:
        return True
    return not _is_open_other(transaction, owner, shown) and store.give(*kept, instead_of=owner)


def _entered(
    authority: Authority, transaction: Transaction, shown: _Shown, unit: UnitId | None
) -> int:
    """Bring each fact to the door; how many were new."""
    entered = 0
    for made in shown.made:
        evidence = made if unit is None else confirmed(made, unit)
        # The id stands for the registration and the fact, so that only the same can have it.
        request_hash = authority.index.request(evidence.id.encode())
        entered += enter(authority, transaction, evidence, request_hash=request_hash).is_new
    return entered


def _note(
    transaction: Transaction, shown: _Shown, officer: str | None, *, is_confirmed: bool
) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=officer or "traveller",
            action="certificate.confirm" if is_confirmed else "certificate.bring",
            subject=str(UUID(shown.registration.id)),
            outcome=shown.verified.kind.value,
        )
    )


def _rules(authority: Authority) -> HealthRules:
    if authority.health_rules is None:
        raise NoHealthRulesError(authority.id)
    return authority.health_rules
