"""One vector of a certificate that others issue: what is shown, to whom, what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certificate_test_keys import NOW

from tongguan.core.certificates.verdict import CertificateFault

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateVector:
    """What is in one file; it stands in ``good`` or in ``bad``."""

    name: str
    about: str
    texts: tuple[str, ...]
    """One; several where they are the QR codes of one card."""
    at: datetime
    trust: tuple[str, ...]
    """Files in ``trust``."""
    expect: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the certificate holds."""
        return self.expect["valid"] is True

    def as_data(self) -> dict[str, Any]:
        """The content of the file."""
        shown: dict[str, Any]
        shown = {"text": self.texts[0]} if len(self.texts) == 1 else {"texts": list(self.texts)}
        return {
            "about": self.about,
            **shown,
            "at": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
            "trust": list(self.trust),
            "expect": dict(self.expect),
        }


def good(
    name: str,
    about: str,
    shown: str | Sequence[str],
    *,
    trust: Sequence[str],
    issuer: str,
    key_id: str,
    claims: Mapping[str, Any],
    at: datetime = NOW,
) -> CertificateVector:
    """A certificate that holds."""
    expect = {"valid": True, "issuer": issuer, "key_id": key_id, "claims": claims}
    return CertificateVector(
        name=name, about=about, texts=_texts(shown), at=at, trust=tuple(trust), expect=expect
    )


def bad(
    reason: CertificateFault,
    name: str,
    about: str,
    shown: str | Sequence[str],
    *,
    trust: Sequence[str],
    at: datetime = NOW,
) -> CertificateVector:
    """A certificate with one defect."""
    return CertificateVector(
        name=name,
        about=about,
        texts=_texts(shown),
        at=at,
        trust=tuple(trust),
        expect={"valid": False, "reason": reason.value},
    )


def flipped(data: bytes, position: int) -> bytes:
    """The bytes with the lowest bit of one turned over."""
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


def _texts(shown: str | Sequence[str]) -> tuple[str, ...]:
    return (shown,) if isinstance(shown, str) else tuple(shown)
