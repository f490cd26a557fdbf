"""One vector of our own: what is shown, and what must come of it."""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from credential_examples import NOW

from tongguan.core.credentials.faults import ReadFault
from tongguan.core.credentials.status_list import StatusList
from tongguan.core.health.code import HealthCodeClaims
from tongguan.core.passes.claims import PassClaims


@dataclass(frozen=True, kw_only=True, slots=True)
class Vector:
    """What is in one file; it stands in ``good`` or in ``bad`` below the folder of its kind."""

    kind: str
    name: str
    about: str
    given: Mapping[str, Any]
    """``text`` or ``texts`` and ``at``; of what is no code, ``message`` in Base64."""
    expect: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Where it stands."""
        folder = "good" if self.expect["valid"] is True else "bad"
        return f"{self.kind}/{folder}/{self.name}.json"

    def as_data(self) -> dict[str, Any]:
        """The content of the file."""
        return {"about": self.about, **self.given, "expect": dict(self.expect)}


def good(
    kind: str,
    name: str,
    about: str,
    *texts: str,
    claims: PassClaims | HealthCodeClaims,
    at: datetime = NOW,
) -> Vector:
    """A code that is read, and with which its holder goes through."""
    expect = {"valid": True, "claims": plain(claims)}
    return Vector(kind=kind, name=name, about=about, given=_shown(texts, at), expect=expect)


def bad(
    kind: str,
    reason: str,
    name: str,
    about: str,
    *texts: str,
    at: datetime = NOW,
) -> Vector:
    """A code with one defect; a fault, or the reason that a gate gives."""
    expect = {"valid": False, "reason": str(reason)}
    return Vector(kind=kind, name=name, about=about, given=_shown(texts, at), expect=expect)


def good_message(
    kind: str, name: str, about: str, message: bytes, expect: Mapping[str, Any]
) -> Vector:
    """A signed message that is not carried as a code."""
    given = {"message": _base64(message)}
    return Vector(kind=kind, name=name, about=about, given=given, expect={"valid": True, **expect})


def bad_message(kind: str, reason: ReadFault, name: str, about: str, message: bytes) -> Vector:
    """One with a defect."""
    expect = {"valid": False, "reason": reason.value}
    given = {"message": _base64(message)}
    return Vector(kind=kind, name=name, about=about, given=given, expect=expect)


def plain(claims: PassClaims | HealthCodeClaims | StatusList) -> dict[str, Any]:
    """Claims as JSON values: bytes in hexadecimal, instants in UTC."""
    return {name: _plain(value) for name, value in asdict(claims).items()}


def instant(at: datetime) -> str:
    """An instant as the files have it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _shown(texts: tuple[str, ...], at: datetime) -> dict[str, Any]:
    shown = {"text": texts[0]} if len(texts) == 1 else {"texts": list(texts)}
    return {**shown, "at": instant(at)}


def _base64(message: bytes) -> str:
    return base64.b64encode(message).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
