"""Versions adopted, acts signed and received, and what holds at an instant because of them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from tongguan.app.authorities import Authority
from tongguan.app.canonical_versions import parse_version, parsed_version
from tongguan.app.holder_keys import pinned_keys
from tongguan.app.ports import Transaction
from tongguan.app.stores import AuditEntry, StoredAct, StoredVersion
from tongguan.core.calendar import local_day, whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.identifiers import PhaseId, VersionDigest, VersionId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.activation import may_activate
from tongguan.core.scheme.acts import (
    Act,
    ActKind,
    SignedAct,
    read_kept_act,
    read_signed_act,
    sign_act,
)
from tongguan.core.scheme.canonical import digest_of
from tongguan.core.scheme.history import History, history_of
from tongguan.core.scheme.model import Phase, Version
from tongguan.core.scheme.obstacles import Obstacle
from tongguan.core.scheme.state import PhaseStanding, PhaseState
from tongguan.core.texts import Text

CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far the other side's clock may be ahead of this one's."""


class NothingHoldsError(Exception):
    """No phase has been activated, so there is nothing to apply under."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """The version and phase activated last, and its state now.

    The phase ends with the earliest of the days that the text, an authority since, or the end of
    the scheme's data gives it.
    """

    version: Version
    digest: VersionDigest
    phase: Phase
    state: PhaseState
    since: datetime | None
    first_day: date | None = None
    """The service day on which the phase was activated: the first on which it holds."""

    def takes_applications(self) -> Decision | None:
        """``None`` while the phase is active; else a refusal that says what it is."""
        if self.state is PhaseState.ACTIVE:
            return None
        codes = {
            PhaseState.SUSPENDED: ReasonCode.PHASE_SUSPENDED,
            PhaseState.ENDED: ReasonCode.PHASE_ENDED,
        }
        reason = Reason(
            code=codes.get(self.state, ReasonCode.PHASE_NOT_ACTIVE),
            clause=f"phases/{self.phase.id}",
            claims=self.phase.basis.claims,
        )
        return Decision(outcome=Outcome.REFUSE, reasons=(reason,))

    def delete_after(self, last_day: date) -> date:
        """The last day personal data of a matter that ends on ``last_day`` is kept."""
        kept = last_day + timedelta(days=self.version.data.retention_days or 0)
        return min(kept, self.version.data.ends or kept)


def adopt_version(authority: Authority, canonical: bytes) -> VersionDigest:
    """Keep a version's canonical text; again is harmless. ``VersionRefusedError`` for any other."""
    digest = digest_of(canonical)
    version = parse_version(digest, canonical)
    with authority.database.transaction() as transaction:
        stored = StoredVersion(
            id=version.id, digest=digest, canonical=canonical, adopted_at=transaction.now
        )
        if transaction.schemes.adopt(stored):
            _record(transaction, authority, "scheme.adopt", version.id, digest[:16])
    return digest


