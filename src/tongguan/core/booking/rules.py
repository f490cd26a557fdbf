"""Whether a party may take or give back places by the scheme's rules; quotas are the ledger's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tongguan.core.booking.closures import suspension_reasons
from tongguan.core.booking.keepers import keeper_of
from tongguan.core.booking.legs import (
    FIRST_DAY,
    LAST_DAY,
    SHOWN_CHARACTERS_MAX,
    LegWanted,
    no_such_place,
)
from tongguan.core.booking.releases import (
    deadline_instant,
    may_be_booked_at,
    next_within_hours,
    openings_of,
)
from tongguan.core.decisions import Decision, Outcome, Reason
from tongguan.core.eligibility.parties import head_too_young
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import (
    Basis,
    Booking,
    Deadline,
    Direction,
    Leg,
    Phase,
    Slot,
    Version,
)
from tongguan.core.scheme.slots import find_slot
from tongguan.core.scheme.state import PhaseState
from tongguan.core.scheme.suspensions import Suspension

__all__ = ["LegWanted", "decide_booking", "decide_cancel"]

_STANDING = (PhaseState.ACTIVE, PhaseState.SUSPENDED)
"""A phase that was activated and has not ended; what is suspended in it is asked leg by leg."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _FoundLeg:
    """A leg whose direction and slot the phase knows."""

    wanted: LegWanted
    direction: Direction
    slot: Slot
    starts: datetime


def decide_booking(
    version: Version,
    phase: Phase,
    *,
    persons: int,
    legs: tuple[LegWanted, ...],
    head_born: date | None = None,
    phase_state: PhaseState,
    now: datetime,
    suspensions: tuple[Suspension, ...] = (),
    authority: AuthorityId | None = None,
) -> Decision:
    """Grant without a reason, or refuse with every reason, the widest first.

    ``authority`` is the one that is asked, which gives out no place that another keeps.

    A journey of the way home alone is possible: who has lost the place home needs another. A
    suspension refuses the legs in its scope whose slots begin while it is in effect, announced
    ones included, and never the way home.
    """
    found = _found(version, phase, legs)
    reasons = (
        *_phase_reasons(phase, phase_state),
        *(
            suspension_reasons(
                version,
                phase,
                [(leg.direction, leg.wanted.control_point, leg.starts) for leg in found],
                suspensions,
                now,
            )
            if suspensions
            else _suspended_reasons(phase, legs, phase_state)
        ),
        *_shape_reasons(phase, legs),
        *_party_reasons(phase, legs, persons),
        *_keeper_reasons(version, phase, legs, authority),
        *(reason for leg in legs for reason in _leg_reasons(version, phase, leg, now)),
        *_head_reasons(phase, found, head_born),
        *_journey_reasons(phase, found),
    )
    return Decision(outcome=Outcome.REFUSE if reasons else Outcome.GRANT, reasons=reasons)


def decide_cancel(
    version: Version, phase: Phase, *, legs: tuple[LegWanted, ...], now: datetime
) -> Decision:
    """Grant until the latest minute the scheme states for any of the legs, then refuse.

    That is never later than the beginning of a leg's slot.
    """
    reasons = []
    for leg in _found(version, phase, legs):
        rule = leg.direction.booking
        if rule is None:
            continue
        # Nobody gives back a place that has begun to be used, whatever minute the text states.
        until = min(_instant(version, rule.cancel_until, leg), leg.starts)
        if now > until:
            reasons.append(
                _reason(
                    ReasonCode.CANCEL_TOO_LATE,
                    f"{_path(phase, leg.direction)}/booking/cancel_until",
                    rule.basis,
                    direction=leg.direction.id,
                    until=_shown(until),
                )
            )
    return Decision(outcome=Outcome.REFUSE if reasons else Outcome.GRANT, reasons=tuple(reasons))


def _found(version: Version, phase: Phase, legs: tuple[LegWanted, ...]) -> tuple[_FoundLeg, ...]:
    return tuple(leg for leg in (_find(version, phase, each) for each in legs) if leg is not None)


