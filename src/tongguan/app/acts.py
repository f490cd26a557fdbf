"""Acts of this authority, signed, and those of the other side, received; both only grow."""

from dataclasses import dataclass
from datetime import date

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.app.schemes import (
    CLOCK_TOLERANCE,
    acts_on,
    adopted_texts,
    all_acts,
    note_done,
    trusted_keys,
    version_by_digest,
)
from tongguan.app.stores import StoredAct
from tongguan.core.calendar import whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import PhaseId, VersionDigest
from tongguan.core.scheme.activation import may_activate
from tongguan.core.scheme.acts import (
    Act,
    ActKind,
    SignedAct,
    read_signed_act,
    sign_act,
)
from tongguan.core.scheme.obstacles import Obstacle
from tongguan.core.texts import Text


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
            version, digest, acts, phase, transaction.now, others=adopted_texts(transaction)
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
            note_done(
                transaction, authority, "act.receive", signed.act.version, signed.act.kind.value
            )
        return ActReceipt(is_new=is_new, refused=None)


def _idle(transaction: Transaction, act: Act) -> str | None:
    """Why an act could do nothing here, and would only cost whoever goes through the acts."""
    if act.at > transaction.now + CLOCK_TOLERANCE:
        return "dated_ahead"
    version = adopted_texts(transaction).get(act.digest)
    if version is None:
        # A signature under a text that is not known here shows that another text was signed.
        return None if act.kind is ActKind.SIGN_VERSION else "text_not_adopted"
    is_party = any(party.id == act.authority for party in version.parties)
    return None if is_party else "no_party"


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
    note_done(transaction, authority, f"act.{kind.value}", version.id, digest[:16])
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
