"""The monthly key of holder tags that both parties of a version derive, each by itself."""

from functools import lru_cache

from tongguan.app.authorities import Authority
from tongguan.app.ports import Transaction
from tongguan.core.credentials.holder import HolderKey, agreement_key_of
from tongguan.core.credentials.keys import KeySet
from tongguan.core.credentials.published import read_pinned_key_set
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.model import Version


class PeerNotTrustedError(LookupError):
    """The other party's keys have not been trusted yet, so nothing can be issued with it."""


@lru_cache(maxsize=64)
def pinned_keys(signed: bytes, fingerprint: str) -> KeySet:
    """The keys in a set that was verified before it was kept; verified again, once a process."""
    return read_pinned_key_set(signed, fingerprint)


def peer_keys(transaction: Transaction, peer: AuthorityId) -> KeySet:
    """The other party's published keys, as pinned; ``PeerNotTrustedError`` when there are none."""
    found = transaction.peers.get(peer)
    if found is None:
        raise PeerNotTrustedError(peer)
    return pinned_keys(found.key_set, found.fingerprint)


def other_party(authority: Authority, version: Version) -> AuthorityId:
    """The party of the version that is not this authority."""
    return next(each.id for each in version.parties if each.id != authority.id)


def holder_key_of(
    authority: Authority, transaction: Transaction, version: Version, period: str
) -> HolderKey:
    """The holder key of a month; the same on both sides, and nobody else can derive it."""
    other = other_party(authority, version)
    theirs = agreement_key_of(peer_keys(transaction, other), other, period)
    if theirs is None:
        raise PeerNotTrustedError(other)
    return authority.keys.holder_key(theirs, version.scheme, period)
