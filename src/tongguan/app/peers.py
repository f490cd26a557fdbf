"""The other authority: its keys pinned once by hand, then only what it signed is believed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from tongguan.app.acts import receive_act
from tongguan.app.annexes import receive_annex
from tongguan.app.authorities import Authority
from tongguan.app.figures import receive_figures
from tongguan.app.holder_keys import peer_keys, pinned_keys
from tongguan.app.peer_store import Peer
from tongguan.app.ports import Transaction
from tongguan.app.publishing import STATUS_LISTS
from tongguan.app.receipts import Receipt
from tongguan.app.recognition import receive_recognition, receive_trust_list
from tongguan.app.schemes import CLOCK_TOLERANCE
from tongguan.app.status_places import LISTS_MAX, list_id
from tongguan.app.stores import AuditEntry
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeyUse
from tongguan.core.credentials.published import (
    PublishedKeySet,
    claimed_fingerprint,
    read_signed_key_set,
)
from tongguan.core.credentials.status_list import read_status_list
from tongguan.core.identifiers import AuthorityId


class PeerSource(Protocol):
    """Where the other side's publications are fetched; what comes is not trusted."""

    def keys(self) -> bytes: ...

    def acts(self) -> tuple[bytes, ...]: ...

    def annexes(self) -> tuple[bytes, ...]: ...

    def figures(self) -> tuple[bytes, ...]: ...

    def trust_lists(self) -> tuple[bytes, ...]: ...

    def recognitions(self) -> tuple[bytes, ...]: ...

    def status_list(self, list_id: str) -> bytes:
        """A signed status list; ``KeyError`` for one that is not published."""


