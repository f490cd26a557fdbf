"""Signed statements: canonical JSON under an authority's scheme key, in a media type of its own.

Acts and daily figures are statements. A statement has every one of its members, in canonical form,
and stands for nothing but what it says; a message of one media type is never taken for another.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, Protocol, TypeVar

import rfc8785

from tongguan.core.credentials import cose
from tongguan.core.credentials.faults import ReadFault, Unreadable
from tongguan.core.credentials.keys import KeySet, KeyUse, PublicKey, SigningKey
from tongguan.core.identifiers import AuthorityId
from tongguan.core.scheme.language.reader import WRONG, Kind, Reader

_MESSAGE_BYTES_MAX: Final = 64 * 1024


class Stated(Protocol):
    """What every statement says of itself."""

    @property
    def authority(self) -> AuthorityId:
        """Who makes it."""

    @property
    def at(self) -> datetime:
        """When the authority says that it made it; whole seconds, aware."""


T = TypeVar("T", bound=Stated)


class UnsayableError(ValueError):
    """A statement that its form could not read again; it names the members that are wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedStatement(Generic[T]):
    """A statement whose signature was verified, with the message that proves it to others."""

    statement: T
    message: bytes = field(repr=False)
    key_id: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementForm(Generic[T]):
    """The form of one kind of statement."""

    media_type: str
    members: Mapping[str, Kind]
    build: Callable[..., T]
    """Makes the value of its members; ValueError for one that cannot be."""

    def as_data(self, statement: T) -> dict[str, Any]:
        """The statement as plain JSON values."""
        return {name: kind.write(getattr(statement, name)) for name, kind in self.members.items()}

    def canonical(self, statement: T) -> bytes:
        """The bytes that are signed: canonical JSON (RFC 8785)."""
        return rfc8785.dumps(self.as_data(statement))

    def sign(self, statement: T, key: SigningKey) -> SignedStatement[T]:
        """The statement as a signed message of its authority.

        ValueError for a key of another authority, ``UnsayableError`` for what nobody could read,
        and ``KeyNotUsableError`` unless it is an active scheme key within its dates.
        """
        if key.public.authority != statement.authority:
            raise ValueError("an authority signs its own statements only")
        message = cose.sign(
            self._sayable(statement),
            media_type=self.media_type,
            key=key,
            use=KeyUse.SCHEME,
            at=statement.at,
        )
        return SignedStatement(statement=statement, message=message, key_id=key.public.key_id)

    def _sayable(self, statement: T) -> bytes:
        """The bytes to be signed, which everybody reads again: what is kept is kept for ever."""
        try:
            payload = self.canonical(statement)
        except (ValueError, OverflowError) as error:  # not JSON, or no instant in UTC
            raise UnsayableError(str(error)) from None
        read = self._read(payload)
        if isinstance(read, Unreadable):
            raise UnsayableError(read.detail)
        return payload

    def read_signed(self, message: bytes, keys: KeySet) -> SignedStatement[T] | Unreadable:
        """The statement in a message, when a scheme key of its authority vouches for it now."""
        parts = self._parse(message)
        if isinstance(parts, Unreadable):
            return parts
        key = keys.find(parts.key_id)
        if key is not None and not key.may_verify(KeyUse.SCHEME):
            return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="not a scheme key in use")
        return self._vouched(message, parts, key)

    def read_received(self, message: bytes, keys: KeySet) -> SignedStatement[T] | Unreadable:
        """The statement in a message that its authority's key vouched for when it was received.

        For statements handed on by one who checked them then: that the key was revoked since takes
        nothing away from what was in force, so the key's state now is not asked.
        """
        parts = self._parse(message)
        if isinstance(parts, Unreadable):
            return parts
        key = keys.find(parts.key_id)
        if key is not None and key.use is not KeyUse.SCHEME:
            return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="not a scheme key")
        return self._vouched(message, parts, key)

    def read_kept(self, message: bytes) -> SignedStatement[T]:
        """The statement in a message found good before it was kept; ValueError if it is none."""
        parts = self._parse(message)
        read = parts if isinstance(parts, Unreadable) else self._read(parts.payload)
        if isinstance(parts, Unreadable) or isinstance(read, Unreadable):
            wrong = f"a message that was kept is no {self.media_type}"
            raise ValueError(wrong)  # noqa: TRY004 - the bytes are wrong
        return SignedStatement(statement=read, message=message, key_id=parts.key_id)

    def _parse(self, message: bytes) -> cose.SignedMessage | Unreadable:
        parts = cose.parse(message, bytes_max=_MESSAGE_BYTES_MAX)
        if isinstance(parts, Unreadable):
            return parts
        if parts.media_type != self.media_type:
            return Unreadable(code=ReadFault.WRONG_TYPE, detail=f"not of type {self.media_type}")
        return parts

    def _vouched(
        self, message: bytes, parts: cose.SignedMessage, key: PublicKey | None
    ) -> SignedStatement[T] | Unreadable:
        if key is None:
            return Unreadable(code=ReadFault.UNKNOWN_KEY, detail="no key of this id is trusted")
        if not key.verifies(parts.signature, parts.to_be_signed):
            return Unreadable(code=ReadFault.BAD_SIGNATURE, detail="the signature is not the key's")
        read = self._read(parts.payload)
        if isinstance(read, Unreadable):
            return read
        if read.authority != key.authority:
            return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="signed by another authority")
        if not key.covers(read.at):
            return Unreadable(code=ReadFault.KEY_NOT_VALID, detail="acted outside the key's dates")
        return SignedStatement(statement=read, message=message, key_id=parts.key_id)

    def _read(self, payload: bytes) -> T | Unreadable:
        try:
            data = json.loads(payload)
        except (ValueError, RecursionError):
            return _malformed("not JSON")
        if not isinstance(data, dict) or set(data) != set(self.members):
            return _malformed("not the members of this statement")
        reader = Reader(data=data, positions={})
        read: dict[str, Any] = {
            name: kind.read(data[name], (name,), reader) for name, kind in self.members.items()
        }
        wrong = {name for name, value in read.items() if value is WRONG}
        wrong |= {each.path for each in reader.faults}
        if wrong:
            return _malformed(f"malformed: {', '.join(sorted(wrong))}")
        try:
            statement = self.build(**read)
        except ValueError as error:
            return _malformed(str(error))
        if self.canonical(statement) != payload:
            return _malformed("not canonical JSON")
        return statement


def _malformed(detail: str) -> Unreadable:
    return Unreadable(code=ReadFault.UNREADABLE_CLAIMS, detail=detail)
