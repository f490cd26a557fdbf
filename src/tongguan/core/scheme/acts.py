"""Signed acts: what an authority does about a version, and nothing about it follows otherwise.

An act is canonical JSON in a COSE_Sign1 of its own media type under the authority's scheme key.
It names the version by the digest of its canonical text, so it stands for that text and no other.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from tongguan.core.credentials.faults import Unreadable
from tongguan.core.credentials.keys import KeySet, SigningKey
from tongguan.core.identifiers import (
    AuthorityId,
    ControlPointId,
    DirectionId,
    PhaseId,
    SchemeId,
    VersionDigest,
    VersionId,
)
from tongguan.core.scheme.language.containers import ListOf, Nullable
from tongguan.core.scheme.language.reader import Kind
from tongguan.core.scheme.language.scalars import Characters, Choice, Day, Moment, ThreeLanguages
from tongguan.core.scheme.language.words import (
    CONTROL_POINT_CODE,
    DIRECTION_NAME,
    NAME,
)
from tongguan.core.scheme.statements import SignedStatement, StatementForm
from tongguan.core.texts import Text

MEDIA_TYPE: Final = "application/tongguan-act+json"


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
    control_points: tuple[ControlPointId, ...] | None = None
    """For a suspension: what it closes; ``None`` = every control point."""
    directions: tuple[DirectionId, ...] | None = None
    """For a suspension: ``None`` = every direction. The way home stays open all the same."""
    effective_at: datetime | None = None
    """For a suspension: from when on, not before ``at``; ``None`` = at once."""
    until: datetime | None = None
    """For a suspension: when it is over by itself; ``None`` = when it is lifted."""
    breaker: str | None = None
    """For a suspension: the breaker of the phase whose words it follows."""
    lifts: str | None = None
    """For a resumption: the ``act_digest`` of the one suspension it lifts; ``None`` = all."""

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
        if self.lifts is not None and self.kind is not ActKind.RESUME:
            raise ValueError("a resumption, and nothing else, names what it lifts")
        self._check_suspension()

    def _check_suspension(self) -> None:
        instants = [each for each in (self.effective_at, self.until) if each is not None]
        scope = (self.control_points, self.directions)
        if self.kind is not ActKind.SUSPEND and (instants or self.breaker or any(scope)):
            raise ValueError("a suspension, and nothing else, has a scope and a time")
        if () in scope:
            raise ValueError("a scope that is stated names something")
        if any(each.utcoffset() is None or each.microsecond for each in instants):
            raise ValueError("a suspension begins and ends at a whole second with a zone")
        begins = self.effective_at or self.at
        if begins < self.at or (self.until is not None and self.until <= begins):
            raise ValueError("a suspension is announced, begins and ends in this order")


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedAct:
    """An act whose signature was verified, with the message that proves it to others."""

    act: Act
    message: bytes = field(repr=False)
    key_id: bytes


_NAME: Final = Characters(pattern=r"[a-z][a-z0-9-]*", hint="name", maximum=40)
_DIGEST: Final = Characters(pattern=r"[0-9a-f]{64}", hint="sha-256")
_MEMBERS: Final[dict[str, Kind]] = {
    "at": Moment(),
    "authority": Characters(pattern=r"[A-Z]{2,8}", hint="HK"),
    "breaker": Nullable(of=NAME),
    "control_points": Nullable(of=ListOf(of=CONTROL_POINT_CODE, minimum=1, once=True)),
    "digest": _DIGEST,
    "directions": Nullable(of=ListOf(of=DIRECTION_NAME, minimum=1, once=True)),
    "effective_at": Nullable(of=Moment()),
    "kind": Choice(of=ActKind),
    "last_day": Nullable(of=Day()),
    "lifts": Nullable(of=_DIGEST),
    "phase": Nullable(of=_NAME),
    "reason": Nullable(of=ThreeLanguages()),
    "scheme": _NAME,
    "until": Nullable(of=Moment()),
    "version": _NAME,
}
_FORM: Final = StatementForm(media_type=MEDIA_TYPE, members=_MEMBERS, build=Act)


def act_as_data(act: Act) -> dict[str, Any]:
    """The act as plain JSON values."""
    return _FORM.as_data(act)


@lru_cache(maxsize=4096)
def act_digest(act: Act) -> str:
    """SHA-256 of the act's canonical JSON in lower-case hexadecimal: what names one suspension."""
    return hashlib.sha256(_FORM.canonical(act)).hexdigest()


def sign_act(act: Act, key: SigningKey) -> SignedAct:
    """The act as a signed message of its authority.

    ValueError for a key of another authority, and ``KeyNotUsableError`` unless it is an active
    scheme key within its dates.
    """
    return _signed_act(_FORM.sign(act, key))


def read_signed_act(message: bytes, keys: KeySet) -> SignedAct | Unreadable:
    """The act in a signed message, when a scheme key of its authority vouches for it now."""
    read = _FORM.read_signed(message, keys)
    return read if isinstance(read, Unreadable) else _signed_act(read)


def read_received_act(message: bytes, keys: KeySet) -> SignedAct | Unreadable:
    """The act in a message that its authority's key vouched for when it was received.

    For acts handed on by one who checked them then; see ``StatementForm.read_received``.
    """
    read = _FORM.read_received(message, keys)
    return read if isinstance(read, Unreadable) else _signed_act(read)


def read_kept_act(message: bytes) -> SignedAct:
    """The act in a message that was found good before it was kept; ValueError if it is none."""
    return _signed_act(_FORM.read_kept(message))


def _signed_act(read: SignedStatement[Act]) -> SignedAct:
    return SignedAct(act=read.statement, message=read.message, key_id=read.key_id)
