"""An authority's trust list: the keys by which its word on people's health is to be known.

It is narrower than the key set. A key set says whose a key is; a trust list says, under a number
and a digest, which keys another authority may be asked to recognise, and by which rules of colour
what they sign was judged. Lists are never changed: the next has the next number.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KEY_ID_BYTES, KeySet, KeyState, KeyUse, SigningKey
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.scalars import Characters, Moment, Whole
from tongguan.core.scheme.language.words import PARTY_NAME
from tongguan.core.scheme.statements import SignedStatement, StatementForm

MEDIA_TYPE: Final = "application/tongguan-trust-list+json"
VERSION_MAX: Final = 1_000_000
LISTED: Final = (KeyUse.FACTS, KeyUse.HEALTH_CODE, KeyUse.STATUS_LIST)
"""The uses whose keys a trust list has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustList:
    """The keys of an authority by use, each by the SHA-256 of its public half in hexadecimal."""

    authority: AuthorityId
    version: int
    at: datetime
    """When the authority says that it issued the list; whole seconds, aware."""
    facts: tuple[str, ...]
    health_code: tuple[str, ...]
    status_list: tuple[str, ...]
    rules: tuple[str, ...]
    """Versions of the rules by which its colours are judged."""

    def __post_init__(self) -> None:
        """ValueError for a list that cannot be: a time in parts of seconds, or out of order."""
        if self.at.utcoffset() is None or self.at.microsecond:
            raise ValueError("a trust list is issued at a whole second with a zone")
        for part in (self.facts, self.health_code, self.status_list, self.rules):
            if list(part) != sorted(set(part)):
                raise ValueError("a trust list names each once, in order")

    def key_ids(self, use: KeyUse) -> frozenset[bytes]:
        """The ids of the keys listed for a use; none for a use that no list has."""
        listed = getattr(self, use.value) if use in LISTED else ()
        return frozenset(bytes.fromhex(each)[:KEY_ID_BYTES] for each in listed)


SignedTrustList = SignedStatement[TrustList]
"""A trust list whose signature was verified, with the message that proves it to others."""


def trust_list_of(
    authority: AuthorityId, keys: KeySet, rules: Iterable[str], *, version: int, at: datetime
) -> TrustList:
    """The list that follows from an authority's keys: all of the uses listed but those revoked.

    A key that is prepared stands in it too, so that the other side can know it before it signs.
    """

    def listed(use: KeyUse) -> tuple[str, ...]:
        return tuple(
            sorted(
                key.fingerprint
                for key in keys.keys
                if (key.authority, key.use) == (authority, use)
                and key.state is not KeyState.REVOKED
            )
        )

    return TrustList(
        authority=authority,
        version=version,
        at=at,
        facts=listed(KeyUse.FACTS),
        health_code=listed(KeyUse.HEALTH_CODE),
        status_list=listed(KeyUse.STATUS_LIST),
        rules=tuple(sorted(set(rules))),
    )


def says_the_same(one: TrustList, other: TrustList) -> bool:
    """Whether two lists name the same keys and rules, whatever their numbers."""
    return all(
        getattr(one, part) == getattr(other, part)
        for part in ("authority", "facts", "health_code", "status_list", "rules")
    )


@lru_cache(maxsize=1024)
def trust_list_digest(trust_list: TrustList) -> str:
    """SHA-256 of the list's canonical JSON in lower-case hexadecimal: what a reference names."""
    return hashlib.sha256(_FORM.canonical(trust_list)).hexdigest()


def sign_trust_list(trust_list: TrustList, key: SigningKey) -> SignedTrustList:
    """The list as a signed message of its authority, under a scheme key in use."""
    return _FORM.sign(trust_list, key)


def read_signed_trust_list(message: bytes, keys: KeySet) -> SignedTrustList | Unreadable:
    """The list in a message, when a scheme key of its authority vouches for it now."""
    return _FORM.read_signed(message, keys)


def read_received_trust_list(message: bytes, keys: KeySet) -> SignedTrustList | Unreadable:
    """The list that a key vouched for when received; see ``StatementForm.read_received``."""
    return _FORM.read_received(message, keys)


def read_kept_trust_list(message: bytes) -> SignedTrustList:
    """The list in a message found good before it was kept; ValueError if it is none."""
    return _FORM.read_kept(message)


_FINGERPRINTS: Final = ListOf(
    of=Characters(pattern=r"[0-9a-f]{64}", hint="sha-256"), maximum=200, once=True
)
_FORM: Final = StatementForm(
    media_type=MEDIA_TYPE,
    members={
        "at": Moment(),
        "authority": PARTY_NAME,
        "facts": _FINGERPRINTS,
        "health_code": _FINGERPRINTS,
        "rules": ListOf(
            of=Characters(pattern=r"[!-~]{1,40}", hint="hk-2021-12", maximum=40),
            maximum=20,
            once=True,
        ),
        "status_list": _FINGERPRINTS,
        "version": Whole(minimum=1, maximum=VERSION_MAX),
    },
    build=TrustList,
)
