"""What an authority tells the world: its keys, its acts, and which codes are void."""

from collections import defaultdict

from tongguan.app import passes
from tongguan.app.authorities import Authority
from tongguan.app.health import codes
from tongguan.app.ports import Transaction
from tongguan.app.status_places import list_id, status_place
from tongguan.core.calendar import SLOT_TIME_MAX, whole_second
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.credentials.status_list import StatusList, StatusPurpose, encode_status_list

STATUS_LISTS = (codes.STATUS_LIST, passes.STATUS_LIST)
"""The kinds of code that have status lists; ``list_id`` names the lists of a kind, from 0 on."""


def published_keys(authority: Authority) -> bytes:
    """The authority's key set under its own scheme key; the other side pins its fingerprint."""
    with authority.database.transaction() as transaction:
        now = whole_second(transaction.now)
    return authority.keys.signed_key_set(now)


def published_acts(authority: Authority) -> tuple[bytes, ...]:
    """Every signed act this authority holds, its own and the other side's, in order."""
    with authority.database.transaction() as transaction:
        return tuple(each.signed for each in transaction.schemes.acts())


def published_annexes(authority: Authority) -> tuple[bytes, ...]:
    """Every signed annex this authority holds, its own and the other side's, in order."""
    with authority.database.transaction() as transaction:
        return transaction.annexes.all()


def published_figures(authority: Authority) -> tuple[bytes, ...]:
    """All signed daily figures this authority holds, its own and the other side's, in order."""
    with authority.database.transaction() as transaction:
        return transaction.figures.all()


def published_trust_lists(authority: Authority) -> tuple[bytes, ...]:
    """Every signed trust list this authority holds, its own and the other side's, in order."""
    with authority.database.transaction() as transaction:
        return tuple(each.signed for each in transaction.recognitions.lists())


def published_recognitions(authority: Authority) -> tuple[bytes, ...]:
    """Every signed statement about what is recognised that this authority holds, in order."""
    with authority.database.transaction() as transaction:
        return tuple(each.signed for each in transaction.recognitions.all())


def published_status_list(authority: Authority, list_id: str) -> bytes:
    """The list of void codes as of now, signed; ``KeyError`` for a list that is not published."""
    with authority.database.transaction() as transaction:
        lists = {each.list_id: each for each in own_status_lists(authority, transaction)}
    status_list = lists[list_id]
    key = authority.keys.signing_key(KeyUse.STATUS_LIST, status_list.issued_at)
    return encode_status_list(status_list, key)


def own_status_lists(authority: Authority, transaction: Transaction) -> tuple[StatusList, ...]:
    """Every list as it follows from the rows at this moment.

    A kind has as many as its highest index needs, and one before any code was issued.
    """
    return tuple(each for kind in STATUS_LISTS for each in _lists_of(authority, transaction, kind))


def _lists_of(authority: Authority, transaction: Transaction, kind: str) -> list[StatusList]:
    now = whole_second(transaction.now)
    store = transaction.passes if kind == passes.STATUS_LIST else transaction.health_codes
    revoked = defaultdict(list)
    # A code that is over by its own hour may count until the end of a slot that it was valid for.
    for index in store.revoked_indexes(unexpired_at=now - SLOT_TIME_MAX):
        place = status_place(kind, index)
        revoked[place.list_id].append(place.index)
    last = status_place(kind, store.last_status_index())
    return [
        StatusList.of(
            revoked[list_id(kind, number)],
            issuer=authority.id,
            purpose=StatusPurpose.REVOCATION,
            list_id=list_id(kind, number),
            issued_at=now,
        )
        for number in range(last.number + 1)
    ]
