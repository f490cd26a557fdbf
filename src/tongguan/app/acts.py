"""Acts of this authority, signed, and those of the other side, received; both only grow."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tongguan.app.authorities import Authority
from tongguan.app.figures import CriterionState, criteria_now
from tongguan.app.ports import Transaction
from tongguan.app.receipts import Receipt
from tongguan.app.schemes import (
    CLOCK_TOLERANCE,
    acts_on,
    adopted_texts,
    all_acts,
    history_now,
    note_done,
    trusted_keys,
    version_by_digest,
)
from tongguan.app.stores import StoredAct
from tongguan.app.suspensions import tell_holders
from tongguan.app.transitions import TransitionReport, apply_what_holds
from tongguan.core.calendar import whole_second
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.identifiers import ControlPointId, DirectionId, PhaseId, VersionDigest
from tongguan.core.scheme.activation import may_activate
from tongguan.core.scheme.acts import (
    Act,
    ActKind,
    SignedAct,
    read_signed_act,
    sign_act,
)
from tongguan.core.scheme.breakers import days_later
from tongguan.core.scheme.model import Leg, Version
from tongguan.core.scheme.obstacles import Obstacle
from tongguan.core.scheme.state import find_phase, open_suspensions
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
    criteria: tuple[CriterionState, ...] = ()
    """Those of the phase, asked for the day before."""
    transition: TransitionReport | None = None
    """Whom it touched, where this authority keeps places; ``None`` where nothing was to be done."""

    @property
    def open_criteria(self) -> tuple[CriterionState, ...]:
        """The criteria that are not met or of which nobody can say."""
        return tuple(each for each in self.criteria if not each.is_met)


def activate_phase(
    authority: Authority, digest: VersionDigest, phase: PhaseId, *, although: Text | None = None
) -> Activation:
    """Activate a phase when nothing stands against it; else say everything that does.

    Criteria that are not all met stand against it too, unless the authority signs the reason why
    it moves ``although`` they are not. They bind who acts here and are no part of the history:
    figures that come late never undo an activation.

    A phase of a text that follows the one that holds takes its place, and what people hold is
    brought under it. Should that fail, it is done before the next booking.
    """
    with authority.database.transaction() as transaction:
        version = version_by_digest(transaction, digest)
        foreseen = _foreseen(transaction, version, digest, phase)
        if foreseen.obstacles or (although is None and foreseen.open_criteria):
            return foreseen
        act = _act(
            authority, transaction, ActKind.ACTIVATE_PHASE, digest, phase=phase, reason=although
        )
    return replace(foreseen, act=act, transition=apply_what_holds(authority))


def foreseen_activation(
    authority: Authority, version: Version, digest: VersionDigest, phase: PhaseId
) -> Activation:
    """What would stand against activating the phase of a text now, adopted or not; no act."""
    with authority.database.transaction() as transaction:
        return _foreseen(transaction, version, digest, phase)


def _foreseen(
    transaction: Transaction, version: Version, digest: VersionDigest, phase: PhaseId
) -> Activation:
    acts = tuple(each.act for each in all_acts(transaction))
    others = adopted_texts(transaction)
    decision = may_activate(version, digest, acts, phase, transaction.now, others=others)
    criteria = criteria_now(transaction, version, phase)
    return Activation(act=None, obstacles=decision.obstacles, criteria=criteria)


@dataclass(frozen=True, kw_only=True, slots=True)
class SuspensionOrder:
    """What a suspension closes and when; by default everything, at once, until it is lifted."""

    why: Text
    control_points: tuple[ControlPointId, ...] | None = None
    directions: tuple[DirectionId, ...] | None = None
    effective_at: datetime | None = None
    """Not before now; ``None`` = at once."""
    until: datetime | None = None
    breaker: str | None = None
    """A breaker of the phase: its scope, notice and duration hold where nothing else is said."""


_LATEST: Final = datetime(2999, 12, 31, tzinfo=UTC)
"""No act can say a later instant."""


class OrderRefusedError(ValueError):
    """An order that the phase cannot follow: a stable word."""


def suspend_phase(
    authority: Authority, digest: VersionDigest, phase: PhaseId, order: SuspensionOrder
) -> SignedAct:
    """Suspend by this authority alone; the way home stays open, and holders are told at once.

    Raises ``OrderRefusedError`` for a scope that the phase does not have, a breaker that it does
    not have, or an instant that is over.
    """
    with authority.database.transaction() as transaction:
        version = version_by_digest(transaction, digest)
        now = whole_second(transaction.now)
        order = _completed(version, phase, order, now)
        signed = _act(
            authority,
            transaction,
            ActKind.SUSPEND,
            digest,
            phase=phase,
            reason=order.why,
            control_points=order.control_points,
            directions=order.directions,
            effective_at=order.effective_at,
            until=order.until,
            breaker=order.breaker,
        )
        tell_holders(transaction)
        return signed


def _completed(
    version: Version, phase_id: PhaseId, order: SuspensionOrder, now: datetime
) -> SuspensionOrder:
    """The order with what its breaker says; ``OrderRefusedError`` where the phase has no such."""
    phase = find_phase(version, phase_id)
    if phase is None:
        raise OrderRefusedError("phase_unknown")
    if order.effective_at is not None and order.effective_at > _LATEST:
        raise OrderRefusedError("too_far_ahead")
    if order.breaker is not None:
        breaker = next((each for each in phase.breakers if each.id == order.breaker), None)
        if breaker is None:
            raise OrderRefusedError("breaker_unknown")
        begins = order.effective_at or now + timedelta(minutes=breaker.notice_minutes)
        order = replace(
            order,
            control_points=order.control_points or breaker.control_points,
            directions=order.directions or breaker.directions,
            effective_at=begins,
            until=order.until or days_later(begins, breaker.lasts_days, version.zone),
        )
    points = {each.id for each in (phase.entry.control_points if phase.entry else None) or ()}
    if not points.issuperset(order.control_points or ()):
        raise OrderRefusedError("control_point_unknown")
    legs = {each.id: each.leg for each in phase.directions}
    if not legs.keys() >= set(order.directions or ()):
        raise OrderRefusedError("direction_unknown")
    if order.directions and all(legs[each] is Leg.HOME for each in order.directions):
        raise OrderRefusedError("way_home_stays_open")
    if order.effective_at is not None and order.effective_at < now:
        raise OrderRefusedError("begins_in_the_past")
    if order.until is not None and order.until > _LATEST:
        raise OrderRefusedError("too_far_ahead")
    if order.until is not None and order.until <= (order.effective_at or now):
        raise OrderRefusedError("ends_before_it_begins")
    return order


def resume_phase(
    authority: Authority, digest: VersionDigest, phase: PhaseId, *, lifts: str | None = None
) -> SignedAct:
    """Lift this authority's own suspensions, all or the one of this digest; the other's stay.

    Raises ``OrderRefusedError`` where the digest is of none that stands, or none stands at all.
    """
    with authority.database.transaction() as transaction:
        now = whole_second(transaction.now)
        acts = history_now(transaction).acts_on(digest, phase, now)
        standing = {
            each.order for each in open_suspensions(acts, now) if each.authority == authority.id
        }
        if lifts is not None and lifts not in standing:
            raise OrderRefusedError("no_such_suspension")
        if not standing:
            raise OrderRefusedError("nothing_to_lift")
        signed = _act(authority, transaction, ActKind.RESUME, digest, phase=phase, lifts=lifts)
        tell_holders(transaction)
        return signed


def end_phase(
    authority: Authority, digest: VersionDigest, phase: PhaseId, last_day: date, why: Text
) -> SignedAct:
    """Let a phase end after a service day; who was to set out later is told, and comes home.

    Raises ``OrderRefusedError`` for a phase that the text has not.
    """
    with authority.database.transaction() as transaction:
        if find_phase(version_by_digest(transaction, digest), phase) is None:
            raise OrderRefusedError("phase_unknown")
        act = _act(
            authority,
            transaction,
            ActKind.END_PHASE,
            digest,
            phase=phase,
            reason=why,
            last_day=last_day,
        )
    apply_what_holds(authority)
    return act


def receive_act(authority: Authority, message: bytes) -> Receipt:
    """Keep an act that a trusted authority signed; anything else is refused and not kept.

    An act that is kept stands: its key is asked for here and never again, so a revocation stops
    what is received after it and undoes nothing.
    """
    with authority.database.transaction() as transaction:
        signed = read_signed_act(message, trusted_keys(authority, transaction))
        if isinstance(signed, Unreadable):
            return Receipt(is_new=False, refused=signed.code.value)
        refused = _idle(transaction, signed.act)
        if refused is not None:
            return Receipt(is_new=False, refused=refused)
        is_new = _keep(transaction, signed)
        if is_new:
            note_done(
                transaction, authority, "act.receive", signed.act.version, signed.act.kind.value
            )
            tell_holders(transaction)
    if is_new:
        apply_what_holds(authority)
    return Receipt(is_new=is_new, refused=None)


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
    **facts: Any,
) -> SignedAct:
    """Sign and keep an act of now; the facts are those members that its kind has."""
    version = version_by_digest(transaction, digest)
    at = whole_second(transaction.now)
    act = Act(
        kind=kind,
        authority=authority.id,
        scheme=version.scheme,
        version=version.id,
        digest=digest,
        at=at,
        **facts,
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
