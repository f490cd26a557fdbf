"""Signed claims (CWT, RFC 8392): from a signed message to claims that its issuer vouches for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tongguan.core.credentials import container, cose, strict_cbor
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeyNotUsableError, KeySet, KeyUse, PublicKey, SigningKey
from tongguan.core.identifiers import AuthorityId

ISSUER = 1
EXPIRES_AT = 4
NOT_BEFORE = 5
ISSUED_AT = 6
CODE_ID = 7
OWN_CLAIMS = -65537
"""The first number that RFC 8392 leaves to private use; holds a map of our own claims."""
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_IDENTIFIER = re.compile(r"[!-~]{1,40}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.date()
_SECONDS_MAX = 2**32 - 1
_DAY_SECONDS = 86_400
_DAYS_MAX = _SECONDS_MAX // _DAY_SECONDS
_LAST_INSTANT = _EPOCH + timedelta(seconds=_SECONDS_MAX)
_EPOCH_ORDINAL = _EPOCH_DAY.toordinal()
_IDENTIFIER_CHARACTERS_MAX = 40
Form = Mapping[int, tuple[tuple[int, ...], tuple[type, ...]]]
"""By how many claims there are: which, in the order of their encoding, and of what type each is."""


class MalformedClaimError(Exception):
    """A claim is absent, too many, or not what it must be; never leaves the readers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """A map of claims by number, read with the type that each must have.

    Every method raises ``MalformedClaimError`` when the claim is not as asked.
    """

    by_number: Mapping[Any, Any] = field(repr=False)

    def check_known(self, numbers: Iterable[int]) -> None:
        """Refuse a claim that is not one of these: what a reader ignores, it cannot judge."""
        if set(self.by_number) - set(numbers):
            raise MalformedClaimError("a claim too many")

    def in_form(self, form: Form) -> tuple[Any, ...]:
        """The values of exactly the claims of the form, each of its type; what they say is open."""
        by_number = self.by_number
        values = tuple(by_number.values())
        if form.get(len(values)) != (tuple(by_number), tuple(map(type, values))):
            raise MalformedClaimError("a claim is absent, too many or of another type")
        return values

    def number(self, claim: int, *, minimum: int = 0, maximum: int) -> int:
        """An integer from the minimum to the maximum."""
        value = self.by_number.get(claim)
        if type(value) is not int or not minimum <= value <= maximum:
            raise MalformedClaimError(f"claim {claim} is not {minimum} to {maximum}")
        return value

    def octets(self, claim: int, *, length: int) -> bytes:
        """A byte string of this length."""
        value = self.by_number.get(claim)
        if not isinstance(value, bytes) or len(value) != length:
            raise MalformedClaimError(f"claim {claim} is not {length} bytes")
        return value

    def octets_up_to(self, claim: int, *, maximum: int) -> bytes:
        """A byte string of at most so many bytes."""
        value = self.by_number.get(claim)
        if not isinstance(value, bytes) or len(value) > maximum:
            raise MalformedClaimError(f"claim {claim} is not at most {maximum} bytes")
        return value

    def text(self, claim: int, *, bytes_max: int) -> str:
        """Text that is not empty, without control characters, of so many bytes in UTF-8."""
        value = self.by_number.get(claim)
        if not isinstance(value, str) or not value or len(value.encode()) > bytes_max:
            raise MalformedClaimError(f"claim {claim} is not text of 1 to {bytes_max} bytes")
        if not is_plain(value):
            raise MalformedClaimError(f"claim {claim} holds control characters")
        return value

    def identifier(self, claim: int) -> str:
        """One to forty visible ASCII characters."""
        value = self.by_number.get(claim)
        if not isinstance(value, str) or not is_identifier(value):
            raise MalformedClaimError(f"claim {claim} is not an identifier")
        return value

    def instant(self, claim: int) -> datetime:
        """An instant, from seconds since 1970, in UTC."""
        return instant_of(self.number(claim, maximum=_SECONDS_MAX))

    def day(self, claim: int) -> date:
        """A calendar day, from days since 1970-01-01."""
        return day_of(self.number(claim, maximum=_DAYS_MAX))

    def inner(self, claim: int) -> "Claims":
        """A map of claims within this one."""
        value = self.by_number.get(claim)
        if not isinstance(value, dict):
            raise MalformedClaimError(f"claim {claim} is not a map")
        return Claims(by_number=value)