def sign_version(authority: Authority, digest: VersionDigest) -> SignedAct:
    """Sign a version for this authority; signing again gives the act that stands."""
    with authority.database.transaction() as transaction:
        for signed in acts_on(transaction, digest):
            act = signed.act
            if (act.kind, act.authority) == (ActKind.SIGN_VERSION, authority.id):
                return signed
        return _act(authority, transaction, ActKind.SIGN_VERSION, digest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Activation:
    """Either the phase was activated by a signed act, or every obstacle is named."""

    act: SignedAct | None
    obstacles: tuple[Obstacle, ...]


def activate_phase(authority: Authority, digest: VersionDigest, phase: PhaseId) -> Activation:
    """Activate a phase when nothing stands against it; else say everything that does."""
    with authority.database.transaction() as transaction:
        version = version_by_digest(transaction, digest)
        acts = tuple(each.act for each in all_acts(transaction))
        obstacles = may_activate(
            version, digest, acts, phase, transaction.now, others=_adopted(transaction)
        ).obstacles
        if obstacles:
            return Activation(act=None, obstacles=obstacles)
        act = _act(authority, transaction, ActKind.ACTIVATE_PHASE, digest, phase=phase)
        return Activation(act=act, obstacles=())


def suspend_phase(
    authority: Authority, digest: VersionDigest, phase: PhaseId, why: Text
) -> SignedAct:
    """Suspend at once, by this authority alone; the way home stays open."""
    with authority.database.transaction() as transaction:
        return _act(authority, transaction, ActKind.SUSPEND, digest, phase=phase, reason=why)


def resume_phase(authority: Authority, digest: VersionDigest, phase: PhaseId) -> SignedAct:
    """Lift this authority's own suspension; the other's stays."""
    with authority.database.transaction() as transaction:
        return _act(authority, transaction, ActKind.RESUME, digest, phase=phase)


def end_phase(
    authority: Authority, digest: VersionDigest, phase: PhaseId, last_day: date, why: Text
) -> SignedAct:
    """Let a phase end after a service day."""
    with authority.database.transaction() as transaction:
        return _act(
            authority,
            transaction,
            ActKind.END_PHASE,
            digest,
            phase=phase,
            reason=why,
            last_day=last_day,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ActReceipt:
    """What became of an act that was sent here."""

    is_new: bool
    refused: str | None
    """Why it was not kept: a stable word, or ``None``."""


def receive_act(authority: Authority, message: bytes) -> ActReceipt:
    """Keep an act that a trusted authority signed; anything else is refused and not kept.

    An act that is kept stands: its key is asked for here and never again, so a revocation stops
    what is received after it and undoes nothing.
    """
    with authority.database.transaction() as transaction:
        signed = read_signed_act(message, trusted_keys(authority, transaction))
        if isinstance(signed, Unreadable):
            return ActReceipt(is_new=False, refused=signed.code.value)
        refused = _idle(transaction, signed.act)
        if refused is not None:
            return ActReceipt(is_new=False, refused=refused)
        is_new = _keep(transaction, signed)
        if is_new:
            _record(
                transaction, authority, "act.receive", signed.act.version, signed.act.kind.value
            )
        return ActReceipt(is_new=is_new, refused=None)


def _idle(transaction: Transaction, act: Act) -> str | None:
    """Why an act could do nothing here, and would only cost whoever goes through the acts."""
    if act.at > transaction.now + CLOCK_TOLERANCE:
        return "dated_ahead"
    version = _adopted(transaction).get(act.digest)
    if version is None:
        # A signature under a text that is not known here shows that another text was signed.
        return None if act.kind is ActKind.SIGN_VERSION else "text_not_adopted"
    is_party = any(party.id == act.authority for party in version.parties)
    return None if is_party else "no_party"


def holding_now(authority: Authority) -> Holding | None:
    """What holds at this moment."""
    with authority.database.transaction() as transaction:
        return what_holds(transaction)


def what_holds(transaction: Transaction) -> Holding | None:
    """The phase activated last, with its state now; ``None`` before any activation took effect.

    An activation that did not take effect, or of a text that was never adopted here, counts for
    nothing: no side can push out by itself what both have signed, and what was once activated is
    suspended or ended but never gone.
    """
    now = whole_second(transaction.now)
    history = _history(transaction)
    last = history.last_activated()
    if last is None:
        return None
    digest, phase = last
    standing = history.standing(digest, phase, now)
    version = history.texts[digest]
    return Holding(
        version=version,
        digest=digest,
        phase=replace(phase, ends=history.last_day(digest, phase)),
        state=standing.state,
        since=standing.since,
        first_day=local_day(history.activated[digest, phase.id].at, version.zone),
    )


def _history(transaction: Transaction) -> History:
    """What came of every act kept here, by now."""
    acts = tuple(each.act for each in all_acts(transaction))
    digests = tuple(_adopted(transaction))
    return _gone_through(digests, acts, whole_second(transaction.now))


@lru_cache(maxsize=64)
def _gone_through(
    digests: tuple[VersionDigest, ...], acts: tuple[Act, ...], second: datetime
) -> History:
    """Acts and ends fall on whole seconds, so nothing changes within one."""
    texts = {each: text for each in digests if (text := parsed_version(each)) is not None}
    return history_of(texts, acts, second)


def _adopted(transaction: Transaction) -> dict[VersionDigest, Version]:
    """Every text adopted here."""
    stored = transaction.schemes.versions()
    return {each.digest: version_by_digest(transaction, each.digest) for each in stored}


def holding_or_raise(transaction: Transaction) -> Holding:
    """What holds; ``NothingHoldsError`` before any activation."""
    holding = what_holds(transaction)
    if holding is None:
        raise NothingHoldsError
    return holding


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemeRecord:
    """A version with everything that was done about it."""

    version: Version
    digest: VersionDigest
    acts: tuple[SignedAct, ...]
    standings: tuple[tuple[PhaseId, PhaseStanding], ...]


def scheme_records(authority: Authority) -> tuple[SchemeRecord, ...]:
    """Every version adopted, the newest first."""
    with authority.database.transaction() as transaction:
        return tuple(
            _scheme_record(transaction, each) for each in reversed(transaction.schemes.versions())
        )


def scheme_record(authority: Authority, version: VersionId) -> SchemeRecord | None:
    """The text adopted last under a version's name, or ``None``."""
    with authority.database.transaction() as transaction:
        stored = transaction.schemes.latest(version)
        return None if stored is None else _scheme_record(transaction, stored)


def version_by_digest(transaction: Transaction, digest: VersionDigest) -> Version:
    """An adopted version; ``KeyError`` when this text was never adopted."""
    known = parsed_version(digest)
    if known is not None:
        return known
    stored = transaction.schemes.by_digest(digest)
    if stored is None:
        raise KeyError(digest)
    return parse_version(digest, stored.canonical)


def trusted_keys(authority: Authority, transaction: Transaction) -> KeySet:
    """This authority's keys and those of every peer it has pinned, its own first."""
    peers = transaction.peers.peers()
    return _joined(
        (
            authority.keys.key_set(),
            *(pinned_keys(each.key_set, each.fingerprint) for each in peers),
        )
    )


@lru_cache(maxsize=16)
def _joined(sets: tuple[KeySet, ...]) -> KeySet:
    return KeySet.joined(sets)


def all_acts(transaction: Transaction) -> tuple[SignedAct, ...]:
    """Every act kept here, in the order received; each was verified before it was kept."""
    return _read(tuple(each.signed for each in transaction.schemes.acts()))


def acts_on(transaction: Transaction, digest: VersionDigest) -> tuple[SignedAct, ...]:
    """The acts about one version's text."""
    return tuple(each for each in all_acts(transaction) if each.act.digest == digest)


@lru_cache(maxsize=32)
def _read(messages: tuple[bytes, ...]) -> tuple[SignedAct, ...]:
    return tuple(_read_one(each) for each in messages)


@lru_cache(maxsize=4096)
def _read_one(message: bytes) -> SignedAct:
    return read_kept_act(message)


def _scheme_record(transaction: Transaction, stored: StoredVersion) -> SchemeRecord:
    version = version_by_digest(transaction, stored.digest)
    acts = all_acts(transaction)
    history = _history(transaction)
    now = whole_second(transaction.now)
    return SchemeRecord(
        version=version,
        digest=stored.digest,
        acts=tuple(each for each in acts if each.act.digest == stored.digest),
        standings=tuple(
            (each.id, history.standing(stored.digest, each, now)) for each in version.phases
        ),
    )


def _act(
    authority: Authority,
    transaction: Transaction,
    kind: ActKind,
    digest: VersionDigest,
    *,
    phase: PhaseId | None = None,
    reason: Text | None = None,
    last_day: date | None = None,
) -> SignedAct:
    version = version_by_digest(transaction, digest)
    at = whole_second(transaction.now)
    act = Act(
        kind=kind,
        authority=authority.id,
        scheme=version.scheme,
        version=version.id,
        digest=digest,
        phase=phase,
        at=at,
        last_day=last_day,
        reason=reason,
    )
    signed = sign_act(act, authority.keys.signing_key(KeyUse.SCHEME, at))
    _keep(transaction, signed)
    _record(transaction, authority, f"act.{kind.value}", version.id, digest[:16])
    return signed


def _keep(transaction: Transaction, signed: SignedAct) -> bool:
    return transaction.schemes.add_act(
        StoredAct(
            authority=signed.act.authority,
            version=signed.act.digest,
            signed=signed.message,
            received_at=transaction.now,
        )
    )


def _record(
    transaction: Transaction, authority: Authority, action: str, subject: str, outcome: str
) -> None:
    transaction.audit.record(
        AuditEntry(
            at=transaction.now,
            actor=f"authority {authority.id}",
            action=action,
            subject=subject,
            outcome=outcome,
        )
    )
