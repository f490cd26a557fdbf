"""Whether the pass is this person's, for this crossing, and for now."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from tongguan.core.booking.keepers import keeper_of
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.gate.status_checks import check_status
from tongguan.core.identifiers import AuthorityId
from tongguan.core.passes.claims import PassClaims, pass_version_digest
from tongguan.core.reasons import ReasonCode
from tongguan.core.scheme.model import Direction, Leg, Version

HOLDER_KEY_MISSING = "holder_key_missing"
"""Fault of a code whose month's holder key the gate does not have."""


def check_pass(crossing: Crossing) -> list[Reason]:
    """Everything that is wrong with the pass, or doubtful.

    Where no pass is needed, only that one is someone else's: it was not come by rightly, and the
    officer should see to it. Any other is not looked at, so that showing one harms nobody.
    """
    shown = crossing.situation.pass_
    if not crossing.pass_needed:
        if isinstance(shown, PassClaims) and _holds(crossing, shown) is False:
            return [_of_direction(crossing, ReasonCode.PASS_OTHER_HOLDER)]
        return []
    if shown is None:
        return [_of_direction(crossing, ReasonCode.PASS_MISSING)]
    if isinstance(shown, Unreadable):
        return [_of_direction(crossing, ReasonCode.PASS_UNREADABLE, fault=shown.code.value)]
    found: list[Reason] = []
    for check in _CHECKS:
        found.extend(check(crossing, shown))
    found.extend(
        check_status(
            crossing,
            issuer=shown.issuer,
            list_id=shown.status_list,
            index=shown.status_index,
            revoked=ReasonCode.PASS_REVOKED,
        )
    )
    return found


def _of_direction(crossing: Crossing, code: ReasonCode, **facts: str) -> Reason:
    direction = crossing.direction
    return crossing.reason(code, f"directions/{direction.id}", direction.basis, **facts)


def _holds(crossing: Crossing, shown: PassClaims) -> bool | None:
    return crossing.holds(shown.holder_tag, shown.holder_period)


def _check_holder(crossing: Crossing, shown: PassClaims) -> Iterable[Reason]:
    match _holds(crossing, shown):
        case None:
            return (_of_direction(crossing, ReasonCode.PASS_UNREADABLE, fault=HOLDER_KEY_MISSING),)
        case False:
            return (_of_direction(crossing, ReasonCode.PASS_OTHER_HOLDER),)
    return ()


def _check_scheme(crossing: Crossing, shown: PassClaims) -> Iterable[Reason]:
    """Of this scheme, under this text or one in force before, and from whoever issues passes.

    Whoever was to lose a place with an earlier text has a revoked pass. A text that is not known
    here may be a later one that a gate cut off has not heard of: a doubt, and no fault of the
    person's. Keys of authorities that take part in other schemes only may be trusted as well.
    """
    situation = crossing.situation
    version = situation.version
    if shown.scheme_id != version.scheme or not _issues(version, crossing.direction, shown.issuer):
        return (
            crossing.reason(
                ReasonCode.PASS_OTHER_SCHEME,
                scheme=version.scheme,
                pass_scheme=shown.scheme_id,
                pass_issuer=shown.issuer,
            ),
        )
    texts = (situation.version_digest, *situation.texts_before)
    if not any(shown.version_digest == pass_version_digest(each) for each in texts):
        return (crossing.reason(ReasonCode.PASS_TEXT_UNKNOWN),)
    return ()


def _issues(version: Version, direction: Direction, issuer: AuthorityId) -> bool:
    """Whether the authority gives passes for the direction: whoever keeps its places, or either."""
    keeper = keeper_of(version, direction)
    if keeper is not None:
        return issuer == keeper
    return any(issuer == party.id for party in version.parties)


def _check_use(crossing: Crossing, shown: PassClaims) -> Iterable[Reason]:
    used = crossing.situation.earlier_use
    if used is None:
        return ()
    return (
        crossing.reason(
            ReasonCode.PASS_ALREADY_USED,
            f"directions/{shown.direction}",
            crossing.direction.basis,
            used_at=crossing.local(used.used_at),
            control_point=used.control_point,
        ),
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
    now, today = crossing.situation.now, crossing.local_now.date()
    starts = shown.slot_start
    if shown.not_before is not None:
        starts = max(starts, shown.not_before)
    if starts <= now < min(shown.slot_end, shown.expires_at) and today == shown.service_day:
        return
    way, basis = f"directions/{crossing.direction.id}/slots", crossing.direction.basis
    ends = crossing.admitted_until(shown)
    on_its_day = shown.service_day <= today <= _last_day(crossing, shown)
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


def _last_day(crossing: Crossing, shown: PassClaims) -> date:
    """The last calendar day on which the pass's slot still runs."""
    last_instant = shown.slot_end - timedelta(microseconds=1)
    return last_instant.astimezone(crossing.zone).date()


def _check_return(crossing: Crossing, shown: PassClaims) -> Iterator[Reason]:
    rule = crossing.phase.return_
    if rule is None or not rule.place_required or crossing.direction.leg is not Leg.OUT:
        return
    if shown.leg is Leg.OUT and shown.home_day is None:
        yield crossing.reason(ReasonCode.RETURN_PLACE_MISSING, "return", rule.basis)


_CHECKS = (_check_holder, _check_scheme, _check_use, _check_way, _check_time, _check_return)
