"""An authority's key set as it publishes it: canonical JSON, signed by its own scheme key.

The other side pins the fingerprint of that scheme key, compared by people once; everything else
follows from the signature. A set replaces the one before it by its instant of issue: whoever
keeps sets keeps the newest, or a revoked key could come back with an old set.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

import rfc8785

from tongguan.core.credentials import cose
from tongguan.core.credentials.cwt import is_identifier
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import (
    KeyNotUsableError,
    KeySet,
    KeyState,
    KeyUse,
    PublicKey,
    SigningKey,
)
from tongguan.core.identifiers import AuthorityId

MEDIA_TYPE = "application/tongguan-keys+json"
DOCUMENT_BYTES_MAX = 64 * 1024
_MESSAGE_BYTES_MAX = DOCUMENT_BYTES_MAX + 1024
_INSTANT = re.compile(r"(?a:20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_Choice = TypeVar("_Choice", bound=StrEnum)
_SET_MEMBERS = {"authority", "issued_at", "keys"}
_KEY_MEMBERS = {"key_id", "not_after", "not_before", "public", "state", "use"}


class KeySetFault(StrEnum):
    """What is wrong with the document of a key set."""

    DUPLICATE_KEY = "duplicate_key"
    DUPLICATE_MEMBER = "duplicate_member"
    MISSING_MEMBER = "missing_member"
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    UNKNOWN_MEMBER = "unknown_member"
    WRONG_KEY_ID = "wrong_key_id"
    WRONG_VALUE = "wrong_value"


@dataclass(frozen=True, kw_only=True, slots=True)
class MalformedKeySet:
    """The first fault in a key set's document, and where it is."""

    fault: KeySetFault
    path: str
    """Such as ``keys/3/state``; empty for the document as a whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedKeySet:
    """All keys of one authority, as it stated them at one instant."""

    authority: AuthorityId
    issued_at: datetime
    keys: KeySet

    def __post_init__(self) -> None:
        """ValueError for a key of another authority or an instant that is not whole seconds."""
        if any(key.authority != self.authority for key in self.keys.keys):
            raise ValueError("an authority publishes its own keys only")
        if self.issued_at.utcoffset() is None or self.issued_at.microsecond:
            raise ValueError("a key set is issued at a whole second with a zone")


class _FaultError(Exception):
    def __init__(self, fault: KeySetFault, path: str = "") -> None:
        super().__init__(fault, path)
        self.malformed = MalformedKeySet(fault=fault, path=path)


def key_set_document(published: PublishedKeySet) -> dict[str, Any]:
    """The key set as plain JSON values; no private half is in reach."""
    return {
        "authority": published.authority,
        "issued_at": _instant_text(published.issued_at),
        "keys": [
            {
                "key_id": key.key_id.hex(),
                "not_after": _instant_text(key.not_after),
                "not_before": _instant_text(key.not_before),
                "public": base64.b64encode(key.public).decode(),
                "state": key.state.value,
                "use": key.use.value,
            }
            for key in published.keys.keys
        ],
    }


def key_set_text(published: PublishedKeySet) -> bytes:
    """The canonical JSON (RFC 8785) of the key set."""
    return rfc8785.dumps(key_set_document(published))


def read_key_set_text(text: bytes) -> PublishedKeySet | MalformedKeySet:
    """The key set in a JSON text, read strictly; that it is signed is for others to see to."""
    try:
        return _read_set(_parse(text))
    except _FaultError as error:
        return error.malformed


def sign_key_set(published: PublishedKeySet, key: SigningKey) -> bytes:
    """The key set as a signed message.

    ``KeyNotUsableError`` unless the key is an active scheme key that stands in the set itself.
    """
    if key.public not in published.keys.keys:
        raise KeyNotUsableError("a key set is signed by a scheme key of its own")
    return cose.sign(
        key_set_text(published),
        media_type=MEDIA_TYPE,
        key=key,
        use=KeyUse.SCHEME,
        at=published.issued_at,
    )


def read_signed_key_set(message: bytes, *, fingerprint: str) -> PublishedKeySet | Unreadable:
    """The key set in a signed message, when the scheme key with this fingerprint signed it."""
    parts = cose.parse(message, bytes_max=_MESSAGE_BYTES_MAX)
    if isinstance(parts, Unreadable):
        return parts
    if parts.media_type != MEDIA_TYPE:
        return Unreadable(code=ReadFault.WRONG_TYPE, detail=f"not of type {MEDIA_TYPE}")
    published = read_key_set_text(parts.payload)
    if isinstance(published, MalformedKeySet):
        return Unreadable(
            code=ReadFault.UNREADABLE_CLAIMS, detail=f"{published.fault} at /{published.path}"
        )
    return _distrust(published, parts, fingerprint) or published


def read_pinned_key_set(message: bytes, fingerprint: str) -> KeySet:
    """The keys of a message that was found good before it was kept; ValueError if it is not."""
    published = read_signed_key_set(message, fingerprint=fingerprint)
    if isinstance(published, Unreadable):
        raise ValueError(f"a key set that was kept is not good: {published.code}")  # noqa: TRY004
    return published.keys


def claimed_fingerprint(message: bytes) -> str | Unreadable:
    """The fingerprint of the scheme key that signed a set which nobody has pinned yet.

    People compare it with the other side before it is pinned; until then it proves nothing.
    """
    parts = cose.parse(message, bytes_max=_MESSAGE_BYTES_MAX)
    if isinstance(parts, Unreadable):
        return parts
    published = read_key_set_text(parts.payload)
    key = None if isinstance(published, MalformedKeySet) else published.keys.find(parts.key_id)
    if key is None:
        return Unreadable(code=ReadFault.UNKNOWN_KEY, detail="the set lacks the key that signed it")
    read = read_signed_key_set(message, fingerprint=key.fingerprint)
    return read if isinstance(read, Unreadable) else key.fingerprint


def _distrust(
    published: PublishedKeySet, parts: cose.SignedMessage, fingerprint: str
) -> Unreadable | None:
    key = published.keys.find(parts.key_id)
    if key is None or key.fingerprint != fingerprint.lower():
        return Unreadable(code=ReadFault.UNKNOWN_KEY, detail="not signed by the pinned scheme key")
    if key.state is not KeyState.ACTIVE or key.use is not KeyUse.SCHEME:
        return Unreadable(
            code=ReadFault.KEY_NOT_VALID, detail="a key set is signed by an active scheme key"
        )
    if not key.covers(published.issued_at):
        return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="issued outside the key's dates")
    if not key.verifies(parts.signature, parts.to_be_signed):
        return Unreadable(code=ReadFault.BAD_SIGNATURE, detail="the signature is not the key's")
    if key_set_text(published) != parts.payload:
        return Unreadable(code=ReadFault.UNREADABLE_CLAIMS, detail="not canonical JSON")
    return None


def _parse(text: bytes) -> Any:
    if len(text) > DOCUMENT_BYTES_MAX:
        raise _FaultError(KeySetFault.TOO_LARGE)
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_members)
    except (ValueError, RecursionError) as error:
        raise _FaultError(KeySetFault.NOT_JSON) from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _FaultError(KeySetFault.DUPLICATE_MEMBER)
    return members


def _read_set(document: Any) -> PublishedKeySet:
    members = _checked(document, _SET_MEMBERS, "")
    authority = members["authority"]
    if not isinstance(authority, str) or not is_identifier(authority):
        raise _FaultError(KeySetFault.WRONG_VALUE, "authority")
    if not isinstance(members["keys"], list):
        raise _FaultError(KeySetFault.WRONG_VALUE, "keys")
    keys = tuple(
        _read_key(key, AuthorityId(authority), f"keys/{number}")
        for number, key in enumerate(members["keys"])
    )
    try:
        key_set = KeySet(keys=keys)
    except ValueError as error:
        raise _FaultError(KeySetFault.DUPLICATE_KEY, "keys") from error
    return PublishedKeySet(
        authority=AuthorityId(authority),
        issued_at=_instant(members, "issued_at", ""),
        keys=key_set,
    )


def _read_key(document: Any, authority: AuthorityId, path: str) -> PublicKey:
    members = _checked(document, _KEY_MEMBERS, path + "/")
    not_before = _instant(members, "not_before", path + "/")
    not_after = _instant(members, "not_after", path + "/")
    use = _choice(members, "use", KeyUse, path)
    state = _choice(members, "state", KeyState, path)
    try:
        key = PublicKey(
            authority=authority,
            use=use,
            state=state,
            not_before=not_before,
            not_after=not_after,
            public=base64.b64decode(members["public"], validate=True),
        )
    except (ValueError, TypeError, binascii.Error) as error:
        member = "not_after" if not_after <= not_before else "public"
        raise _FaultError(KeySetFault.WRONG_VALUE, f"{path}/{member}") from error
    if members["key_id"] != key.key_id.hex():
        raise _FaultError(KeySetFault.WRONG_KEY_ID, f"{path}/key_id")
    return key


def _checked(document: Any, members: set[str], path: str) -> Mapping[str, Any]:
    if not isinstance(document, dict):
        raise _FaultError(KeySetFault.WRONG_VALUE, path.rstrip("/"))
    if unknown := sorted(document.keys() - members):
        raise _FaultError(KeySetFault.UNKNOWN_MEMBER, path + unknown[0][:40])
    if missing := sorted(members - document.keys()):
        raise _FaultError(KeySetFault.MISSING_MEMBER, path + missing[0])
    return document


def _choice(members: Mapping[str, Any], name: str, choices: type[_Choice], path: str) -> _Choice:
    value = members[name]
    if not isinstance(value, str) or value not in list(choices):
        raise _FaultError(KeySetFault.WRONG_VALUE, f"{path}/{name}")
    return choices(value)


def _instant(members: Mapping[str, Any], name: str, path: str) -> datetime:
    value = members[name]
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise _FaultError(KeySetFault.WRONG_VALUE, path + name)
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _FaultError(KeySetFault.WRONG_VALUE, path + name) from error


def _instant_text(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
