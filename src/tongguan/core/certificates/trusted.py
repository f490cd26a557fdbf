"""Whose certificates an authority believes, whatever their format."""

import base64
import binascii
from dataclasses import dataclass, field

from tongguan.core.certificates.card_issuers import CardIssuers
from tongguan.core.certificates.trust import TrustStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Trusted:
    """Whose signatures count: as certificates, and as issuers of SMART Health Cards."""

    trust: TrustStore = field(default_factory=TrustStore)
    issuers: CardIssuers = field(default_factory=CardIssuers)

    def __bool__(self) -> bool:
        """Whether anybody is trusted."""
        return bool(self.trust.certificates or self.issuers.keys)

    def has_key(self, key_id: str) -> bool:
        """Whether a key of this id, as verdicts write it, is still among them."""
        return bool(self.issuers.find(key_id)) or bool(self.trust.find(_key_id(key_id)))


def _key_id(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):  # a thumbprint, which is in Base64 for URLs
        return b""