def _find(version: Version, phase: Phase, wanted: LegWanted) -> _FoundLeg | None:
    if not FIRST_DAY <= wanted.day <= LAST_DAY:
        return None
    found = find_slot(phase, wanted.direction, wanted.slot)
    if found is None:
        return None
    starts = found.on(wanted.day, version.zone).start
    return _FoundLeg(wanted=wanted, direction=found.direction, slot=found.slot, starts=starts)


def _phase_reasons(phase: Phase, state: PhaseState) -> Iterator[Reason]:
    if state not in _STANDING:
        is_over = state is PhaseState.ENDED
        code = ReasonCode.PHASE_ENDED if is_over else ReasonCode.PHASE_NOT_ACTIVE
        yield _reason(code, f"phases/{phase.id}", phase.basis)


def _suspended_reasons(
    phase: Phase, legs: tuple[LegWanted, ...], state: PhaseState
) -> Iterator[Reason]:
    """Suspended as a whole, without more being known: all but the way home alone is closed."""
    home = {each.id for each in phase.directions if each.leg is Leg.HOME}
    is_only_home = bool(legs) and all(leg.direction in home for leg in legs)
    if state is PhaseState.SUSPENDED and not is_only_home:
        yield _reason(ReasonCode.PHASE_SUSPENDED, f"phases/{phase.id}", phase.basis)


def _shape_reasons(phase: Phase, legs: tuple[LegWanted, ...]) -> Iterator[Reason]:
    """One way out and, where a return place is required, one home; never two of a kind."""
    directions = {each.id: each.leg for each in phase.directions}
    ways = [directions[leg.direction] for leg in legs if leg.direction in directions]
    rule = phase.return_
    home_missing = (
        rule is not None and rule.place_required and Leg.OUT in ways and Leg.HOME not in ways
    )
    if not legs or home_missing or len(set(ways)) < len(ways):
        basis = phase.basis if rule is None else rule.basis
        part = "return/place_required" if home_missing else "directions"
        clause = f"phases/{phase.id}/{part}"
        yield _reason(ReasonCode.LEGS_INCOMPLETE, clause, basis, legs=", ".join(ways))


def _party_reasons(phase: Phase, legs: tuple[LegWanted, ...], persons: int) -> Iterator[Reason]:
    for direction in phase.directions:
        rule = direction.booking
        wanted = any(leg.direction == direction.id for leg in legs)
        if wanted and rule is not None and persons > rule.party.size_max:
            yield _reason(
                ReasonCode.PARTY_TOO_LARGE,
                f"{_path(phase, direction)}/booking/party",
                rule.basis,
                persons=str(persons),
                persons_max=str(rule.party.size_max),
            )
            return


def _head_reasons(phase: Phase, legs: tuple[_FoundLeg, ...], born: date | None) -> Iterator[Reason]:
    for leg in legs:
        reason = head_too_young(phase, leg.direction, born, leg.wanted.day)
        if reason is not None:
            yield reason
            return


def _keeper_reasons(
    version: Version, phase: Phase, legs: tuple[LegWanted, ...], authority: AuthorityId | None
) -> Iterator[Reason]:
    """One for each direction whose places another authority keeps, naming that authority."""
    wanted = {leg.direction for leg in legs}
    for direction in phase.directions:
        keeper = keeper_of(version, direction)
        if direction.id in wanted and keeper is not None and authority not in (None, keeper):
            own = direction.booking_authority is not None
            yield _reason(
                ReasonCode.PLACES_KEPT_ELSEWHERE,
                f"{_path(phase, direction)}/booking_authority" if own else "booking_authority",
                direction.basis if own else version.booking_authority_basis,
                direction=direction.id,
                party=keeper,
            )


def _leg_reasons(
    version: Version, phase: Phase, wanted: LegWanted, now: datetime
) -> Iterator[Reason]:
    yield from no_such_place(phase, wanted)
    leg = _find(version, phase, wanted)
    if leg is not None:
        yield from _time_reasons(version, phase, leg, now)


