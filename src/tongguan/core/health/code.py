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
    Expected,
    Form,
    MalformedClaimError,
    are_identifiers,
    check_instant,
    instant_of,
    is_identifier,
    open_texts,
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
_IDENTIFIERS = ("issuer", "rule_version", "status_list")
_COLOUR, _RULE_VERSION, _HOLDER_TAG, _HOLDER_PERIOD, _LIST, _INDEX = range(1, 7)
_CLAIMS: Form = {
    5: ((ISSUER, EXPIRES_AT, ISSUED_AT, CODE_ID, OWN_CLAIMS), (str, int, int, bytes, dict)),
}
_OWN: Form = {6: (tuple(range(1, 7)), (int, str, bytes, str, str, int))}
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
        if (len(self.code_id), len(self.holder_tag)) != (CODE_ID_BYTES, HOLDER_TAG_BYTES):
            raise ValueError("code_id or holder_tag is of another length")
        identifiers = (self.issuer, self.rule_version, self.status_list)
        if not are_identifiers(identifiers):
            wrong = next(n for n, each in enumerate(identifiers) if not is_identifier(each))
            raise ValueError(f"{_IDENTIFIERS[wrong]} is not one to forty visible ASCII characters")
        if not is_holder_period(self.holder_period):
            raise ValueError("holder_period is not a month, YYYY-MM")
        if not 0 <= self.status_index <= INDEX_MAX:
            raise ValueError("status_index lies outside every status list")
        check_instant(self.issued_at)
        check_instant(self.valid_until)
        if self.issued_at >= self.valid_until:
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
    return health_code_of(open_texts(((text, expected_health_code(keys)),))[0])


def expected_health_code(keys: KeySet) -> Expected:
    """As what a health code is opened."""
    return Expected(media_type=MEDIA_TYPE, use=KeyUse.HEALTH_CODE, keys=keys)


def health_code_of(claims: Claims | Unreadable) -> HealthCodeClaims | Unreadable:
    """What the claims of a health code say, once it was opened."""
    if isinstance(claims, Unreadable):
        return claims
    try:
        return _read(claims)
    except (MalformedClaimError, ValueError) as error:
        return unreadable_claims(str(error))


def _read(claims: Claims) -> HealthCodeClaims:
    """What the claims say, where each is of its type; ``HealthCodeClaims`` checks the values."""
    issuer, expires_at, issued_at, code_id, inner = claims.in_form(_CLAIMS)
    own = Claims(by_number=inner).in_form(_OWN)
    colour, rule_version, holder_tag, holder_period, status_list, status_index = own
    if not 0 <= colour < len(_COLOURS):
        raise MalformedClaimError("a colour that is none")
    return HealthCodeClaims(
        code_id=code_id,
        issuer=issuer,
        colour=_COLOURS[colour],
        rule_version=rule_version,
        holder_tag=holder_tag,
        holder_period=holder_period,
        status_list=status_list,
        status_index=status_index,
        issued_at=instant_of(issued_at),
        valid_until=instant_of(expires_at),
    )
