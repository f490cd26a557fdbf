"""Whether the pass is this person's, for this crossing, and for now."""

from collections.abc import Iterator
from datetime import date, timedelta

from tongguan.core.booking.keepers import keeper_of
from tongguan.core.calendar import local_day
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.status_checks import check_status
from tongguan.core.passes.claims import PassClaims, pass_version_digest
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Leg

HOLDER_KEY_MISSING = "holder_key_missing"
"""Fault of a code whose month's holder key the gate does not have."""


def check_pass(crossing: Crossing) -> Iterator[Reason]:
    """Everything that is wrong with the pass, or doubtful.

    Where no pass is needed, only that one is someone else's: it was not come by rightly, and the
    officer should see to it. Any other is not looked at, so that showing one harms nobody.
    """
    shown = crossing.situation.pass_
    way = f"directions/{crossing.direction.id}"
    if not crossing.pass_needed:
        if isinstance(shown, PassClaims) and _holds(crossing, shown) is False:
            yield crossing.reason(ReasonCode.PASS_OTHER_HOLDER, way, crossing.direction.basis)
    elif shown is None:
        yield crossing.reason(ReasonCode.PASS_MISSING, way, crossing.direction.basis)
    elif isinstance(shown, Unreadable):
        yield crossing.reason(
            ReasonCode.PASS_UNREADABLE, way, crossing.direction.basis, fault=shown.code.value
        )
    else:
        yield from _check_holder(crossing, shown)
        yield from _check_scheme(crossing, shown)
        yield from _check_use(crossing, shown)
        yield from _check_way(crossing, shown)
        yield from _check_time(crossing, shown)
        yield from _check_return(crossing, shown)
        yield from check_status(
            crossing,
            issuer=shown.issuer,
            list_id=shown.status_list,
            index=shown.status_index,
            revoked=ReasonCode.PASS_REVOKED,
        )


def _holds(crossing: Crossing, shown: PassClaims) -> bool | None:
    return crossing.holds(shown.holder_tag, shown.holder_period)


def _check_holder(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    way, basis = f"directions/{crossing.direction.id}", crossing.direction.basis
    match _holds(crossing, shown):
        case None:
            yield crossing.reason(ReasonCode.PASS_UNREADABLE, way, basis, fault=HOLDER_KEY_MISSING)
        case False:
            yield crossing.reason(ReasonCode.PASS_OTHER_HOLDER, way, basis)


def _check_scheme(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    """Of this scheme, under this text or one in force before, and from whoever issues passes.

    Whoever was to lose a place with an earlier text has a revoked pass. A text that is not known
    here may be a later one that a gate cut off has not heard of: a doubt, and no fault of the
    person's. Keys of authorities that take part in other schemes only may be trusted as well.
    """
    version = crossing.situation.version
    keeper = keeper_of(version, crossing.direction)
    issuers = [party.id for party in version.parties] if keeper is None else [keeper]
    texts = (crossing.situation.version_digest, *crossing.situation.texts_before)
    if shown.scheme_id != version.scheme or shown.issuer not in issuers:
        yield crossing.reason(
            ReasonCode.PASS_OTHER_SCHEME,
            scheme=version.scheme,
            pass_scheme=shown.scheme_id,
            pass_issuer=shown.issuer,
        )
    elif shown.version_digest not in {pass_version_digest(each) for each in texts}:
        yield crossing.reason(ReasonCode.PASS_TEXT_UNKNOWN)


def _check_use(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    used = crossing.situation.earlier_use
    if used is not None:
        yield crossing.reason(
            ReasonCode.PASS_ALREADY_USED,
            f"directions/{shown.direction}",
            crossing.direction.basis,
            used_at=crossing.local(used.used_at),
            control_point=used.control_point,
        )


def _check_way(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    situation = crossing.situation
    if shown.direction != situation.direction or shown.leg is not crossing.direction.leg:
        yield crossing.reason(
            ReasonCode.WRONG_DIRECTION,
            f"directions/{crossing.direction.id}",
            crossing.direction.basis,
            expected=shown.direction,
            actual=situation.direction,
        )
    if shown.control_point != situation.control_point:
        entry = crossing.phase.entry
        yield crossing.reason(
            ReasonCode.WRONG_CONTROL_POINT,
            "entry",
            None if entry is None else entry.basis,
            expected=shown.control_point,
            actual=situation.control_point,
        )


def _check_time(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    """Early and late are said of the pass's own day, which a night slot carries past midnight."""
    now, zone = crossing.situation.now, crossing.situation.version.zone
    way, basis = f"directions/{crossing.direction.id}/slots", crossing.direction.basis
    today = local_day(now, zone)
    starts = max(shown.slot_start, shown.not_before or shown.slot_start)
    ends = crossing.admitted_until(shown)
    on_its_day = shown.service_day <= today <= _last_day(shown, zone)
    in_grace = shown.slot_end <= now < ends
    if not on_its_day and not in_grace:
        yield crossing.reason(
            ReasonCode.WRONG_DAY,
            way,
            basis,
            expected=shown.service_day.isoformat(),
            actual=today.isoformat(),
        )
    elif now >= ends:
        ended = crossing.clock(shown.slot_end)
        yield crossing.reason(ReasonCode.SLOT_PASSED, way, basis, ends=ended)
    elif now < starts:
        yield crossing.reason(ReasonCode.TOO_EARLY, way, basis, starts=crossing.clock(starts))
    if now >= shown.expires_at:
        expired = crossing.local(shown.expires_at)
        yield crossing.reason(ReasonCode.PASS_EXPIRED, way, basis, expired_at=expired)


def _last_day(shown: PassClaims, zone: str) -> date:
    """The last calendar day on which the pass's slot still runs."""
    return local_day(shown.slot_end - timedelta(microseconds=1), zone)


def _check_return(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    rule = crossing.phase.return_
    if rule is None or not rule.place_required or crossing.direction.leg is not Leg.OUT:
        return
    if shown.leg is Leg.OUT and shown.home_day is None:
        yield crossing.reason(ReasonCode.RETURN_PLACE_MISSING, "return", rule.basis)
