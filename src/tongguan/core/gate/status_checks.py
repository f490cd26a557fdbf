"""Whether a code has been revoked, as far as the lists at hand can tell."""

from datetime import timedelta

from tongguan.core.credentials.status_list import StatusFault, StatusList, StatusPurpose
from tongguan.core.decisions import Reason
from tongguan.core.gate.crossing import Crossing
from tongguan.core.identifiers import AuthorityId
from tongguan.core.reasons import ReasonCode

_ONE_MINUTE = timedelta(minutes=1)


def check_status(
    crossing: Crossing, *, issuer: AuthorityId, list_id: str, index: int, revoked: ReasonCode
) -> list[Reason]:
    """Revoked, for certain even by an old list; or in doubt for want of a list or its age."""
    lists = _newest(crossing.situation.status_lists, issuer, list_id)
    clause, found = "credentials", []
    if StatusPurpose.REVOCATION not in lists:
        basis = crossing.credentials_basis()
        missing = ReasonCode.STATUS_LIST_MISSING
        found.append(crossing.reason(missing, clause, basis, issuer=issuer, list=list_id))
    stale: list[StatusList] = []
    is_set = False
    for each in lists.values():
        bit = each.is_set(index)
        is_set = is_set or bit is True
        if bit is StatusFault.INDEX_OUT_OF_RANGE or _is_stale(crossing, each):
            stale.append(each)
    if is_set:
        found.append(crossing.reason(revoked, clause, crossing.credentials_basis(), issuer=issuer))
    if stale:
        oldest = min(stale, key=lambda each: each.issued_at)
        age = (crossing.situation.now - oldest.issued_at) // _ONE_MINUTE
        found.append(
            crossing.reason(
                ReasonCode.STATUS_LIST_STALE,
                clause,
                crossing.credentials_basis(),
                issuer=issuer,
                list=list_id,
                age_minutes=str(age),
            )
        )
    return found


def _newest(
    lists: tuple[StatusList, ...], issuer: AuthorityId, list_id: str
) -> dict[StatusPurpose, StatusList]:
    found: dict[StatusPurpose, StatusList] = {}
    for each in lists:
        if each.list_id == list_id and each.issuer == issuer:
            known = found.get(each.purpose)
            if known is None or known.issued_at <= each.issued_at:
                found[each.purpose] = each
    return found


def _is_stale(crossing: Crossing, status_list: StatusList) -> bool:
    """Too old, or from a future that this gate's clock does not know.

    One that has no room for the index is older than the code.
    """
    rule = crossing.phase.credentials
    if rule is None:
        return False
    age = abs(crossing.situation.now - status_list.issued_at)
    return age > timedelta(minutes=rule.status_list_age_minutes_max)
