"""References: one text by which an authority recognises a trust list, signed by both or nothing.

The text says who recognises whose list, by its number and digest, for what and from when until
when. Both sign that same text, in whatever order, as they sign a version of the scheme. Either
may withdraw it alone, at once and for good: whoever wants it back needs another text.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import rfc8785

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, SigningKey
from tongguan.core.identifiers import AuthorityId
from tongguan.core.recognition.trust_lists import VERSION_MAX
from tongguan.core.scheme.language.containers import ListOf
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.scalars import Characters, Choice, Moment, Whole
from tongguan.core.scheme.language.words import PARTY_NAME
from tongguan.core.scheme.statements import SignedStatement, StatementForm

MEDIA_TYPE: Final = "application/tongguan-recognition+json"


class RecognisedUse(StrEnum):
    """For what another authority's keys may be recognised."""

    CONVERSION = "conversion"
    """Statements of facts that people carry here, under the keys for facts."""
    HEALTH_CODE = "health_code"
    """Health codes shown at this authority's gates, under the keys for health codes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """The text that both sign."""

    by: AuthorityId
    """Who recognises."""
    of: AuthorityId
    """Whose list it is."""
    list_version: int
    list_digest: str
    usages: tuple[RecognisedUse, ...]
    begins: datetime
    ends: datetime
    """Excluded."""

    def __post_init__(self) -> None:
        """ValueError for a text that cannot be."""
        if self.by == self.of:
            raise ValueError("nobody recognises their own list")
        if not self.usages or list(self.usages) != sorted(set(self.usages)):
            raise ValueError("a reference names each usage once, in order")
        if any(each.utcoffset() is None or each.microsecond for each in (self.begins, self.ends)):
            raise ValueError("a reference begins and ends at a whole second with a zone")
        if self.ends <= self.begins:
            raise ValueError("a reference ends after it begins")


class StatementKind(StrEnum):
    """What an authority does about a reference."""

    SIGN = "sign"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecognitionStatement:
    """A signature under a reference, or its withdrawal, by one of the two whom it names."""

    kind: StatementKind
    authority: AuthorityId
    at: datetime
    """When the authority says that it did so; whole seconds, aware. From then on it counts."""
    by: AuthorityId
    of: AuthorityId
    list_version: int
    list_digest: str
    usages: tuple[RecognisedUse, ...]
    begins: datetime
    ends: datetime

    def __post_init__(self) -> None:
        """ValueError for a statement of a third authority, or about a text that cannot be."""
        if self.at.utcoffset() is None or self.at.microsecond:
            raise ValueError("a statement is dated by a whole second with a zone")
        if self.authority not in (self.by, self.of):
            raise ValueError("only the two whom a reference names sign it")
        _ = self.reference

    @property
    def reference(self) -> Reference:
        """The text that it is about."""
        return _reference_of(self)


@lru_cache(maxsize=4096)
def _reference_of(statement: RecognitionStatement) -> Reference:
    """Asked of every statement at every second at which somebody comes to a gate."""
    return Reference(**{name: getattr(statement, name) for name in _REFERENCE_MEMBERS})


SignedRecognition = SignedStatement[RecognitionStatement]
"""A statement whose signature was verified, with the message that proves it to others."""


def statement_about(
    reference: Reference, kind: StatementKind, authority: AuthorityId, at: datetime
) -> RecognitionStatement:
    """What an authority says of a reference at an instant."""
    text = {name: getattr(reference, name) for name in _REFERENCE_MEMBERS}
    return RecognitionStatement(kind=kind, authority=authority, at=at, **text)


def reference_text(reference: Reference) -> bytes:
    """The canonical JSON (RFC 8785) of a reference."""
    data: dict[str, Any] = {
        name: kind.write(getattr(reference, name)) for name, kind in _REFERENCE_MEMBERS.items()
    }
    return rfc8785.dumps(data)


def reference_digest(reference: Reference) -> str:
    """SHA-256 of the canonical text in lower-case hexadecimal: what people compare."""
    return hashlib.sha256(reference_text(reference)).hexdigest()


def sign_recognition(statement: RecognitionStatement, key: SigningKey) -> SignedRecognition:
    """The statement as a signed message of its authority, under a scheme key in use."""
    return _FORM.sign(statement, key)


def read_signed_recognition(message: bytes, keys: KeySet) -> SignedRecognition | Unreadable:
    """The statement in a message, when a scheme key of its authority vouches for it now."""
    return _FORM.read_signed(message, keys)


def read_received_recognition(message: bytes, keys: KeySet) -> SignedRecognition | Unreadable:
    """The statement that a key vouched for when received; ``StatementForm.read_received``."""
    return _FORM.read_received(message, keys)


def read_kept_recognition(message: bytes) -> SignedRecognition:
    """The statement in a message found good before it was kept; ValueError if it is none."""
    return _FORM.read_kept(message)


_REFERENCE_MEMBERS: Final[dict[str, Kind]] = {
    "begins": Moment(),
    "by": PARTY_NAME,
    "ends": Moment(),
    "list_digest": Characters(pattern=r"[0-9a-f]{64}", hint="sha-256"),
    "list_version": Whole(minimum=1, maximum=VERSION_MAX),
    "of": PARTY_NAME,
    "usages": ListOf(of=Choice(of=RecognisedUse), minimum=1, once=True),
}
_FORM: Final = StatementForm(
    media_type=MEDIA_TYPE,
    members={
        **_REFERENCE_MEMBERS,
        "at": Moment(),
        "authority": PARTY_NAME,
        "kind": Choice(of=StatementKind),
    },
    build=RecognitionStatement,
)