def is_plain(text: str) -> bool:
    """Whether the text holds no control characters (Unicode category Cc)."""
    return text.isprintable() or CONTROL_CHARACTER.search(text) is None


def is_identifier(text: str) -> bool:
    """Whether the text is one to forty visible ASCII characters."""
    return _IDENTIFIER.fullmatch(text) is not None


def are_identifiers(texts: Sequence[str]) -> bool:
    """Whether each is one: the same as of one by one, for less."""
    together = "".join(texts)
    return (
        together.isascii()
        and together.isprintable()
        and " " not in together
        and "" not in texts
        and len(max(texts, key=len)) <= _IDENTIFIER_CHARACTERS_MAX
    )


def instant_of(since: int) -> datetime:
    """The instant so many seconds after 1970, in UTC; ValueError beyond 32 bits."""
    if not 0 <= since <= _SECONDS_MAX:
        raise ValueError("instants in a code lie between 1970 and 2106")
    return datetime.fromtimestamp(since, UTC)


def day_of(since: int) -> date:
    """The day so many days after 1970-01-01; ValueError beyond the instants of a code."""
    if not 0 <= since <= _DAYS_MAX:
        raise ValueError("days in a code lie between 1970 and 2106")
    return date.fromordinal(_EPOCH_ORDINAL + since)


def check_instant(instant: datetime) -> None:
    """ValueError for naive or fractional instants and beyond 32 bits."""
    if instant.tzinfo is not UTC or instant.microsecond or not _EPOCH <= instant <= _LAST_INSTANT:
        seconds(instant)


def seconds(instant: datetime) -> int:
    """Seconds since 1970; ValueError for naive or fractional instants and beyond 32 bits."""
    if instant.utcoffset() is None or instant.microsecond:
        raise ValueError("instants in a code are whole seconds with a zone")
    since = instant - _EPOCH
    value = since.days * _DAY_SECONDS + since.seconds
    if not 0 <= value <= _SECONDS_MAX:
        raise ValueError("instants in a code lie between 1970 and 2106")
    return value


def days(day: date) -> int:
    """Days since 1970-01-01."""
    value = (day - _EPOCH_DAY).days
    if not 0 <= value <= _DAYS_MAX:
        raise ValueError("days in a code lie between 1970 and 2106")
    return value


