"""An authority as its own deployment: its database, its keys, its secrets, and nobody else's."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tongguan.app.ports import Database
from tongguan.core.certificates.trusted import Trusted
from tongguan.core.credentials.holder import HolderKey
from tongguan.core.credentials.index import IndexKeys
from tongguan.core.credentials.keys import KeySet, KeyUse, PublicKey, SigningKey
from tongguan.core.health.rules import HealthRules
from tongguan.core.identifiers import AuthorityId, SchemeId


class KeyUnavailableError(LookupError):
    """The authority has no key that serves this use at this time, or cannot read it."""


class Keys(Protocol):
    """The authority's signing and agreement keys; private halves never leave the adapter."""

    def signing_key(self, use: KeyUse, at: datetime) -> SigningKey:
        """The active key for a use; ``KeyUnavailableError`` when there is none."""

    def key_set(self) -> KeySet:
        """Every public key that is published."""

    def signed_key_set(self, at: datetime) -> bytes:
        """The key set as published, signed by the scheme key."""

    def holder_key(self, other: PublicKey, scheme: SchemeId, period: str) -> HolderKey:
        """The key both authorities derive for holder tags of a month.

        ``KeyUnavailableError`` when this authority has no agreement key for that month.
        """


@dataclass(frozen=True, kw_only=True, slots=True)
class Authority:
    """Everything a use case of one authority may touch."""

    id: AuthorityId
    database: Database
    keys: Keys
    index: IndexKeys = field(repr=False)
    health_rules: HealthRules | None = None
    """By which it colours its health codes; ``None`` where it issues none."""
    certificate_issuers: Trusted = field(default_factory=Trusted, repr=False)
    """Whose certificates count here as evidence; nobody's where none is enrolled."""
    demonstration: bool = False
    """A deployment whose clock may be shifted; every page says so."""