def _time_reasons(
    version: Version, phase: Phase, leg: _FoundLeg, now: datetime
) -> Iterator[Reason]:
    path = f"{_path(phase, leg.direction)}/booking"
    named = {"direction": leg.direction.id}
    rule = leg.direction.booking
    if rule is None:
        # Nobody has stated when places may be taken: unknown is not unlimited.
        yield _reason(ReasonCode.BOOKING_NOT_YET_OPEN, path, leg.direction.basis, **named)
        return
    yield from _opening_reasons(version, leg, rule, path, now)
    closes = _instant(version, rule.closes, leg)
    if now >= closes:
        facts = named | {"closed": _shown(closes)}
        yield _reason(ReasonCode.BOOKING_CLOSED, f"{path}/closes", rule.basis, **facts)


def _opening_reasons(
    version: Version, leg: _FoundLeg, rule: Booking, path: str, now: datetime
) -> Iterator[Reason]:
    """The day's places must be on offer, and the time of day one at which they may be taken."""
    named = {"direction": leg.direction.id}
    openings = openings_of(version, rule, leg.wanted.day)
    if not any(each.contains(now) for each in openings):
        coming = [each.opens for each in openings if each.opens > now]
        clause = f"{path}/releases"
        if coming or not openings:
            facts = named | ({"opens": _shown(coming[0])} if coming else {})
            yield _reason(ReasonCode.BOOKING_NOT_YET_OPEN, clause, rule.basis, **facts)
        else:
            shut = max(each.shuts for each in openings if each.shuts is not None)
            facts = named | {"closed": _shown(shut)}
            yield _reason(ReasonCode.BOOKING_CLOSED, clause, rule.basis, **facts)
    elif rule.hours is not None and not may_be_booked_at(rule.hours, now, version.zone):
        facts = named | {"opens": _shown(next_within_hours(rule.hours, now, version.zone))}
        yield _reason(ReasonCode.BOOKING_NOT_YET_OPEN, f"{path}/hours", rule.basis, **facts)


def _instant(version: Version, deadline: Deadline, leg: _FoundLeg) -> datetime:
    return deadline_instant(deadline, day=leg.wanted.day, starts=leg.starts, zone=version.zone)


def _journey_reasons(phase: Phase, legs: tuple[_FoundLeg, ...]) -> Iterator[Reason]:
    """What holds between the way out and the way home; nothing that nobody has stated."""
    out = next((leg for leg in legs if leg.direction.leg is Leg.OUT), None)
    home = next((leg for leg in legs if leg.direction.leg is Leg.HOME), None)
    if out is None or home is None:
        return
    if home.starts < out.starts:
        yield _reason(
            ReasonCode.LEGS_OUT_OF_ORDER,
            f"phases/{phase.id}/directions",
            phase.basis,
            out=_shown(out.starts),
            home=_shown(home.starts),
        )
    rule = phase.return_
    if rule is None:
        return
    stay_days = (home.wanted.day - out.wanted.day).days + 1
    if rule.stay_days_max is not None and stay_days > rule.stay_days_max:
        yield _reason(
            ReasonCode.STAY_TOO_LONG,
            f"phases/{phase.id}/return/stay_days_max",
            rule.basis,
            stay_days=str(stay_days),
            stay_days_max=str(rule.stay_days_max),
        )
    if rule.same_control_point and out.wanted.control_point != home.wanted.control_point:
        yield _reason(
            ReasonCode.RETURN_CONTROL_POINT_DIFFERS,
            f"phases/{phase.id}/return/same_control_point",
            rule.basis,
            out=out.wanted.control_point[:SHOWN_CHARACTERS_MAX],
            home=home.wanted.control_point[:SHOWN_CHARACTERS_MAX],
        )


def _path(phase: Phase, direction: Direction) -> str:
    return f"phases/{phase.id}/directions/{direction.id}"


def _reason(code: ReasonCode, clause: str, basis: Basis, **facts: str) -> Reason:
    return Reason(code=code, clause=clause, claims=basis.claims, facts=facts)


def _shown(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
