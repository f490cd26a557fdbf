"""The pass as a code: its claims signed by the issuer, as text for a QR code and for paper."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from tongguan.core.credentials import container
from tongguan.core.credentials.cwt import (
    CODE_ID,
    EXPIRES_AT,
    ISSUED_AT,
    ISSUER,
    NOT_BEFORE,
    OWN_CLAIMS,
    Claims,
    MalformedClaimError,
    days,
    issuer_of,
    open_text,
    seconds,
    sign_claims,
    unreadable_claims,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HOLDER_TAG_BYTES
from tongguan.core.credentials.keys import KeySet, KeyUse, SigningKey
from tongguan.core.credentials.status_list import INDEX_MAX
from tongguan.core.identifiers import CategoryId, ControlPointId, DirectionId, PassId, SchemeId
from tongguan.core.passes.claims import (
    DAY_MINUTES,
    NAME_BYTES_MAX,
    PASS_ID_BYTES,
    SLOT_MINUTES_MAX,
    SLOT_OFFSET_MINUTES_MAX,
    VERSION_DIGEST_BYTES,
    PassClaims,
    name_on_pass,
)
from tongguan.core.scheme.model import Leg

MEDIA_TYPE = "application/tongguan-pass+cwt"
COMPRESSED_BYTES_MAX = 396
"""What a QR code of version 15 at level M holds of it; larger codes scan badly."""
_CLAIMS = (ISSUER, EXPIRES_AT, NOT_BEFORE, ISSUED_AT, CODE_ID, OWN_CLAIMS)
_SCHEME, _VERSION, _DIRECTION, _LEG, _CATEGORY, _DAY, _SLOT_OFFSET, _SLOT_MINUTES = range(1, 9)
_CONTROL_POINT, _NAME, _HOLDER_TAG, _LIST, _INDEX, _HOME_DAY = range(9, 15)
_OWN = range(1, 15)
_LEGS = (Leg.OUT, Leg.HOME)
_MINUTE = timedelta(minutes=1)


class PassTooLargeError(ValueError):
    """A pass does not fit its code: a scheme's identifiers are too long, our own bug."""


def encode_pass(claims: PassClaims, key: SigningKey) -> str:
    """The text of the pass, at most 396 bytes before Base45.

    The name is cut to 64 bytes of UTF-8, and further when identifiers of forty characters leave
    less room: a shortened name on a code strands nobody. ``PassTooLargeError`` when not one
    character of it fits; ``KeyNotUsableError`` when the key is not an active pass key of the
    issuer at the instant of issue.
    """
    name = name_on_pass(claims.name)
    while name:
        values = _to_map(claims, name)
        message = sign_claims(values, media_type=MEDIA_TYPE, key=key, use=KeyUse.PASS)
        excess = len(container.compress(message)) - COMPRESSED_BYTES_MAX
        if excess <= 0:
            return container.to_text(message)
        name = name_on_pass(name, max(0, len(name.encode()) - excess))
    raise PassTooLargeError(f"a pass does not fit into {COMPRESSED_BYTES_MAX} bytes")


def read_pass(text: str, keys: KeySet) -> PassClaims | Unreadable:
    """What the pass says, when a pass key of its issuer signed it; whether it holds now, and
    whether it was used or revoked, is for the gate.
    """
    claims = open_text(text, media_type=MEDIA_TYPE, use=KeyUse.PASS, keys=keys)
    if isinstance(claims, Unreadable):
        return claims
    try:
        return _from_map(claims)
    except (MalformedClaimError, ValueError) as error:
        return unreadable_claims(str(error))


def _to_map(claims: PassClaims, name: str) -> dict[int, Any]:
    day = days(claims.service_day)
    outer: dict[int, Any] = {
        ISSUER: claims.issuer,
        EXPIRES_AT: seconds(claims.expires_at),
        ISSUED_AT: seconds(claims.issued_at),
        CODE_ID: claims.pass_id,
        OWN_CLAIMS: {
            _SCHEME: claims.scheme_id,
            _VERSION: claims.version_digest,
            _DIRECTION: claims.direction,
            _LEG: _LEGS.index(claims.leg),
            _CATEGORY: claims.category,
            _DAY: day,
            _SLOT_OFFSET: seconds(claims.slot_start) // 60 - day * DAY_MINUTES,
            _SLOT_MINUTES: (claims.slot_end - claims.slot_start) // _MINUTE,
            _CONTROL_POINT: claims.control_point,
            _NAME: name,
            _HOLDER_TAG: claims.holder_tag,
            _LIST: claims.status_list,
            _INDEX: claims.status_index,
        },
    }
    if claims.home_day is not None:
        outer[OWN_CLAIMS][_HOME_DAY] = days(claims.home_day)
    if claims.not_before is not None:
        outer[NOT_BEFORE] = seconds(claims.not_before)
    return outer


def _from_map(claims: Claims) -> PassClaims:
    claims.check_known(_CLAIMS)
    own = claims.inner(OWN_CLAIMS)
    own.check_known(_OWN)
    offset = own.number(
        _SLOT_OFFSET, minimum=-SLOT_OFFSET_MINUTES_MAX, maximum=SLOT_OFFSET_MINUTES_MAX
    )
    day = own.day(_DAY)
    slot_start = datetime.combine(day, time(), UTC) + offset * _MINUTE
    return PassClaims(
        pass_id=PassId(claims.octets(CODE_ID, length=PASS_ID_BYTES)),
        issuer=issuer_of(claims),
        scheme_id=SchemeId(own.identifier(_SCHEME)),
        version_digest=own.octets(_VERSION, length=VERSION_DIGEST_BYTES),
        direction=DirectionId(own.identifier(_DIRECTION)),
        leg=_LEGS[own.number(_LEG, maximum=1)],
        category=CategoryId(own.identifier(_CATEGORY)),
        service_day=day,
        slot_start=slot_start,
        slot_end=slot_start + own.number(_SLOT_MINUTES, maximum=SLOT_MINUTES_MAX) * _MINUTE,
        control_point=ControlPointId(own.identifier(_CONTROL_POINT)),
        name=own.text(_NAME, bytes_max=NAME_BYTES_MAX),
        holder_tag=own.octets(_HOLDER_TAG, length=HOLDER_TAG_BYTES),
        home_day=own.day(_HOME_DAY) if _HOME_DAY in own.by_number else None,
        status_list=own.identifier(_LIST),
        status_index=own.number(_INDEX, maximum=INDEX_MAX),
        issued_at=claims.instant(ISSUED_AT),
        not_before=claims.instant(NOT_BEFORE) if NOT_BEFORE in claims.by_number else None,
        expires_at=claims.instant(EXPIRES_AT),
    )
