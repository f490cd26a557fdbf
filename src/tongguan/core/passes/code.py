"""The pass as a code: its claims signed by the issuer, as text for a QR code and for paper."""

from datetime import UTC, datetime, timedelta
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
    Expected,
    Form,
    MalformedClaimError,
    day_of,
    days,
    instant_of,
    is_plain,
    open_texts,
    seconds,
    sign_claims,
    unreadable_claims,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse, SigningKey
from tongguan.core.passes.claims import (
    DAY_MINUTES,
    NAME_BYTES_MAX,
    SLOT_MINUTES_MAX,
    SLOT_OFFSET_MINUTES_MAX,
    PassClaims,
    name_on_pass,
)
from tongguan.core.scheme.model import Leg

MEDIA_TYPE = "application/tongguan-pass+cwt"
COMPRESSED_BYTES_MAX = 396
"""What a QR code of version 15 at level M holds of it; larger codes scan badly."""
_CLAIMS: Form = {
    5: ((ISSUER, EXPIRES_AT, ISSUED_AT, CODE_ID, OWN_CLAIMS), (str, int, int, bytes, dict)),
    6: (
        (ISSUER, EXPIRES_AT, NOT_BEFORE, ISSUED_AT, CODE_ID, OWN_CLAIMS),
        (str, int, int, int, bytes, dict),
    ),
}
_SCHEME, _VERSION, _DIRECTION, _LEG, _CATEGORY, _DAY, _SLOT_OFFSET, _SLOT_MINUTES = range(1, 9)
_CONTROL_POINT, _NAME, _HOLDER_TAG, _LIST, _INDEX, _HOME_DAY = range(9, 15)
_OWN_TYPES = (str, bytes, str, int, str, int, int, int, str, str, bytes, str, int)
_OWN: Form = {
    13: (tuple(range(1, 14)), _OWN_TYPES),
    14: (tuple(range(1, 15)), (*_OWN_TYPES, int)),
}
"""The last one only where there is a place home."""
_LEGS = (Leg.OUT, Leg.HOME)
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    return pass_of(open_texts(((text, expected_pass(keys)),))[0])


def expected_pass(keys: KeySet) -> Expected:
    """As what a pass is opened."""
    return Expected(media_type=MEDIA_TYPE, use=KeyUse.PASS, keys=keys)


def pass_of(claims: Claims | Unreadable) -> PassClaims | Unreadable:
    """What the claims of a pass say, once it was opened."""
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
    """What the claims say, where each is of its type; ``PassClaims`` checks the values."""
    issuer, expires_at, *not_before, issued_at, pass_id, inner = claims.in_form(_CLAIMS)
    (
        scheme,
        version,
        direction,
        leg,
        category,
        day,
        slot_offset,
        slot_minutes,
        control_point,
        name,
        holder_tag,
        status_list,
        status_index,
        *home_day,
    ) = Claims(by_number=inner).in_form(_OWN)
    if not 0 <= leg < len(_LEGS):
        raise MalformedClaimError("a leg that is none")
    if abs(slot_offset) > SLOT_OFFSET_MINUTES_MAX or not 0 < slot_minutes <= SLOT_MINUTES_MAX:
        raise MalformedClaimError("a slot of another day, or of another length")
    service_day = day_of(day)
    if not name or len(name.encode()) > NAME_BYTES_MAX or not is_plain(name):
        raise MalformedClaimError("a name that is empty, too long or not plain")
    slot_start = _EPOCH + timedelta(minutes=day * DAY_MINUTES + slot_offset)
    return PassClaims(
        pass_id=pass_id,
        issuer=issuer,
        scheme_id=scheme,
        version_digest=version,
        direction=direction,
        leg=_LEGS[leg],
        category=category,
        service_day=service_day,
        slot_start=slot_start,
        slot_end=slot_start + timedelta(minutes=slot_minutes),
        control_point=control_point,
        name=name,
        holder_tag=holder_tag,
        home_day=day_of(home_day[0]) if home_day else None,
        status_list=status_list,
        status_index=status_index,
        issued_at=instant_of(issued_at),
        not_before=instant_of(not_before[0]) if not_before else None,
        expires_at=instant_of(expires_at),
    )
