"""The health code as a signed code: a colour, until when, and whose, and nothing more.

No name, no reason and no evidence: a gate learns the colour of the person before it and whoever
finds the code learns a colour of nobody.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tongguan.core.credentials import container
from tongguan.core.credentials.cwt import (
    CODE_ID,
    EXPIRES_AT,
    ISSUED_AT,
    ISSUER,
    OWN_CLAIMS,
    Claims,
    MalformedClaimError,
    is_identifier,
    issuer_of,
    open_text,
    seconds,
    sign_claims,
    unreadable_claims,
)
from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.holder import HOLDER_TAG_BYTES, is_holder_period
from tongguan.core.credentials.keys import KeySet, KeyUse, SigningKey
from tongguan.core.credentials.status_list import INDEX_MAX
from tongguan.core.health.colour_names import Colour
from tongguan.core.identifiers import AuthorityId

MEDIA_TYPE = "application/tongguan-health-code+cwt"
CODE_ID_BYTES = 16
_CLAIMS = (ISSUER, EXPIRES_AT, ISSUED_AT, CODE_ID, OWN_CLAIMS)
_COLOUR, _RULE_VERSION, _HOLDER_TAG, _HOLDER_PERIOD, _LIST, _INDEX = _OWN = tuple(range(1, 7))
_COLOURS = (Colour.GREEN, Colour.AMBER, Colour.RED)


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCodeClaims:
    """What the issuer of a health code vouches for; ValueError when it could not be a code.

    Instants are whole seconds with a zone; what is read back is in UTC. Identifiers are one to
    forty visible ASCII characters.
    """

    code_id: bytes
    """A UUID's sixteen bytes."""
    issuer: AuthorityId
    colour: Colour = field(repr=False)
    rule_version: str
    """The version of the issuer's colour rules."""
    holder_tag: bytes = field(repr=False)
    holder_period: str
    """The month of the day of issue, ``YYYY-MM``: which holder key made the tag."""
    status_list: str
    status_index: int
    issued_at: datetime
    valid_until: datetime
    """Excluded."""

    def __post_init__(self) -> None:
        """ValueError that names the field, never its value."""
        for part, length in (("code_id", CODE_ID_BYTES), ("holder_tag", HOLDER_TAG_BYTES)):
            if len(getattr(self, part)) != length:
                raise ValueError(f"{part} is not {length} bytes")
        for part in ("issuer", "rule_version", "status_list"):
            if not is_identifier(getattr(self, part)):
                raise ValueError(f"{part} is not one to forty visible ASCII characters")
        if not is_holder_period(self.holder_period):
            raise ValueError("holder_period is not a month, YYYY-MM")
        if not 0 <= self.status_index <= INDEX_MAX:
            raise ValueError("status_index lies outside every status list")
        if seconds(self.issued_at) >= seconds(self.valid_until):
            raise ValueError("the code ends before it is issued")


def encode_health_code(claims: HealthCodeClaims, key: SigningKey) -> str:
    """The text of the code.

    ``KeyNotUsableError`` when the key is not an active health code key of the issuer at the
    instant of issue.
    """
    values = {
        ISSUER: claims.issuer,
        EXPIRES_AT: seconds(claims.valid_until),
        ISSUED_AT: seconds(claims.issued_at),
        CODE_ID: claims.code_id,
        OWN_CLAIMS: {
            _COLOUR: _COLOURS.index(claims.colour),
            _RULE_VERSION: claims.rule_version,
            _HOLDER_TAG: claims.holder_tag,
            _HOLDER_PERIOD: claims.holder_period,
            _LIST: claims.status_list,
            _INDEX: claims.status_index,
        },
    }
    message = sign_claims(values, media_type=MEDIA_TYPE, key=key, use=KeyUse.HEALTH_CODE)
    return container.to_text(message)


def read_health_code(text: str, keys: KeySet) -> HealthCodeClaims | Unreadable:
    """What the code says, when a health code key of its issuer signed it; whether it holds now,
    and whether it was revoked, is for the gate.
    """
    claims = open_text(text, media_type=MEDIA_TYPE, use=KeyUse.HEALTH_CODE, keys=keys)
    if isinstance(claims, Unreadable):
        return claims
    try:
        return _read(claims)
    except (MalformedClaimError, ValueError) as error:
        return unreadable_claims(str(error))


def _read(claims: Claims) -> HealthCodeClaims:
    claims.check_known(_CLAIMS)
    own = claims.inner(OWN_CLAIMS)
    own.check_known(_OWN)
    return HealthCodeClaims(
        code_id=claims.octets(CODE_ID, length=CODE_ID_BYTES),
        issuer=issuer_of(claims),
        colour=_COLOURS[own.number(_COLOUR, maximum=len(_COLOURS) - 1)],
        rule_version=own.identifier(_RULE_VERSION),
        holder_tag=own.octets(_HOLDER_TAG, length=HOLDER_TAG_BYTES),
        holder_period=own.identifier(_HOLDER_PERIOD),
        status_list=own.identifier(_LIST),
        status_index=own.number(_INDEX, maximum=INDEX_MAX),
        issued_at=claims.instant(ISSUED_AT),
        valid_until=claims.instant(EXPIRES_AT),
    )