def sign_claims(
    claims: Mapping[int, object], *, media_type: str, key: SigningKey, use: KeyUse
) -> bytes:
    """The claims as a signed message; ``KeyNotUsableError`` when the key may not vouch for them."""
    if claims[ISSUER] != key.public.authority:
        raise KeyNotUsableError("an authority signs in its own name only")
    issued_at = Claims(by_number=claims).instant(ISSUED_AT)
    payload = strict_cbor.encode(claims)
    return cose.sign(payload, media_type=media_type, key=key, use=use, at=issued_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """As what a message counts: its type, and keys of the use that its issuer must have."""

    media_type: str
    use: KeyUse
    keys: KeySet


def open_text(text: str, *, media_type: str, use: KeyUse, keys: KeySet) -> Claims | Unreadable:
    """The claims in the text of a code, as ``open_claims`` has them."""
    return open_texts(((text, Expected(media_type=media_type, use=use, keys=keys)),))[0]


def open_texts(shown: Sequence[tuple[str, Expected]]) -> list[Claims | Unreadable]:
    """The claims in each text, in their order; one that says nothing takes nothing from another.

    Each step is taken for all before the next, which costs a processor less than to begin anew
    with each.
    """
    messages = [(container.from_text(text), expected) for text, expected in shown]
    signed = [
        message if isinstance(message, Unreadable) else _addressed(message, expected)
        for message, expected in messages
    ]
    keys = [
        parts if isinstance(parts, Unreadable) else _trusted_key(parts, expected)
        for parts, (_, expected) in zip(signed, messages, strict=True)
    ]
    return [
        _vouched(parts, key, container.MESSAGE_BYTES_MAX)
        for parts, key in zip(signed, keys, strict=True)
    ]


def open_claims(
    message: bytes, *, media_type: str, use: KeyUse, keys: KeySet, bytes_max: int
) -> Claims | Unreadable:
    """The claims of a message of this type, signed by a key for this use of their issuer.

    A key counts when it was within its dates at the instant of issue that the claims state.
    Whether the claims hold now is for the caller, who knows the time.
    """
    expected = Expected(media_type=media_type, use=use, keys=keys)
    parts = _addressed(message, expected, bytes_max)
    key = parts if isinstance(parts, Unreadable) else _trusted_key(parts, expected)
    return _vouched(parts, key, bytes_max)


def _addressed(
    message: bytes, expected: Expected, bytes_max: int = container.MESSAGE_BYTES_MAX
) -> cose.SignedMessage | Unreadable:
    """The parts of the message, when it is of the type that is expected."""
    parts = cose.parse(message, bytes_max=bytes_max)
    if not isinstance(parts, Unreadable) and parts.media_type != expected.media_type:
        return Unreadable(code=ReadFault.WRONG_TYPE, detail=f"not of type {expected.media_type}")
    return parts


def _vouched(
    parts: cose.SignedMessage | Unreadable, key: PublicKey | Unreadable, bytes_max: int
) -> Claims | Unreadable:
    """The claims in parts whose signature is the key's, when it may vouch for them."""
    if isinstance(parts, Unreadable):
        return parts
    if isinstance(key, Unreadable):
        return key
    value = strict_cbor.decode(
        parts.payload, bytes_max=bytes_max, fault=ReadFault.UNREADABLE_CLAIMS
    )
    if isinstance(value, Unreadable):
        return value
    claims = Claims(by_number=value if isinstance(value, dict) else {})
    return _unvouched(claims, key) or claims


def issuer_of(claims: Claims) -> AuthorityId:
    """The issuer that the claims name."""
    return AuthorityId(claims.identifier(ISSUER))


def unreadable_claims(detail: str) -> Unreadable:
    """Claims that are not what their type says."""
    return Unreadable(code=ReadFault.UNREADABLE_CLAIMS, detail=detail)


def _trusted_key(parts: cose.SignedMessage, expected: Expected) -> PublicKey | Unreadable:
    key = expected.keys.find(parts.key_id)
    if key is None:
        return Unreadable(code=ReadFault.UNKNOWN_KEY, detail="no trusted key has this key id")
    if not key.may_verify(expected.use):
        return _not_valid(f"a {key.state} key for {key.use} does not verify a {expected.use}")
    if not key.verifies(parts.signature, parts.to_be_signed):
        return Unreadable(code=ReadFault.BAD_SIGNATURE, detail="the signature is not the key's")
    return key


def _unvouched(claims: Claims, key: PublicKey) -> Unreadable | None:
    by_number = claims.by_number
    issuer, issued_at = by_number.get(ISSUER), by_number.get(ISSUED_AT)
    if type(issuer) is not str or not is_identifier(issuer):
        return unreadable_claims("the issuer is not an identifier")
    if type(issued_at) is not int or not 0 <= issued_at <= _SECONDS_MAX:
        return unreadable_claims("the time of issue is none")
    if issuer != key.authority:
        return _not_valid("the key is another authority's")
    if not key.covers(datetime.fromtimestamp(issued_at, UTC)):
        return _not_valid("issued outside the dates of the key")
    return None


def _not_valid(detail: str) -> Unreadable:
    return Unreadable(code=ReadFault.KEY_NOT_VALID, detail=detail)
