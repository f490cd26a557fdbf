"""Signed acts: what an authority does about a version, and nothing about it follows otherwise.

An act is canonical JSON in a COSE_Sign1 of its own media type under the authority's scheme key.
It names the version by the digest of its canonical text, so it stands for that text and no other.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import rfc8785

from tongguan.core.credentials import cose
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse, PublicKey, SigningKey
from tongguan.core.identifiers import AuthorityId, PhaseId, SchemeId, VersionDigest, VersionId
from tongguan.core.scheme.language.containers import Nullable
from tongguan.core.scheme.language.reader import WRONG, Kind, Reader
from tongguan.core.scheme.language.scalars import Characters, Choice, Day, Moment, ThreeLanguages
from tongguan.core.texts import Text

MEDIA_TYPE: Final = "application/tongguan-act+json"
_MESSAGE_BYTES_MAX: Final = 64 * 1024


class ActKind(StrEnum):
    """What an authority can do, in the order in which acts of one instant take effect."""

    SIGN_VERSION = "sign_version"
    ACTIVATE_PHASE = "activate_phase"
    RESUME = "resume"
    SUSPEND = "suspend"
    END_PHASE = "end_phase"


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One act of one authority."""

    kind: ActKind
    authority: AuthorityId
    scheme: SchemeId
    version: VersionId
    digest: VersionDigest
    phase: PhaseId | None = None
    """The phase it is about; ``None`` for a signature, which is about the whole text."""
    at: datetime
    """When the authority says that it acted; whole seconds, aware."""
    last_day: date | None = None
    """For an end: the last service day on which the phase holds."""
    reason: Text | None = None
    """Why, in words for travellers; a suspension and an end must have one."""

    def __post_init__(self) -> None:
        """ValueError for an act that cannot be: it says too little or too much for its kind."""
        if self.at.utcoffset() is None or self.at.microsecond:
            raise ValueError("an act is dated by a whole second with a zone")
        if (self.phase is None) is not (self.kind is ActKind.SIGN_VERSION):
            raise ValueError("every act but a signature names a phase")
        if (self.last_day is not None) is not (self.kind is ActKind.END_PHASE):
            raise ValueError("an end, and nothing else, names a last day")
        if self.reason is None and self.kind in (ActKind.SUSPEND, ActKind.END_PHASE):
            raise ValueError("a suspension or an end says why")


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedAct:
    """An act whose signature was verified, with the message that proves it to others."""

    act: Act
    message: bytes = field(repr=False)
    key_id: bytes


_NAME: Final = Characters(pattern=r"[a-z][a-z0-9-]*", hint="name", maximum=40)
_MEMBERS: Final[dict[str, Kind]] = {
    "at": Moment(),
    "authority": Characters(pattern=r"[A-Z]{2,8}", hint="HK"),
    "digest": Characters(pattern=r"[0-9a-f]{64}", hint="sha-256"),
    "kind": Choice(of=ActKind),
    "last_day": Nullable(of=Day()),
    "phase": Nullable(of=_NAME),
    "reason": Nullable(of=ThreeLanguages()),
    "scheme": _NAME,
    "version": _NAME,
}


def act_as_data(act: Act) -> dict[str, Any]:
    """The act as plain JSON values."""
    return {name: kind.write(getattr(act, name)) for name, kind in _MEMBERS.items()}


def sign_act(act: Act, key: SigningKey) -> SignedAct:
    """The act as a signed message of its authority.

    ValueError for a key of another authority, and ``KeyNotUsableError`` unless it is an active
    scheme key within its dates.
    """
    if key.public.authority != act.authority:
        raise ValueError("an authority signs its own acts only")
    text = rfc8785.dumps(act_as_data(act))
    message = cose.sign(text, media_type=MEDIA_TYPE, key=key, use=KeyUse.SCHEME, at=act.at)
    return SignedAct(act=act, message=message, key_id=key.public.key_id)


def read_signed_act(message: bytes, keys: KeySet) -> SignedAct | Unreadable:
    """The act in a signed message, when a scheme key of its authority vouches for it now."""
    parts = _parse(message)
    if isinstance(parts, Unreadable):
        return parts
    key = keys.find(parts.key_id)
    if key is not None and not key.may_verify(KeyUse.SCHEME):
        return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="not a scheme key in use")
    return _vouched(message, parts, key)


def read_received_act(message: bytes, keys: KeySet) -> SignedAct | Unreadable:
    """The act in a message that its authority's key vouched for when it was received.

    For acts handed on by one who checked them then: that the key was revoked since takes nothing
    away from what was in force, so the key's state now is not asked.
    """
    parts = _parse(message)
    if isinstance(parts, Unreadable):
        return parts
    key = keys.find(parts.key_id)
    if key is not None and key.use is not KeyUse.SCHEME:
        return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="not a scheme key")
    return _vouched(message, parts, key)


def read_kept_act(message: bytes) -> SignedAct:
    """The act in a message that was found good before it was kept; ValueError if it is none."""
    parts = _parse(message)
    act = parts if isinstance(parts, Unreadable) else _read_act(parts.payload)
    if isinstance(parts, Unreadable) or isinstance(act, Unreadable):
        raise ValueError("a message that was kept is no act")  # noqa: TRY004 - the bytes are wrong
    return SignedAct(act=act, message=message, key_id=parts.key_id)


def _parse(message: bytes) -> cose.SignedMessage | Unreadable:
    parts = cose.parse(message, bytes_max=_MESSAGE_BYTES_MAX)
    if isinstance(parts, Unreadable):
        return parts
    if parts.media_type != MEDIA_TYPE:
        return Unreadable(code=ReadFault.WRONG_TYPE, detail=f"not of type {MEDIA_TYPE}")
    return parts


def _vouched(
    message: bytes, parts: cose.SignedMessage, key: PublicKey | None
) -> SignedAct | Unreadable:
    if key is None:
        return Unreadable(code=ReadFault.UNKNOWN_KEY, detail="no key of this id is trusted")
    if not key.verifies(parts.signature, parts.to_be_signed):
        return Unreadable(code=ReadFault.BAD_SIGNATURE, detail="the signature is not the key's")
    act = _read_act(parts.payload)
    if isinstance(act, Unreadable):
        return act
    if act.authority != key.authority:
        return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="signed by another authority")
    if not key.covers(act.at):
        return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="acted outside the key's dates")
    return SignedAct(act=act, message=message, key_id=parts.key_id)


def _read_act(payload: bytes) -> Act | Unreadable:
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        return _malformed("not JSON")
    if not isinstance(data, dict) or set(data) != set(_MEMBERS):
        return _malformed("not the members of an act")
    reader = Reader(data=data, positions={})
    read: dict[str, Any] = {
        name: kind.read(data[name], (name,), reader) for name, kind in _MEMBERS.items()
    }
    if WRONG in read.values():
        return _malformed("a member is malformed")
    try:
        act = Act(**read)
    except ValueError as error:
        return _malformed(str(error))
    if rfc8785.dumps(act_as_data(act)) != payload:
        return _malformed("not canonical JSON")
    return act


def _malformed(detail: str) -> Unreadable:
    return Unreadable(code=ReadFault.UNREADABLE_CLAIMS, detail=detail)
