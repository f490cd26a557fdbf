"""Status lists: one signed bit for each code of an issuer, as the IETF token status list has them.

A list says only what its issuer knew at one instant; how old it may be at a gate is laid down in
the scheme and judged there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from tongguan.core.credentials import container
from tongguan.core.credentials.cwt import (
    ISSUED_AT,
    ISSUER,
    OWN_CLAIMS,
    Claims,
    MalformedClaimError,
    is_identifier,
    issuer_of,
    open_claims,
    seconds,
    sign_claims,
    unreadable_claims,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse, SigningKey
from tongguan.core.identifiers import AuthorityId

MEDIA_TYPE = "application/tongguan-status-list+cwt"
CAPACITY = 2**17
"""Indices of a list where nothing else is said; about 16 KiB before compression."""
CAPACITY_MAX = 2**20
INDEX_MAX = CAPACITY_MAX - 1
_BITS_BYTES_MAX = CAPACITY_MAX // 8
_MESSAGE_BYTES_MAX = _BITS_BYTES_MAX + 2048
_PURPOSE, _LIST_ID, _BITS = 1, 2, 3


class StatusPurpose(StrEnum):
    """What a set bit means."""

    REVOCATION = "revocation"
    """The code is void for good."""
    SUSPENSION = "suspension"
    """The code does not count at present."""


class StatusFault(StrEnum):
    """Why a list gives no answer; true in a condition, so that carelessness does not admit."""

    INDEX_OUT_OF_RANGE = "index_out_of_range"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusList:
    """The bits of one issuer's list for one purpose, as of one instant.

    ValueError for a capacity that is no multiple of eight bits from 8 to 2^20.
    """

    issuer: AuthorityId
    purpose: StatusPurpose
    list_id: str
    issued_at: datetime
    bits: bytes
    """Index i is bit i mod 8, the least significant first, of byte i div 8."""

    def __post_init__(self) -> None:
        """ValueError for bits, list id or instant that could not be read back."""
        if not 1 <= len(self.bits) <= _BITS_BYTES_MAX:
            raise ValueError(f"a status list has 8 to {CAPACITY_MAX} bits")
        if not is_identifier(self.list_id):
            raise ValueError("list_id is not one to forty visible ASCII characters")
        seconds(self.issued_at)

    @classmethod
    def of(
        cls,
        set_indices: Iterable[int],
        *,
        issuer: AuthorityId,
        purpose: StatusPurpose,
        list_id: str,
        issued_at: datetime,
        capacity: int = CAPACITY,
    ) -> Self:
        """A list in which exactly these indices are set; IndexError beyond the capacity."""
        if capacity % 8 or not 8 <= capacity <= CAPACITY_MAX:
            raise ValueError(f"a status list has 8 to {CAPACITY_MAX} bits, in whole bytes")
        bits = bytearray(capacity // 8)
        for index in set_indices:
            if not 0 <= index < capacity:
                raise IndexError("an index lies beyond the capacity of its status list")
            bits[index // 8] |= 1 << index % 8
        return cls(
            issuer=issuer, purpose=purpose, list_id=list_id, issued_at=issued_at, bits=bytes(bits)
        )

    @property
    def capacity(self) -> int:
        """How many indices the list has."""
        return 8 * len(self.bits)

    def is_set(self, index: int) -> bool | StatusFault:
        """Whether the bit is set; an index that the list does not have is a fault, not clear."""
        if not 0 <= index < self.capacity:
            return StatusFault.INDEX_OUT_OF_RANGE
        return bool(self.bits[index // 8] >> index % 8 & 1)


def encode_status_list(status_list: StatusList, key: SigningKey) -> bytes:
    """The list as a signed message, its bits compressed."""
    claims = {
        ISSUER: status_list.issuer,
        ISSUED_AT: seconds(status_list.issued_at),
        OWN_CLAIMS: {
            _PURPOSE: status_list.purpose.value,
            _LIST_ID: status_list.list_id,
            _BITS: container.compress(status_list.bits),
        },
    }
    return sign_claims(claims, media_type=MEDIA_TYPE, key=key, use=KeyUse.STATUS_LIST)


def read_status_list(message: bytes, keys: KeySet) -> StatusList | Unreadable:
    """The list in a signed message, when a key for status lists of its issuer signed it."""
    claims = open_claims(
        message,
        media_type=MEDIA_TYPE,
        use=KeyUse.STATUS_LIST,
        keys=keys,
        bytes_max=_MESSAGE_BYTES_MAX,
    )
    if isinstance(claims, Unreadable):
        return claims
    try:
        return _read(claims)
    except MalformedClaimError as error:
        return unreadable_claims(str(error))


def _read(claims: Claims) -> StatusList:
    claims.check_known((ISSUER, ISSUED_AT, OWN_CLAIMS))
    own = claims.inner(OWN_CLAIMS)
    own.check_known((_PURPOSE, _LIST_ID, _BITS))
    purpose = own.identifier(_PURPOSE)
    if purpose not in list(StatusPurpose):
        raise MalformedClaimError("a purpose that is not known")
    stream = own.octets_up_to(_BITS, maximum=_MESSAGE_BYTES_MAX)
    bits = container.inflate(stream, bytes_max=_BITS_BYTES_MAX)
    if isinstance(bits, Unreadable) or not bits:
        raise MalformedClaimError("the bits do not inflate to a list")
    return StatusList(
        issuer=issuer_of(claims),
        purpose=StatusPurpose(purpose),
        list_id=own.identifier(_LIST_ID),
        issued_at=claims.instant(ISSUED_AT),
        bits=bits,
    )
