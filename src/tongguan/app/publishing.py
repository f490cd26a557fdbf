"""What an authority tells the world: its keys, its acts, and which codes are void."""

from tongguan.app import health_codes, passes
from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.core.calendar import whole_second
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.credentials.status_list import (
    CAPACITY,
    StatusList,
    StatusPurpose,
    encode_status_list,
)

STATUS_LISTS = (health_codes.STATUS_LIST, passes.STATUS_LIST)
"""The lists every authority publishes, by the kind of code they speak of."""


def published_keys(authority: Authority) -> bytes:
    """The authority's key set under its own scheme key; the other side pins its fingerprint."""
    with authority.database.transaction() as transaction:
        now = whole_second(transaction.now)
    return authority.keys.signed_key_set(now)


def published_acts(authority: Authority) -> tuple[bytes, ...]:
    """Every signed act this authority holds, its own and the other side's, in order."""
    with authority.database.transaction() as transaction:
        return tuple(each.signed for each in transaction.schemes.acts())


def published_status_list(authority: Authority, list_id: str) -> bytes:
    """The list of void codes as of now, signed; ``KeyError`` for a list that is not published."""
    if list_id not in STATUS_LISTS:
        raise KeyError(list_id)
    with authority.database.transaction() as transaction:
        status_list = own_status_list(authority, transaction, list_id)
    key = authority.keys.signing_key(KeyUse.STATUS_LIST, status_list.issued_at)
    return encode_status_list(status_list, key)


def own_status_list(authority: Authority, transaction: Transaction, list_id: str) -> StatusList:
    """The list as it follows from the rows at this moment."""
    now = whole_second(transaction.now)
    store = transaction.passes if list_id == passes.STATUS_LIST else transaction.health_codes
    revoked = store.revoked_indexes(unexpired_at=now)
    return StatusList.of(
        revoked,
        issuer=authority.id,
        purpose=StatusPurpose.REVOCATION,
        list_id=list_id,
        issued_at=now,
        capacity=_capacity(max(revoked, default=0)),
    )


def _capacity(index_max: int) -> int:
    """The ordinary capacity, doubled until the highest index fits."""
    capacity = CAPACITY
    while index_max >= capacity:
        capacity *= 2
    return capacity