class PeerRefusedError(ValueError):
    """What the other side sent is not what was pinned, or does not verify."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncReport:
    """What was taken from the other side, and what was refused and why."""

    acts_new: int
    annexes_new: int
    figures_new: int
    trust_lists_new: int
    recognitions_new: int
    lists: tuple[str, ...]
    refused: tuple[str, ...]


def trust_peer(authority: Authority, key_set: bytes, *, url: str | None = None) -> Peer:
    """Pin the other side's keys by the fingerprint of its scheme key.

    Called when a person has compared the fingerprint with the other side; raises
    ``PeerRefusedError`` for a key set that does not sign itself, is this authority's own, is dated
    ahead or holds a key of another authority.
    """
    fingerprint = claimed_fingerprint(key_set)
    if isinstance(fingerprint, Unreadable):
        raise PeerRefusedError(fingerprint.code.value)
    published = read_signed_key_set(key_set, fingerprint=fingerprint)
    if isinstance(published, Unreadable):
        raise PeerRefusedError(published.code.value)
    if published.authority == authority.id:
        raise PeerRefusedError("own_key_set")
    with authority.database.transaction() as transaction:
        doubt = _doubt(authority, transaction, published)
        if doubt is not None:
            raise PeerRefusedError(doubt)
        peer = Peer(
            authority=published.authority,
            fingerprint=fingerprint,
            key_set=key_set,
            url=url,
            trusted_at=transaction.now,
        )
        transaction.peers.trust(peer)
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor="authority",
                action="peer.trust",
                subject=peer.authority,
                outcome=peer.fingerprint[:16],
            )
        )
    return peer


def known_peers(authority: Authority) -> tuple[Peer, ...]:
    """Every authority whose keys are pinned."""
    with authority.database.transaction() as transaction:
        return transaction.peers.peers()


def sync_peer(authority: Authority, peer: AuthorityId, source: PeerSource) -> SyncReport:
    """Fetch what the other side publishes; keep what verifies, name the rest.

    A key set under a scheme key that neither is pinned nor was vouched for by the pinned one is
    refused, whatever else it says. Acts that fail to come keep no list back.
    """
    refused = _refresh_keys(authority, peer, source.keys())
    lists: list[str] = []
    try:
        acts_new = _fetch(
            authority,
            "act",
            source.acts(),
            kept=_kept_acts,
            receive=receive_act,
            refused=refused,
        )
        annexes_new = _fetch(
            authority,
            "annex",
            source.annexes(),
            kept=_kept_annexes,
            receive=receive_annex,
            refused=refused,
        )
        figures_new = _fetch(
            authority,
            "figures",
            source.figures(),
            kept=_kept_figures,
            receive=receive_figures,
            refused=refused,
        )
        trust_lists_new = _fetch(
            authority,
            "trust list",
            source.trust_lists(),
            kept=_kept_trust_lists,
            receive=receive_trust_list,
            refused=refused,
        )
        recognitions_new = _fetch(
            authority,
            "recognition",
            source.recognitions(),
            kept=_kept_recognitions,
            receive=receive_recognition,
            refused=refused,
        )
    finally:
        for kind in STATUS_LISTS:
            refused += _fetch_lists(authority, peer, kind, source, lists)
    return SyncReport(
        acts_new=acts_new,
        annexes_new=annexes_new,
        figures_new=figures_new,
        trust_lists_new=trust_lists_new,
        recognitions_new=recognitions_new,
        lists=tuple(lists),
        refused=tuple(refused),
    )


def _fetch(
    authority: Authority,
    kind: str,
    offered: Iterable[bytes],
    *,
    kept: Callable[[Transaction], Iterable[bytes]],
    receive: Callable[[Authority, bytes], Receipt],
    refused: list[str],
) -> int:
    """Keep what is new here of a kind, and count it; what is kept is not judged again."""
    with authority.database.transaction() as transaction:
        known = frozenset(kept(transaction))
    new = 0
    for signed in offered:
        if signed in known:
            continue
        receipt = receive(authority, signed)
        new += receipt.is_new
        if receipt.refused is not None:
            refused.append(f"{kind}: {receipt.refused}")
    return new


def _kept_acts(transaction: Transaction) -> Iterable[bytes]:
    return (each.signed for each in transaction.schemes.acts())


def _kept_annexes(transaction: Transaction) -> Iterable[bytes]:
    return transaction.annexes.all()


def _kept_figures(transaction: Transaction) -> Iterable[bytes]:
    return transaction.figures.all()


def _kept_trust_lists(transaction: Transaction) -> Iterable[bytes]:
    return (each.signed for each in transaction.recognitions.lists())


def _kept_recognitions(transaction: Transaction) -> Iterable[bytes]:
    return (each.signed for each in transaction.recognitions.all())


def _fetch_lists(
    authority: Authority, peer: AuthorityId, kind: str, source: PeerSource, kept: list[str]
) -> list[str]:
    """Keep the lists of a kind, one after another until the first that is not there; the faults."""
    for number in range(LISTS_MAX):
        name = list_id(kind, number)
        try:
            signed = source.status_list(name)
        except KeyError:
            return [] if number else [f"status list: {name}"]
        if not _keep_list(authority, peer, name, signed):
            return [f"status list: {name}"]
        kept.append(name)
    return []


def _refresh_keys(authority: Authority, peer: AuthorityId, key_set: bytes) -> list[str]:
    with authority.database.transaction() as transaction:
        pinned = transaction.peers.get(peer)
        if pinned is None:
            return ["keys: not trusted"]
        published = _read_under_pinned(pinned, key_set)
        if isinstance(published, Unreadable):
            return [f"keys: {published.code}"]
        if published.authority != peer:
            return ["keys: of another authority"]
        doubt = _doubt(authority, transaction, published)
        if doubt is not None:
            return [f"keys: {doubt}"]
        kept = read_signed_key_set(pinned.key_set, fingerprint=pinned.fingerprint)
        if isinstance(kept, PublishedKeySet) and published.issued_at <= kept.issued_at:
            # An older set could bring a revoked key back.
            return ["keys: older than kept"] if published.issued_at < kept.issued_at else []
        _renew(transaction, pinned, key_set)
    return []


def _read_under_pinned(pinned: Peer, key_set: bytes) -> PublishedKeySet | Unreadable:
    """The set under the pinned scheme key, or under one that the set kept of it vouches for."""
    read = read_signed_key_set(key_set, fingerprint=pinned.fingerprint)
    if isinstance(read, PublishedKeySet):
        return read
    for key in pinned_keys(pinned.key_set, pinned.fingerprint).keys:
        if key.may_verify(KeyUse.SCHEME):
            renewed = read_signed_key_set(key_set, fingerprint=key.fingerprint)
            if isinstance(renewed, PublishedKeySet):
                return renewed
    return read


def _renew(transaction: Transaction, pinned: Peer, key_set: bytes) -> None:
    """Keep a newer set; where the scheme key was renewed, its successor is pinned from now on."""
    fingerprint = claimed_fingerprint(key_set)
    if isinstance(fingerprint, Unreadable):
        raise PeerRefusedError(fingerprint.code.value)
    transaction.peers.trust(replace(pinned, key_set=key_set, fingerprint=fingerprint))
    if fingerprint != pinned.fingerprint:
        transaction.audit.record(
            AuditEntry(
                at=transaction.now,
                actor=f"authority {pinned.authority}",
                action="peer.renew",
                subject=pinned.authority,
                outcome=fingerprint[:16],
            )
        )


def _doubt(
    authority: Authority, transaction: Transaction, published: PublishedKeySet
) -> str | None:
    """Why a set that is well signed is not believed all the same.

    A set dated ahead would hide each later one until its day, and with it every revocation; a key
    of another authority under this one's name would push that authority's own key out.
    """
    if published.issued_at > transaction.now + CLOCK_TOLERANCE:
        return "dated_ahead"
    foreign = {key.key_id for key in authority.keys.key_set().keys}
    for each in transaction.peers.peers():
        if each.authority != published.authority:
            foreign.update(key.key_id for key in pinned_keys(each.key_set, each.fingerprint).keys)
    if any(key.key_id in foreign for key in published.keys.keys):
        return "key_of_another_authority"
    return None


def _keep_list(authority: Authority, peer: AuthorityId, list_id: str, signed: bytes) -> bool:
    with authority.database.transaction() as transaction:
        read = read_status_list(signed, peer_keys(transaction, peer))
        if isinstance(read, Unreadable) or (read.issuer, read.list_id) != (peer, list_id):
            return False
        if read.issued_at > transaction.now + CLOCK_TOLERANCE:
            return False  # a list of the future would hide every later one
        transaction.peers.keep_status_list(peer, list_id, signed, read.issued_at)
        return True
